"""The seeds' eight channels, as the requests that they are other names for."""

from __future__ import annotations

from typing import Any, TypeVar

from msgspec import Struct, convert, to_builtins
from msgspec.structs import fields

from ...messages import (
    CreateContext,
    DownloadModel,
    Incoming,
    InitializeSession,
    LoadModel,
    PromptRequest,
    SendPrompt,
    UnloadModel,
    WorkerCreateContext,
    WorkerDownloadModel,
    WorkerInitializeSession,
    WorkerLoadModel,
    WorkerPrompt,
    WorkerSendPrompt,
    WorkerUnloadModel,
)
from ...options import ModelOptions, Options

CHANNEL_MESSAGES = frozenset(
    {
        WorkerLoadModel,
        WorkerCreateContext,
        WorkerInitializeSession,
        WorkerPrompt,
        WorkerSendPrompt,
        WorkerUnloadModel,
        WorkerDownloadModel,
    }
)
OptionsType = TypeVar("OptionsType", bound=Options)


def without_channel(request: Incoming) -> Incoming:
    """The plain request that a channel's request means; any other one as it is.

    `worker:initialize` stays: with a model in its payload there is no single request like it.
    """
    match request:
        case WorkerLoadModel(id=id, payload=payload):
            return LoadModel(id=id, model_path=payload.model_path, options=options_in(payload, ModelOptions))
        case WorkerCreateContext(id=id, payload=payload):
            return CreateContext(id=id, options=payload)
        case WorkerInitializeSession(id=id, payload=payload):
            return InitializeSession(id=id, options=payload)
        case WorkerPrompt(id=id, payload=payload):
            return PromptRequest(id=id, **_fields(payload))
        case WorkerSendPrompt(id=id, payload=payload):
            return SendPrompt(id=id, **_fields(payload))
        case WorkerUnloadModel(id=id, payload=payload):
            return UnloadModel(id=id, model_path=payload.model_path)
        case WorkerDownloadModel(id=id, payload=payload):
            return DownloadModel(id=id, model_id=payload, request_id=id)
    return request


def _fields(payload: Struct) -> dict[str, Any]:
    return {name: getattr(payload, name) for name in payload.__struct_fields__}


def options_in(payload: Struct, kind: type[OptionsType]) -> OptionsType:
    """Those fields of a payload that are options of that kind."""
    names = {field.encode_name for field in fields(kind)}
    return convert({name: value for name, value in to_builtins(payload).items() if name in names}, kind)
