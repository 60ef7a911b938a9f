"""Every example is in the table, says how it is run, and is run by a test."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.examples.environment import EXAMPLES

TABLE = (EXAMPLES / "README.md").read_text(encoding="utf-8")
FOLDERS = sorted(path for path in EXAMPLES.iterdir() if path.is_dir() and path.name != "__pycache__")


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_it_is_complete(folder: Path) -> None:
    assert f"| [{folder.name}]({folder.name}/README.md) |" in TABLE
    page = (folder / "README.md").read_text(encoding="utf-8")
    commands = re.search(r"```sh\n(.*?)```", page, re.DOTALL)
    assert commands is not None
    assert len(commands[1].splitlines()) == 3
    here = Path(__file__).parent
    assert list(here.rglob(f"test_{folder.name}.py"))


def test_the_table_names_nothing_else() -> None:
    assert sorted(re.findall(r"^\| \[(\w+)\]", TABLE, re.MULTILINE)) == [folder.name for folder in FOLDERS]
    for picture in re.findall(r"\((\w+/\w+\.png)\)", TABLE):
        assert (EXAMPLES / picture).is_file()
