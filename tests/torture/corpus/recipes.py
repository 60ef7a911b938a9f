"""The whole corpus as recipes: names from which each file is made again, the same every time."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from pathlib import Path

from msgspec import Struct

from tests.models import raw_gguf as raw

from . import bytewise, metadata, tokenizers, weights
from .anatomy import Anatomy, take_apart
from .chat_templates import ARCHITECTURES, template_mutators
from .mutators import Mutator, numbered
from .odd_files import ODD_FILES

# Imported for what they register; the order is that of the report.
KINDS = (bytewise, metadata, weights, tokenizers)
MOMENTS = ("opened", "loading", "loaded", "generating")
CHANGES: dict[str, Callable[[Path], object]] = {
    "emptied": lambda path: os.truncate(path, 0),
    "cut in half": lambda path: os.truncate(path, path.stat().st_size // 2),
    "replaced by noise": lambda path: raw.write(path.with_suffix(".new"), bytes(range(256)) * 64).replace(path),
    "overwritten": lambda path: path.open("r+b").write(b"\xff" * (path.stat().st_size // 2)),
    "removed": lambda path: path.unlink(),
}


class Recipe(Struct, frozen=True):
    """A hostile file. `make` writes it into a folder; `moment` and `change` say what befalls it while it is used.

    `door` says what is done with it: "model" loads it, "session" too, "complete" and "chat" read options from it,
    "http" and "port" send it.
    """

    name: str
    make: Callable[[Path], Path]
    moment: str = ""
    change: str = ""
    door: str = "model"

    @property
    def kind(self) -> str:
        """What is done to the file, without the architecture and the number."""
        return self.name.split("/")[1]


def recipes(models: Mapping[str, Path], seed: int) -> list[Recipe]:
    """Every recipe for these sound models; another `seed` makes other files of the same kinds."""
    found = [Recipe(f"{name}/sound", partial(_copied, path)) for name, path in models.items()]
    found += [_damaged(path, architecture, *one, seed) for architecture, path in models.items() for one in numbered()]
    some = list(models.items())[:ARCHITECTURES]
    found += [_damaged(path, name, one, 0, seed) for name, path in some for one in template_mutators()]
    first = some[0][1]
    found += [Recipe(f"any/{name}", partial(_odd, name, first)) for name in ODD_FILES]
    return found + list(_changed(dict(some[:2])))


def _damaged(path: Path, architecture: str, mutator: Mutator, number: int, seed: int) -> Recipe:
    name = f"{architecture}/{mutator.name}/{number}"

    def make(folder: Path) -> Path:
        content = mutator.damage(_anatomy(path), random.Random(f"{seed} {name}"), number)
        return raw.write(folder / "hostile.gguf", content)

    return Recipe(name, make)


def _odd(name: str, sound: Path, folder: Path) -> Path:
    return ODD_FILES[name](folder, _anatomy(sound))


def _changed(models: Mapping[str, Path]) -> Iterator[Recipe]:
    """Sound files that change under the engine's hands."""
    for architecture, path in models.items():
        for moment in MOMENTS:
            for change in CHANGES:
                yield Recipe(f"{architecture}/{change} when {moment}", partial(_copied, path), moment, change)


def _copied(path: Path, folder: Path) -> Path:
    return raw.write(folder / "hostile.gguf", path.read_bytes())


@cache
def _anatomy(path: Path) -> Anatomy:
    return take_apart(path)
