"""What llama.cpp's converter makes of the small checkpoints, kept so that every day's tests can do without it.

`python -m tests.models.converting.proof.recording` writes it anew; `make test-convert` looks whether it is still so.
"""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

from msgspec import Struct, json

from .checkpoints import CHECKPOINTS
from .environment import run
from .gguf_file import GgufFile, read

RECORD = Path(__file__).with_name("recorded.json")
PRE_TOKENIZER = "gpt-2"
"""For what all small vocabularies are taken."""


class Digests(Struct, frozen=True):
    """Of all keys with their values, and of all tensors with their shapes and types."""

    metadata: str
    tensors: str


def digests(file: GgufFile) -> Digests:
    """The same for files with the same content, in whatever order."""
    return Digests(_digest(sorted(file.keys.items())), _digest(sorted(file.tensors.items())))


def _digest(content: object) -> str:
    return hashlib.sha256(repr(content).encode()).hexdigest()[:32]


def recorded() -> dict[str, Digests]:
    """By the names of checkpoints."""
    return json.decode(RECORD.read_bytes(), type=dict[str, Digests])


def made_by_llama_cpp(folder: Path) -> dict[str, Digests]:
    """The same, made now."""
    names = [checkpoint.folder for checkpoint in CHECKPOINTS]
    sources = [checkpoint.write(folder, small=True) for checkpoint in CHECKPOINTS]
    targets = [folder / f"{name}.gguf" for name in names]
    triples = ((str(source), str(target), "auto") for source, target in zip(sources, targets, strict=True))
    run("convert.py", *(word for each in triples for word in each), PRE_TOKENIZER=PRE_TOKENIZER)
    return {name: digests(read(target)) for name, target in zip(names, targets, strict=True)}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        found = made_by_llama_cpp(Path(made))
    RECORD.write_bytes(json.format(json.encode(found), indent=2) + b"\n")
