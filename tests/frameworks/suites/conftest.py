"""What the suites share: real models by name, and proof that nothing is left running."""

from __future__ import annotations

import ast
import asyncio
import inspect
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from llama_worker import sync
from llama_worker.integrations import shared_worker


@pytest.fixture(scope="session", autouse=True)
def _shared() -> Iterator[None]:
    """The worker that providers share ends with the tests."""
    yield
    shared_worker().cleanup()


@pytest.fixture(scope="session")
def another_name(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The built-in model as somebody else's file."""
    import llama_worker.assets

    source = Path(llama_worker.assets.__file__).parent / "builtin.gguf"
    return str(shutil.copy(source, tmp_path_factory.mktemp("models") / "another.gguf"))


@pytest.fixture
def is_idle() -> Callable[[sync.LlamaWorker], None]:
    """Calling it waits until nothing uses any model of a worker: then every slot is free."""

    def wait(worker: sync.LlamaWorker) -> None:
        deadline = time.monotonic() + 20
        while any(model.users for model in worker.list_models()):
            assert time.monotonic() < deadline, "a slot is still taken"
            time.sleep(0.01)

    return wait


@pytest.fixture
def run_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Awaitable[None]]:
    """Calling it runs the examples of a page of docs/frameworks, in a folder that has nothing else."""
    text_of = (Path(__file__).parents[3] / "docs" / "frameworks").joinpath
    monkeypatch.chdir(tmp_path)
    for name in ("LLM_USER_PATH", "XDG_CONFIG_HOME", "HF_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)

    async def run(name: str) -> None:
        text = text_of(name).read_text(encoding="utf-8")
        for script in re.findall(r"^```sh\n(.*?)^```$", text, re.DOTALL | re.MULTILINE):
            if not script.startswith("pip install"):
                await asyncio.to_thread(subprocess.run, ["bash", "-euo", "pipefail", "-c", script], check=True)
        program = "\n".join(re.findall(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE))
        code = compile(program, name, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
        result = eval(code, {"__name__": "__page__"})
        if inspect.isawaitable(result):
            await result

    return run
