"""Machines that lack what others have: /proc, a temporary directory."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from llama_worker import LlamaWorker
from llama_worker.errors import EngineNotFoundError

WITHOUT_PROC = 'mount -t tmpfs none /proc && exec "$@"'
USES = """
import asyncio, sys
from llama_worker import LlamaWorker
from llama_worker.models.memory.available import resident_memory
async def main():
    async with LlamaWorker() as worker:
        model = await worker.load_model(sys.argv[1])
        print((await model.complete("x", max_tokens=3)).usage.completion_tokens, resident_memory(model.pid))
asyncio.run(main())
"""


@pytest.mark.skipif(
    sys.platform != "linux" or os.getuid() != 0 or not shutil.which("unshare"), reason="needs root, and Linux's unshare"
)
def test_a_model_runs_without_proc(random_model_path: Path) -> None:
    command = ["unshare", "--mount", "sh", "-c", WITHOUT_PROC, "sh", sys.executable, "-c", USES, str(random_model_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    if "permission denied" in done.stderr.lower() or "not permitted" in done.stderr:
        pytest.skip("no mount namespaces here")
    assert (done.stdout, done.stderr) == ("3 None\n", "")


async def test_without_a_temporary_directory_loading_says_so(
    random_model_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    async with LlamaWorker() as worker:
        with pytest.raises(EngineNotFoundError, match=r"no directory for its socket.*set TMPDIR"):
            await worker.load_model(random_model_path)


async def test_a_worker_begins_without_any_temporary_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sweep has nothing to do."""

    def refuse() -> str:
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found")

    monkeypatch.setattr(tempfile, "gettempdir", refuse)
    async with LlamaWorker():
        pass
