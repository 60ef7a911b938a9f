"""The workflow of a release: what GitHub accepts, and nothing that lets others publish."""

from __future__ import annotations

import re

import pytest

from tests.packing.conftest import needs
from tests.packing.environment import ROOT, program, run

pytestmark = pytest.mark.package
FOLDER = ROOT / ".github"
WORKFLOWS = sorted((FOLDER / "workflows").glob("*.yml"))


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=[file.stem for file in WORKFLOWS])
def test_a_workflow_is_one(workflow: object) -> None:
    needs("tools")
    run(program("tools", "check-jsonschema"), "--builtin-schema", "vendor.github-workflows", str(workflow))


def test_nobody_else_can_use_it() -> None:
    needs("tools")
    run(program("tools", "zizmor"), "--offline", "--config", FOLDER / "zizmor.yml", FOLDER / "workflows")


def test_every_python_that_the_metadata_names_is_tested() -> None:
    named = re.findall(r"Python :: (3\.\d+)", (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    matrix = re.search(r"^ +python: \[(.+)\]$", (FOLDER / "workflows" / "release.yml").read_text(), re.MULTILINE)
    assert matrix
    assert re.findall(r"3\.\d+", matrix[1]) == named
