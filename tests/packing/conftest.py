"""Our distributions, built once, and an environment with them in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.packing.distributions import Distributions, build
from tests.packing.environment import NAMES, ROOT, installed, program, run


@pytest.fixture(scope="session")
def environments() -> None:
    if not all(map(installed, NAMES)):
        pytest.skip("needs `python -m tests.packing`")


@pytest.fixture(scope="session")
def distributions(environments: None, tmp_path_factory: pytest.TempPathFactory) -> Distributions:
    return build(ROOT, tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="session")
def packers(distributions: Distributions) -> Path:
    """The Python that has the packers, and llama-worker from its wheel."""
    python = Path(program("packers", "python"))
    run(python, "-m", "pip", "install", "--quiet", "--no-deps", "--force-reinstall", distributions.wheel)
    return python
