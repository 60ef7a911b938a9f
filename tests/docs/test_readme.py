"""Every Python example of the README runs as it is written, in a process of its own."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("code", EXAMPLES, ids=[f"example {index + 1}" for index in range(len(EXAMPLES))])
def test_examples_run(code: str, tmp_path: Path) -> None:
    script = tmp_path / "example.py"
    script.write_text(code, encoding="utf-8")
    command = [sys.executable, "-W", "error", str(script)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
    assert not done.stderr


def test_the_long_example_does_what_it_says(tmp_path: Path) -> None:
    code = next(code for code in EXAMPLES if "unload" in code)
    body = [line for line in code.splitlines() if line.strip()]
    assert len(body) <= 28
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=100, cwd=tmp_path)
    assert "loading: 100%" in done.stdout
    assert re.search(r"stopped after \d+ tokens", done.stdout)
    assert "finish_reason" in code
    assert done.stdout.rstrip().endswith(("stop", "length"))


SHELL = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)


def test_the_stdio_example_answers() -> None:
    (code,) = [code for code in SHELL if "stdio" in code]
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    done = subprocess.run(["sh", "-c", code], capture_output=True, text=True, timeout=100, env={"PATH": path})
    types = [json.loads(line)["type"] for line in done.stdout.splitlines()]
    assert "model_loaded" in types
    assert "completion_chunk" in types
    assert "completion_done" in types
