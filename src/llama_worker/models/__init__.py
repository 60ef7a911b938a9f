"""GGUF files: names, local store, download, inspect, memory estimate."""

from .files import ModelFiles, resolve_local
from .inspect import GgufHeader, read_header, read_model
from .listing import ModelDetails, ModelEntry
from .names import (
    BuiltinName,
    FileName,
    HubName,
    ModelName,
    UrlName,
    parse_model_name,
)
from .store import ModelStore

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
