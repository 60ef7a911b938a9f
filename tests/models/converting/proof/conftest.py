"""Everything that stands still while conversions are compared: checkpoints, and what the others make of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from msgspec import Struct
from numpy.typing import NDArray

from .checkpoints import CHECKPOINTS
from .checkpoints.adapters import ADAPTERS
from .computing import TOKENS
from .environment import installed, run

TYPES = ("f32", "f16", "bf16", "q8_0")
TYPED = "Mixtral-8x7B-Instruct-v0.1"
"""The checkpoint that is converted to each of them."""


class Proof(Struct, frozen=True):
    """The folders of checkpoints, of llama.cpp's conversions, and of what transformers computes, by their names."""

    checkpoints: Path
    theirs: Path
    computed: Path

    def expected(self, name: str) -> NDArray[np.float32]:
        """What transformers computed of a checkpoint."""
        found: NDArray[np.float32] = np.load(self.computed / f"{name}.npy")
        return found


@pytest.fixture(scope="session")
def proof(tmp_path_factory: pytest.TempPathFactory) -> Proof:
    if not installed():
        pytest.skip("`python -m tests.models.converting.proof` installs torch and transformers")
    folder = tmp_path_factory.mktemp("proof")
    made = Proof(folder / "checkpoints", folder / "theirs", folder / "computed")
    for each in (made.checkpoints, made.theirs, made.computed):
        each.mkdir()
    conversions, computations = [], []
    for checkpoint in CHECKPOINTS:
        source, name = checkpoint.write(made.checkpoints), checkpoint.folder
        conversions += [str(source), str(made.theirs / f"{name}.gguf"), "auto"]
        if checkpoint.exact:
            kind, tokens = "vectors" if checkpoint.vectors else "next", ",".join(map(str, TOKENS))
            computations += [kind, str(source), str(made.computed / f"{name}.npy"), tokens]
    for adapter in ADAPTERS:
        both = f"{adapter.write(made.checkpoints)}@{made.checkpoints / adapter.base}"
        conversions += [both, str(made.theirs / f"{adapter.folder}.gguf"), "f32"]
        computations += ["next", both, str(made.computed / f"{adapter.folder}.npy"), ",".join(map(str, TOKENS))]
    for kind in TYPES:
        source, target = made.checkpoints / TYPED, made.theirs / f"{TYPED}-{kind}.gguf"
        conversions += [str(source), str(target), kind]
    run("convert.py", *conversions)
    run("logits.py", *computations)
    return made
