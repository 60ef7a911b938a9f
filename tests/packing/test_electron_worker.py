"""The worker of examples/electron, packed as `npm run pack-python` does it, answers the example's own message flow."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.examples.environment import EXAMPLES, link_javascript_client
from tests.packing.environment import program, run

APP = EXAMPLES / "electron"
pytestmark = [pytest.mark.package, pytest.mark.timeout(600)]


def packing() -> list[str]:
    """What the example's package.json calls, in the folder that it names."""
    folder, _, command = json.loads((APP / "package.json").read_text(encoding="utf-8"))["scripts"][
        "pack-python"
    ].partition(" && ")
    assert folder == "cd python"
    return list(command.split())


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node 20 or later")
def test_it_answers_the_page(packers: Path, tmp_path: Path) -> None:
    name, *arguments = packing()
    places = ("--distpath", tmp_path / "dist", "--workpath", tmp_path / "work", "--specpath", tmp_path)
    run(program("packers", name), *arguments, "--log-level", "ERROR", *places, cwd=APP / "python")
    link_javascript_client()
    worker = tmp_path / "dist" / "llama-worker" / "llama-worker"
    environment = os.environ | {"LLAMA_WORKER_COMMAND": json.dumps([str(worker)])}
    flow = ["node", "--test", "message-flow.test.mjs"]
    done = subprocess.run(flow, cwd=APP, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "# pass 1" in done.stdout
