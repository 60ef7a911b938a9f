"""The adapters of a request: by name as callers say them, by number as llama-server wants them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, ValidationError, convert

from ...errors import InvalidOptionsError
from ...options.base import AdapterName, AdapterScale
from ..companions import LoraFile
from .endpoints import CHAT_COMPLETIONS, COMPLETION, COMPLETIONS, INFILL

_GENERATING = frozenset({CHAT_COMPLETIONS, COMPLETION, COMPLETIONS, INFILL})


class NumberedAdapter(Struct, frozen=True):
    """llama-server's own form: the adapter's number, in the order in which they were loaded."""

    id: int
    scale: AdapterScale = 0.0


def with_adapters(loras: Sequence[LoraFile], path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """`body` with the scale of every adapter, also of those that it does not name.

    llama-server takes a request that names none for one that goes on from whatever is in the slot, even when that was
    read with an adapter. Raises `InvalidOptionsError` for an adapter that was not loaded.
    """
    if path not in _GENERATING or not (loras or "lora" in body):
        return dict(body)
    return {**body, "lora": scales_of(loras, body.get("lora"))}


def scales_of(loras: Sequence[LoraFile], asked: Any) -> list[dict[str, float]]:
    """Of what a caller asked for, as {name: scale} or in llama-server's form. Raises `InvalidOptionsError`."""
    scales = dict.fromkeys(range(len(loras)), 0.0)
    for number, scale in _numbered(loras, asked).items():
        if number not in scales:
            message = f"No adapter {number!r} was loaded with this model: {_there(loras)}."
            raise InvalidOptionsError(message, path="lora")
        scales[number] = scale
    return [{"id": number, "scale": scale} for number, scale in scales.items()]


def _numbered(loras: Sequence[LoraFile], asked: Any) -> dict[Any, float]:
    """Scales by number; by name where there is no such adapter."""
    try:
        chosen = convert(asked or {}, dict[AdapterName, AdapterScale] | list[NumberedAdapter])
    except ValidationError as error:
        message = f"lora must be {{name: scale}}, the scale from -100 to 100: {error}."
        raise InvalidOptionsError(message, path="lora") from error
    if isinstance(chosen, list):
        return {adapter.id: adapter.scale for adapter in chosen}
    numbers = {lora.name: number for number, lora in enumerate(loras)}
    return {numbers.get(name, name): scale for name, scale in chosen.items()}


def _there(loras: Sequence[LoraFile]) -> str:
    if not loras:
        return "load_model(loras={name: file}) loads them"
    return "there is " + ", ".join(repr(lora.name) for lora in loras)
