"""The contestants. A new one is a driver in `drivers/` and a line in `CONTESTANTS`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.contestants.environments import (
    NATIVE_ENGINE,
    NODE,
    PYTHON,
    Environment,
    native,
    node_packages,
    python_packages,
)

DRIVERS = Path(__file__).parent / "drivers"
FIRST_TOKENS = Path(__file__).parent / "first_tokens"


@dataclass(frozen=True)
class Contestant:
    """A library, and how its process is started: `command` from the repository's root, with `variables` added to the
    environment. `needs` is what has to be set up before."""

    name: str
    command: tuple[str, ...]
    needs: Environment | None = None
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def missing(self) -> str:
        """One sentence about what is not set up; empty when it can run."""
        return "" if self.needs is None or self.needs.ready else self.needs.missing


def _python(driver: str, python: Path = Path(sys.executable)) -> tuple[str, ...]:
    return (str(python), "-m", f"benchmarks.contestants.drivers.{driver}")


_LLAMA_CPP_PYTHON = python_packages("llama-cpp-python", "llama-cpp-python[server]==0.3.36")
_NODE_LLAMA_CPP = node_packages("node-llama-cpp", "node-llama-cpp@3.22.1")
_NATIVE = native()

CONTESTANTS = {
    contestant.name: contestant
    for contestant in (
        Contestant("ours", _python("ours")),
        Contestant("bare", _python("bare")),
        Contestant(
            "llama-cpp-python", _python("llama_cpp_python", _LLAMA_CPP_PYTHON.folder / PYTHON), _LLAMA_CPP_PYTHON
        ),
        Contestant(
            "llama-cpp-python-server",
            _python("llama_cpp_server"),
            _LLAMA_CPP_PYTHON,
            {"PEER_SERVER": str(_LLAMA_CPP_PYTHON.folder / PYTHON)},
        ),
        Contestant(
            "node-llama-cpp",
            (NODE, str(DRIVERS / "node_llama_cpp.mjs"), str(_NODE_LLAMA_CPP.folder)),
            _NODE_LLAMA_CPP,
        ),
        Contestant("llama-server", _python("llama_server"), _NATIVE, {"PEER_SERVER": str(NATIVE_ENGINE)}),
        Contestant("ours-native", _python("ours"), _NATIVE, {"LLAMA_WORKER_ENGINE": str(NATIVE_ENGINE)}),
    )
}
"""By name: "ours" first, "bare" is the engine that ours wraps, "ours-native" is ours with the llama-server of
`make native`."""


def installed() -> list[Contestant]:
    """Those that can run here."""
    return [contestant for contestant in CONTESTANTS.values() if not contestant.missing]
