"""The eight channels of the seeds (the Electron system that this package began from): requests whose fields are in a
`payload`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from msgspec import NODEFAULT, Struct, defstruct, field
from msgspec.structs import fields

from ..options import ContextOptions, LlamaOptions, ModelOptions, PromptOptions, SessionOptions
from .base import HubFile, ModelPath, Name, SessionRef
from .ends import ENDS, ends_with
from .replies import Abilities, ModelLoaded, Result
from .requests.base import FunctionSpec, Request
from .requests.generation import PromptRequest, SendPrompt
from .requests.models import DownloadModel, LoadModel, UnloadModel
from .requests.setup import CreateContext, InitializeSession

__all__ = [
    "CHANNELS",
    "InitializePayload",
    "LoadModelPayload",
    "PromptPayload",
    "UnloadModelPayload",
    "WorkerCreateContext",
    "WorkerDownloadModel",
    "WorkerInitialize",
    "WorkerInitializeSession",
    "WorkerLoadModel",
    "WorkerPrompt",
    "WorkerSendPrompt",
    "WorkerUnloadModel",
]

Kind = TypeVar("Kind", bound=type[Request])
CHANNELS: dict[type[Request], type[Request]] = {}
"""The channels that are other names for a request."""

if TYPE_CHECKING:

    class InitializePayload(ModelOptions, frozen=True, kw_only=True):
        model_path: ModelPath | None = None

else:  # Structs of two bases cannot be written down, only made
    InitializePayload = defstruct(
        "InitializePayload",
        [
            (each.name, each.type, field(default_factory=dict) if each.default is NODEFAULT else each.default)
            for each in fields(LlamaOptions)
        ]
        + [("model_path", ModelPath | None, None)],
        bases=(ModelOptions,),
        namespace={
            "__doc__": "`LlamaOptions`; with a `modelPath` also `ModelOptions`, and that model is loaded at once."
        },
        module=__name__,
        frozen=True,
        kw_only=True,
    )


def another_name_for(request: type[Request]) -> Callable[[Kind], Kind]:
    """A channel that means, and ends as, that request."""

    def enter(kind: Kind) -> Kind:
        CHANNELS[kind], ENDS[kind] = request, ENDS[request]
        return kind

    return enter


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


@ends_with(Result, ModelLoaded, value=Abilities)
class WorkerInitialize(Request, frozen=True, kw_only=True, tag="worker:initialize"):
    """As `init`; with `modelPath` in its payload it loads that model too."""

    payload: InitializePayload = InitializePayload()


@another_name_for(LoadModel)
class WorkerLoadModel(Request, frozen=True, kw_only=True, tag="worker:loadModel"):
    """As `load_model`."""

    payload: LoadModelPayload


@another_name_for(CreateContext)
class WorkerCreateContext(Request, frozen=True, kw_only=True, tag="worker:createContext"):
    """As `create_context`."""

    payload: ContextOptions = ContextOptions()


@another_name_for(InitializeSession)
class WorkerInitializeSession(Request, frozen=True, kw_only=True, tag="worker:initializeSession"):
    """As `initialize_session`."""

    payload: SessionOptions = SessionOptions()


@another_name_for(PromptRequest)
class WorkerPrompt(Request, frozen=True, kw_only=True, tag="worker:prompt"):
    """As `prompt`."""

    payload: PromptPayload


@another_name_for(UnloadModel)
class WorkerUnloadModel(Request, frozen=True, kw_only=True, tag="worker:unloadModel"):
    """As `unload_model`."""

    payload: UnloadModelPayload = UnloadModelPayload()


@another_name_for(DownloadModel)
class WorkerDownloadModel(Request, frozen=True, kw_only=True, tag="worker:downloadModel"):
    """As `download_model`; the request's `id` is its `requestId`."""

    payload: HubFile


@another_name_for(SendPrompt)
class WorkerSendPrompt(Request, frozen=True, kw_only=True, tag="worker:sendPrompt"):
    """As `send_prompt`."""

    payload: PromptPayload
