"""Chooses a model among the files of a repository, by the rules of llama.cpp's `-hf`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ..gguf.split import all_parts, parse_split

DEFAULT_QUANTIZATIONS = ("Q4_K_M", "Q8_0")
"""Tried in this order when a name asks for none; after them the first model file is taken."""

_HELPERS = ("mmproj", "imatrix", "mtp-", "eagle3-", "dflash-", "dspark-")
_BITS = re.compile(r"[-._/](?:UD-)?I?[QBF]F?(\d+)", re.IGNORECASE)


def is_gguf(path: str) -> bool:
    """Whether the file name is that of a GGUF file."""
    return path.lower().endswith(".gguf")


def is_model_file(path: str) -> bool:
    """Whether a model begins with this file: no projector, no draft head, no later part."""
    filename = path.rpartition("/")[2]
    split = parse_split(filename)
    helper = any(word in filename for word in _HELPERS)
    return is_gguf(filename) and not helper and (split is None or split.index == 1)


def choose_model(paths: Sequence[str], quantization: str | None = None) -> str | None:
    """The (first) file of the model with that quantization, compared without case; None when there is none.

    llama.cpp finds "F16" in "BF16" and "Q4_0" in "IQ4_0"; here a quantization must begin after a separator.
    """
    candidates = [path for path in paths if is_model_file(path)]
    for wanted in (quantization,) if quantization else DEFAULT_QUANTIZATIONS:
        pattern = re.compile(rf"(?:^|[-._/]){re.escape(wanted)}[.-]", re.IGNORECASE)
        for path in candidates:
            if pattern.search(path):
                return path
    return candidates[0] if candidates and not quantization else None


def by_preference(sizes: Mapping[str, int]) -> list[str]:
    """The first files of models by what is taken of them when none is named and the first ones do not fit: the one that
    `choose_model` takes, then smaller ones of the same model, the largest first."""
    chosen = choose_model(list(sizes))
    if chosen is None:
        return []
    stem = _without_quantization(chosen)
    smaller = [path for path in sizes if sizes[path] < sizes[chosen] and _without_quantization(path) == stem]
    return [chosen, *sorted(smaller, key=lambda path: -sizes[path])]


def _without_quantization(path: str) -> str:
    filename, quantization = path.rpartition("/")[2], quantization_of(path)
    split = parse_split(filename)
    stem = (split.prefix if split else filename[: -len(".gguf")]).upper()
    return stem.removesuffix(quantization).rstrip("-.").removesuffix("-UD") if quantization else stem


def parts_of(path: str) -> tuple[str, ...]:
    """All files of the model that begins with `path`, in the same folder."""
    folder, slash, filename = path.rpartition("/")
    return tuple(f"{folder}{slash}{name}" for name in all_parts(filename))


def choose_projector(paths: Sequence[str], model: str) -> str | None:
    """The image projector that belongs to `model`: nearest folder first, then nearest number of bits."""
    folders = _ancestors(model)
    projectors = [path for path in paths if is_gguf(path) and "mmproj" in path.rpartition("/")[2]]
    fitting = [path for path in projectors if path.rpartition("/")[0] in folders]
    bits = _bits(model)
    return min(fitting, key=lambda path: (-path.count("/"), abs(_bits(path) - bits), path), default=None)


def quantization_of(path: str) -> str | None:
    """The quantization that a file name ends with, in upper case."""
    filename = path.rpartition("/")[2]
    split = parse_split(filename)
    stem = split.prefix if split else filename[: -len(".gguf")]
    match = re.search(r"[-.]([A-Za-z0-9_]+)$", stem)
    return match[1].upper() if match else None


def _ancestors(path: str) -> set[str]:
    parts = path.split("/")[:-1]
    return {"/".join(parts[:length]) for length in range(len(parts) + 1)}


def _bits(path: str) -> int:
    match = _BITS.search(path)
    return int(match[1]) if match else 0
