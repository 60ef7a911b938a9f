"""Our distributions, built once, and an environment with them in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.packing.distributions import Distributions, build, found_in
from tests.packing.environment import ROOT, installed, program, run


def needs(environment: str) -> None:
    if not installed(environment):
        pytest.skip(f"needs `python -m tests.packing {environment}`")


@pytest.fixture(scope="session")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Distributions:
    """Of this checkout, or those that are about to be published."""
    needs("tools")
    if built := os.environ.get("LLAMA_WORKER_DISTRIBUTIONS"):
        return found_in(Path(built))
    return build(ROOT, tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="session")
def packers(distributions: Distributions) -> Path:
    """The Python that has the packers, and llama-worker from its wheel."""
    needs("packers")
    python = Path(program("packers", "python"))
    run(python, "-m", "pip", "install", "--quiet", "--no-deps", "--force-reinstall", distributions.wheel)
    return python


@pytest.fixture(scope="session")
def checkers() -> Path:
    """The folder of the npm packages' commands."""
    needs("javascript")
    return Path(program("javascript", "")).parent / "node_modules" / ".bin"
