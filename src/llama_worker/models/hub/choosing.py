"""Which files of a repository a name means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...errors import ModelNotFoundError, NoGgufError
from ..hub_names import HubName
from ..store.choose import choose_model, choose_projector, parts_of
from .repository import HubFile, HubModel, HubRepository


def model_of(repository: HubRepository) -> HubModel:
    """The model that the repository's name means. Raises NoGgufError, or ModelNotFoundError, whose sentence lists
    what there is."""
    name, files = repository.name, repository.gguf_files
    if not files:
        raise no_gguf(name)
    chosen = name.file if name.file in files else None
    if name.file is None:
        chosen = choose_model(list(files), name.quantization)
    if chosen is None:
        raise ModelNotFoundError(_what_there_is(repository), model=str(name))
    missing = [part for part in parts_of(chosen) if part not in files]
    if missing:
        message = f"{name} is not whole on the hub: {missing[0]} is missing."
        raise ModelNotFoundError(message, model=str(name))
    return HubModel(repository, files_of(chosen, files))


def files_of(first: str, files: Mapping[str, HubFile]) -> tuple[HubFile, ...]:
    """The parts of the model that begins with that file, and its projector."""
    projector = choose_projector(list(files), first)
    return tuple(files[path] for path in (*parts_of(first), *([projector] if projector else [])))


def no_gguf(name: HubName, offers: Sequence[HubName] = ()) -> NoGgufError:
    """That the repository has no GGUF file, and who says to have one of it."""
    names = tuple(offer.whole for offer in offers)
    sentence = f"{name.whole} has no GGUF files"
    if names:
        sentence += f", but these have some made from it: {', '.join(names)}; name one of them."
    else:
        sentence += "; look for a repository whose name ends in -GGUF."
    return NoGgufError(sentence, offers=names, model=str(name))


def _what_there_is(repository: HubRepository) -> str:
    name, files = repository.name, list(repository.gguf_files)
    wanted = name.file or name.quantization or "model"
    shown = ", ".join(files[:12]) + (", ..." if len(files) > 12 else "")
    return f"{name.whole} has no {wanted}; it has {shown}."
