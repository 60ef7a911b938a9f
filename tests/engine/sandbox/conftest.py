from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from llama_worker.engine.process.calling import PARENT_VARIABLE
from llama_worker.engine.process.frozen import CHILD_MODULE
from llama_worker.engine.process.instructions import SANDBOX_VARIABLE
from llama_worker.engine.sandbox.landlock import abi_version
from llama_worker.engine.sandbox.policy import SandboxPolicy

ROOT = Path(__file__).parents[3]
PROBER = ROOT / "tests" / "fakes" / "prober.py"
linux = pytest.mark.skipif(sys.platform != "linux", reason="the sandbox is Linux's")


def landlock_abi() -> int:
    """0 where there is none."""
    try:
        return abi_version() if sys.platform == "linux" else 0
    except OSError:
        return 0


class Probe(msgspec.Struct):
    """Runs the prober in a sandbox; `places` are what it tries to get at."""

    places: dict[str, Any]

    def policy(self, **changes: Any) -> SandboxPolicy:
        standard = SandboxPolicy(
            enabled=True, model_files=(self.places["model"],), directory=self.places["directory"], threads=8
        )
        return msgspec.structs.replace(standard, **changes)

    def bundled(self, policy: SandboxPolicy) -> dict[str, Any]:
        """As the bundled engine, which restricts itself."""
        arguments = ["-m", "tests.fakes.prober", msgspec.json.encode(policy).decode(), json.dumps(self.places)]
        return self._run([sys.executable, *arguments], {})

    def foreign(self, policy: SandboxPolicy, program: str = sys.executable) -> dict[str, Any]:
        """As a program that an engine process becomes."""
        arguments = ["-P", "-m", CHILD_MODULE, "exec", program, str(PROBER), "-", json.dumps(self.places)]
        more = {PARENT_VARIABLE: str(os.getpid()), SANDBOX_VARIABLE: msgspec.json.encode(policy).decode()}
        return self._run([sys.executable, *arguments], more)

    def _run(self, command: list[str], more: dict[str, str]) -> dict[str, Any]:
        done = subprocess.run(
            command, cwd=ROOT, env=os.environ | more, capture_output=True, text=True, timeout=60, check=True
        )
        said: dict[str, Any] = {}
        for line in done.stdout.splitlines():
            if line.startswith("{"):
                said |= json.loads(line)
        return said


@pytest.fixture
def probe(tmp_path: Path) -> Iterator[Probe]:
    """With a model, a file that is none of the engine's, and somebody who listens."""
    model, secret, directory = tmp_path / "models" / "m.gguf", tmp_path / "home" / "secret", tmp_path / "own"
    for path in (model, secret):
        path.parent.mkdir()
        path.write_text("content")
    directory.mkdir()
    unix, datagrams, tcp = (
        socket.socket(socket.AF_UNIX),
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM),
        socket.socket(),
    )
    with unix, datagrams, tcp:
        unix.bind(str(tmp_path / "s"))
        datagrams.bind(str(tmp_path / "d"))
        tcp.bind(("127.0.0.1", 0))
        for listener in (unix, tcp):
            listener.listen()
        places = {"model": model, "secret": secret, "directory": directory, "socket": tmp_path / "s"}
        texts = {name: str(path) for name, path in places.items()} | {"datagrams": str(tmp_path / "d")}
        yield Probe(texts | {"port": tcp.getsockname()[1]})
