"""GGUF files: names, local store, download, inspect, memory estimate."""

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
from .store.listing import ModelDetails, ModelEntry
from .store.store import ModelStore

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
