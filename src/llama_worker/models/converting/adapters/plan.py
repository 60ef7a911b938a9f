"""What becomes of an adapter, as `converting.plan` says it of a model."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ....errors import InvalidModelError, NotSupportedError
from ...gguf.writing import Layout
from ..checkpoint.repository import Repository, RepositoryFiles
from ..checkpoint.tensor import Tensor
from ..family import Family
from ..fetching import ADAPTER, ADAPTER_CONFIG
from ..identity import write_identity
from ..metadata import typed_metadata
from ..plan import Plan, Planned, planned, tensor_keys
from ..table import family_of
from .pairs import Pair, changes

if TYPE_CHECKING:
    import gguf

_UNKNOWN = ("use_dora", "alpha_pattern", "alora_invocation_tokens", "invocation_string")
"""What changes a model otherwise than by pairs that all have the same scale."""


def plan_adapter(adapter: RepositoryFiles, base: Repository, wanted: str = "f32") -> Plan:
    """The file of a LoRA adapter for the model `base`, of which config.json is enough.

    Raises `NotSupportedError` for what llama.cpp cannot do, such as DoRA; `InvalidModelError` for what is broken.
    """
    settings = _settings(adapter)
    family = family_of(base)
    tensors = [planned(family, wanted, *each) for each in _converted(family, adapter)]
    if not tensors:
        raise InvalidModelError(f"{adapter.name} changes nothing: its {ADAPTER} has no tensors.")
    metadata = typed_metadata(_keys(family, adapter, settings, tensors), adapter.name)
    layout = Layout(metadata, [each.info for each in tensors], adapter.name)
    return Plan(family.architecture, wanted, [adapter.folder / ADAPTER], layout, tensors)


def _settings(adapter: RepositoryFiles) -> dict[str, Any]:
    settings = adapter.json(ADAPTER_CONFIG)
    if settings is None:
        raise InvalidModelError(f"{adapter.name} has no {ADAPTER_CONFIG}, so it is no adapter.")
    if settings.get("peft_type", "LORA") != "LORA" or any(settings.get(key) for key in _UNKNOWN):
        kind = next((key for key in _UNKNOWN if settings.get(key)), settings.get("peft_type"))
        raise NotSupportedError(f"{adapter.name} is not a plain LoRA adapter ({kind}), and cannot be converted.")
    if not isinstance(settings.get("lora_alpha"), (int, float)) or not isinstance(settings.get("r"), int):
        raise InvalidModelError(f"adapter_config.json of {adapter.name} does not say lora_alpha and r.")
    return settings


def _converted(family: Family, adapter: RepositoryFiles) -> Iterator[tuple[str, int | None, str, Tensor]]:
    """What a family does to the rows of a matrix it does to those of a pair's second half."""
    for name, change in changes(adapter):
        kept = family.keep(name)
        if kept is None or ".experts." in kept:
            raise NotSupportedError(f"{adapter.name} changes {name!r}, which converted models do not have by itself.")
        block = next((int(part) for part in kept.split(".") if part.isdecimal()), None)
        rows = change.second if isinstance(change, Pair) else change
        for new_name, changed in family.convert(kept, rows, block):
            if isinstance(change, Pair):
                yield kept, block, f"{new_name}.lora_a", change.first
                yield kept, block, f"{new_name}.lora_b", changed
            else:
                yield kept, block, new_name, changed


def _keys(
    family: Family, adapter: RepositoryFiles, settings: dict[str, Any], tensors: list[Planned]
) -> gguf.GGUFWriter:
    import gguf

    keys = tensor_keys(family, tensors)
    write_identity(adapter, keys, "adapter")
    keys.add_string(gguf.Keys.Adapter.TYPE, "lora")
    keys.add_float32(gguf.Keys.Adapter.LORA_ALPHA, _alpha(settings))
    keys.add_quantization_version(gguf.GGML_QUANT_VERSION)
    return keys


def _alpha(settings: dict[str, Any]) -> float:
    """llama.cpp divides it by the rank, where rank-stabilized adapters mean the rank's root."""
    alpha = float(settings["lora_alpha"])
    return alpha * math.sqrt(settings["r"]) if settings.get("use_rslora") else alpha
