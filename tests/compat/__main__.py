"""Run llama.cpp's tests of its server against ours: `python -m tests.compat [TEST...]`.

All must pass but what `left_out.py` names.
"""

from __future__ import annotations

import base64
import os
import socket
import subprocess
import sys
from pathlib import Path

from tests.compat.environment import PYTHON, SERVER_TESTS, prepare
from tests.compat.left_out import FILES, TESTS
from tests.projector_factory import png

ROOT = Path(__file__).parents[2]
PLUGIN = Path(__file__).parent / "plugin"


def run(asked: list[str]) -> int:
    """pytest's exit status."""
    names = sorted(file.name for file in (SERVER_TESTS / "unit").glob("test_*.py"))
    files = [f"unit/{name}" for name in names if name not in FILES]
    options = ["-q", "-p", "llama_worker_server", "-p", "no:cacheprovider", "--timeout", "120", "--tb", "short", "-rfE"]
    command = [str(PYTHON), "-m", "pytest", *options, *(asked or files)]
    return subprocess.run(command, cwd=SERVER_TESTS, env=os.environ | _environment(), check=False).returncode


def _environment() -> dict[str, str]:
    paths = os.pathsep.join(str(path) for path in (PLUGIN, ROOT, ROOT / "src"))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    return {
        "LLAMA_WORKER_PYTHON": sys.executable,
        "LLAMA_WORKER_ROOT": str(ROOT),
        "LLAMA_WORKER_LEFT_OUT": "\n".join(TESTS),
        "LLAMA_WORKER_IMAGE": base64.b64encode(png()).decode(),
        "PORT": port,
        "PYTHONPATH": paths,
    }


if __name__ == "__main__":
    prepare()
    sys.exit(run(sys.argv[1:]))
