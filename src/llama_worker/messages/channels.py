"""The seeds' eight channels: requests whose fields are in a `payload`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, defstruct
from msgspec.structs import fields

from ..options import ContextOptions, LlamaOptions, ModelOptions, PromptOptions, SessionOptions
from .base import HubFile, ModelPath, Name, SessionRef
from .requests import FunctionSpec, Request

if TYPE_CHECKING:

    class InitializePayload(ModelOptions, frozen=True, kw_only=True):
        model_path: ModelPath | None = None

else:  # Structs of two bases cannot be written down, only made
    InitializePayload = defstruct(
        "InitializePayload",
        [(field.name, field.type, field.default) for field in fields(LlamaOptions)]
        + [("model_path", ModelPath | None, None)],
        bases=(ModelOptions,),
        namespace={
            "__doc__": "`LlamaOptions`; with a `modelPath` also `ModelOptions`, and that model is loaded at once."
        },
        module=__name__,
        frozen=True,
        kw_only=True,
    )


class LoadModelPayload(ModelOptions, frozen=True, kw_only=True):
    """`ModelOptions` and which model."""

    model_path: ModelPath


class PromptPayload(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """The question and how to answer it."""

    prompt: str
    options: PromptOptions | None = None
    functions: dict[Name, FunctionSpec] | None = None
    session: SessionRef | None = None


class UnloadModelPayload(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """Which model. Default: the current one."""

    model_path: Name | None = None


class WorkerInitialize(Request, frozen=True, kw_only=True, tag="worker:initialize"):
    """As `init`; with `modelPath` in its payload it loads that model too."""

    payload: InitializePayload = InitializePayload()


class WorkerLoadModel(Request, frozen=True, kw_only=True, tag="worker:loadModel"):
    """As `load_model`."""

    payload: LoadModelPayload


class WorkerCreateContext(Request, frozen=True, kw_only=True, tag="worker:createContext"):
    """As `create_context`."""

    payload: ContextOptions = ContextOptions()


class WorkerInitializeSession(Request, frozen=True, kw_only=True, tag="worker:initializeSession"):
    """As `initialize_session`."""

    payload: SessionOptions = SessionOptions()


class WorkerPrompt(Request, frozen=True, kw_only=True, tag="worker:prompt"):
    """As `prompt`."""

    payload: PromptPayload


class WorkerUnloadModel(Request, frozen=True, kw_only=True, tag="worker:unloadModel"):
    """As `unload_model`."""

    payload: UnloadModelPayload = UnloadModelPayload()


class WorkerDownloadModel(Request, frozen=True, kw_only=True, tag="worker:downloadModel"):
    """As `download_model`; the request's `id` is its `requestId`."""

    payload: HubFile


class WorkerSendPrompt(Request, frozen=True, kw_only=True, tag="worker:sendPrompt"):
    """As `send_prompt`."""

    payload: PromptPayload
