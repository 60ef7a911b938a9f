"""The examples of the guide, of the README and of the server's page are good examples to a type checker too."""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

from tests.http.clients.environment import ROOT
from tests.typing.test_checkers import ENVIRONMENT

PYTHON = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
FILE = re.compile(r'^```python title="([^"]+)\.py"\n(.*?)^```$', re.DOTALL | re.MULTILINE)


def programs() -> Iterator[tuple[str, str]]:
    """Each with a name. The blocks of a page of the guide are one program, which awaits at its top level; those with
    the name of a file are programs of their own."""
    for page in sorted((ROOT / "docs" / "guide").glob("*.md")):
        text = page.read_text(encoding="utf-8")
        code = "\n".join(["pass", *PYTHON.findall(text)])
        yield f"guide_{page.stem}", "async def page() -> None:\n" + textwrap.indent(code, "    ")
        for name, program in FILE.findall(text):
            yield f"guide_{page.stem}_{name}", program
    for page in (ROOT / "README.md", ROOT / "docs" / "server.md"):
        for index, code in enumerate(PYTHON.findall(page.read_text(encoding="utf-8"))):
            yield f"{page.stem}_{index}", code


def test_mypy_accepts_them_all(tmp_path: Path) -> None:
    for name, code in programs():
        (tmp_path / f"{name.replace('-', '_')}.py").write_text(code, encoding="utf-8")
    cache = ROOT / ".mypy_cache" / "examples"
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--cache-dir", str(cache), "."]
    process = subprocess.run(command, cwd=tmp_path, env=ENVIRONMENT, capture_output=True, text=True)
    assert process.returncode == 0, process.stdout + process.stderr
