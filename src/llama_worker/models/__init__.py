"""GGUF files: names, local store, download, inspect, memory estimate."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..messages.stored import ModelEntry
    from .gguf.header import GgufHeader
    from .gguf.inspect import read_header, read_model
    from .names import (
        BuiltinName,
        FileName,
        HubName,
        ModelName,
        UrlName,
        parse_model_name,
    )
    from .store.files import ModelFiles, resolve_local
    from .store.listing import ModelDetails
    from .store.store import ModelStore
else:
    from ..lazy import names_on_demand

    __getattr__ = names_on_demand(
        __name__,
        {
            ".gguf.header": "GgufHeader",
            ".gguf.inspect": "read_header read_model",
            ".names": "BuiltinName FileName HubName ModelName UrlName parse_model_name",
            ".store.files": "ModelFiles resolve_local",
            ".store.listing": "ModelDetails",
            "..messages.stored": "ModelEntry",
            ".store.store": "ModelStore",
        },
    )

__all__ = [
    "BuiltinName",
    "FileName",
    "GgufHeader",
    "HubName",
    "ModelDetails",
    "ModelEntry",
    "ModelFiles",
    "ModelName",
    "ModelStore",
    "UrlName",
    "parse_model_name",
    "read_header",
    "read_model",
    "resolve_local",
]
