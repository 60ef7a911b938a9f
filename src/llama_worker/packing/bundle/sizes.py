"""How large the parts of a bundle are."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from ...models.pinning.lock_file import Lock, LockedFile

ENGINE_PACKAGE = "xllamacpp"


class Part(Struct, frozen=True, rename="camel"):
    """`size_bytes` as it is in the bundle: wheels are compressed."""

    kind: str
    name: str
    size_bytes: int


def parts_of(lock: Lock) -> list[Part]:
    """Models, engines, our package, the others; within each the largest first."""
    return [each for kind in (_models, _engines, _packages) for each in sorted(kind(lock), key=_smaller)]


def _models(lock: Lock) -> Iterator[Part]:
    for model in lock.models:
        yield Part("model", model.name, _bytes(*model.files))


def _engines(lock: Lock) -> Iterator[Part]:
    if lock.engine:
        yield Part("engine", lock.engine.program, _bytes(*lock.engine.files))
    for each in lock.packages:
        if each.name == ENGINE_PACKAGE:
            yield Part("engine", f"{each.name} {each.version}", each.file.size)


def _packages(lock: Lock) -> Iterator[Part]:
    for each in lock.packages:
        if each.name != ENGINE_PACKAGE:
            yield Part("package", f"{each.name} {each.version}", each.file.size)


def _bytes(*files: LockedFile) -> int:
    return sum(file.size for file in files)


def _smaller(part: Part) -> int:
    return -part.size_bytes
