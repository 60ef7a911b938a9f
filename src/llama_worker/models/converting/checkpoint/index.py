"""Which files of a repository hold its tensors: one, or the shards that `model.safetensors.index.json` names."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from ....errors import InvalidModelError, NotSupportedError
from .header import Stored, read_header
from .repository import Repository

_INDEX = "model.safetensors.index.json"


def stored_tensors(repository: Repository) -> dict[str, Stored]:
    """All tensors of a repository by name, in the order of its files, and there of their names.

    Raises `NotSupportedError` when it has only pickles, `InvalidModelError` when shards are missing or broken.
    """
    files = shards(repository)
    tensors: dict[str, Stored] = {}
    for file in files:
        tensors.update(sorted(read_header(file).items()))
    expected = set(_weight_map(repository))
    if expected and (missing := expected ^ set(tensors)):
        raise InvalidModelError(
            f"{repository.name} is incomplete: {_INDEX} and the files disagree about {len(missing)} tensors, such as"
            f" {min(missing)!r}; download it again."
        )
    return tensors


def shards(repository: Repository) -> list[Path]:
    """The files that hold the tensors. Raises as `stored_tensors`."""
    names = sorted(set(_weight_map(repository).values())) or sorted(
        path.name for path in repository.folder.glob("model*.safetensors")
    )
    if not names:
        raise NotSupportedError(_without_safetensors(repository))
    files = [repository.folder / _inside(repository, name) for name in names]
    for file in files:
        if not file.is_file():
            raise InvalidModelError(f"{repository.name} is incomplete: {file.name} is missing; download it again.")
    return files


def _weight_map(repository: Repository) -> dict[str, str]:
    index = repository.json(_INDEX) or {}
    found = index.get("weight_map", {})
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise InvalidModelError(f"{_INDEX} of {repository.name} has no sound weight_map.")
    return found


def _inside(repository: Repository, name: str) -> str:
    """A shard must be a file of this folder: an index may lead nowhere else."""
    if PurePosixPath(name).name != name or "\\" in name or name.startswith(".") or not name.endswith(".safetensors"):
        raise InvalidModelError(
            f"{_INDEX} of {repository.name} names {name!r}, which is no safetensors file beside it."
        )
    return name


def _without_safetensors(repository: Repository) -> str:
    pickles = sorted(path.name for path in repository.folder.iterdir() if path.suffix in (".bin", ".pt", ".pth"))
    if pickles:
        return (
            f"{repository.name} has its weights in {pickles[0]} only, a pickle, which can run any code when it is"
            " read; look for a repository of this model with .safetensors files."
        )
    return f"{repository.name} has no .safetensors files, so there is nothing to convert."
