"""Finds the projector of a model that is a file by itself: beside it, and made for it."""

from __future__ import annotations

import re
from pathlib import Path

from ...errors import InvalidModelError, ModelNotFoundError
from ...loggers import MODELS
from ...options.plain import expanded
from ..gguf.header import GgufHeader
from ..gguf.inspect import read_header
from ..gguf.projector import check_projector, fits
from .choose import choose_projector
from .files import ModelFiles

# Of a folder with more files nobody knows which belongs to which.
_MOST_BESIDE = 64
_OF_QUANTIZATIONS = re.compile(r"ud|i?q\d+|b?f(?:p)?\d+|\d|k|[sml]|x+[sl]|gguf|mmproj")


def find_projector(files: ModelFiles | None, model: GgufHeader, asked: bool | str) -> GgufHeader | None:
    """The checked header of the projector that was `asked` for, as `ModelOptions.projector` says; None without one, and
    when the model has no files here of which one could be chosen.

    Raises `ModelNotFoundError` when it has to be there and is not, `InvalidModelError` when it cannot be used.
    """
    if asked is False:
        return None
    if isinstance(asked, str) and asked != "auto":
        return _fitting(check_projector(_named(asked)), model)
    if files is None:
        return None
    if files.mmproj is not None and asked is True:
        return _fitting(check_projector(read_header(files.mmproj)), model)
    found = _usable(files.mmproj, model) if files.mmproj is not None else _beside(files.path, model)
    if found is None and asked is True:
        message = f"There is no projector for {files.path.name} beside it: give the path of an mmproj*.gguf."
        raise ModelNotFoundError(message, model=str(files.path))
    return found


def _named(path: str) -> GgufHeader:
    try:
        file = expanded(path)
    except OSError as error:
        raise ModelNotFoundError(f"No projector at {path}: {error.strerror}.", model=path) from error
    return read_header(file)


def _fitting(projector: GgufHeader, model: GgufHeader) -> GgufHeader:
    if not fits(projector, model):
        message = f"{projector.source} is a projector for another model: none of its outputs is as wide as this one."
        raise InvalidModelError(message, model=projector.source)
    return projector


def _beside(path: Path, model: GgufHeader) -> GgufHeader | None:
    """The sound and fitting one with the most of the model's name, else nearest in its number of bits."""
    fitting = {found.name: header for found in _candidates(path) if (header := _usable(found, model))}
    alike = {name: len(_words(name) & _words(path.name)) for name in fitting}
    best = [name for name in fitting if alike[name] == max(alike.values())]
    chosen = choose_projector(best, path.name)
    return fitting[chosen] if chosen else None


def _candidates(path: Path) -> list[Path]:
    try:
        found = sorted(path.parent.glob("*mmproj*.gguf"))
    except OSError:
        return []
    return found if len(found) <= _MOST_BESIDE else []


def _usable(path: Path, model: GgufHeader) -> GgufHeader | None:
    """One that nobody asked for keeps no model from being loaded; the log says why it is left out."""
    try:
        return _fitting(check_projector(read_header(path)), model)
    except (InvalidModelError, ModelNotFoundError) as error:
        MODELS.info("projector left out: %s", error)
        return None


def _words(name: str) -> set[str]:
    """Of a name, without those of a quantization: which bits a projector has says nothing of its model."""
    return {word for word in re.split(r"[-._]", name.lower()) if not _OF_QUANTIZATIONS.fullmatch(word)}
