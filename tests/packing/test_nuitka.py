"""A program compiled by Nuitka as docs/guide/packing.md says. Ten minutes of two cores: `make test-nuitka`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.packing.clean_root import make_root, needs_namespaces, run_in
from tests.packing.environment import ROOT, program
from tests.packing.found import check

pytestmark = [
    pytest.mark.package,
    pytest.mark.timeout(3600),
    pytest.mark.skipif("LLAMA_WORKER_NUITKA" not in os.environ, reason="takes ten minutes: `make test-nuitka`"),
]
PROGRAM = Path(__file__).parent / "programs" / "assistant.py"
RECIPE = re.search(r"```sh\npython -m nuitka (.*?)```", (ROOT / "docs/guide/packing.md").read_text("utf-8"), re.DOTALL)


@needs_namespaces
@pytest.mark.usefixtures("packers")
def test_the_recipe_makes_a_program(tmp_path: Path) -> None:
    assert RECIPE
    shutil.copy(PROGRAM, tmp_path / "app.py")
    script = f"set -e\npython -m nuitka {RECIPE[1]}"
    environment = {**os.environ, "PATH": f"{Path(program('packers', '')).parent / 'bin'}:{os.environ['PATH']}"}
    environment.pop("PYTHONPATH", None)
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    root = make_root(tmp_path / "root")
    shutil.copytree(tmp_path / "app.dist", root / "app", symlinks=True)
    told = run_in(root, ["/app/app.bin"])
    assert told.returncode == 0, told.stderr
    assert check(told.stdout) == []
