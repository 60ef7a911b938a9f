"""GGUF files: names, local store, download, inspect, memory estimate."""

from llama_worker.models.files import ModelFiles, resolve_local
from llama_worker.models.inspect import GgufHeader, read_header, read_model
from llama_worker.models.listing import ModelDetails, ModelEntry
from llama_worker.models.names import (
    BuiltinName,
    FileName,
    HubName,
    ModelName,
    UrlName,
    parse_model_name,
)
from llama_worker.models.store import ModelStore

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
