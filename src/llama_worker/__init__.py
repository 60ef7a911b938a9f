"""Local LLMs inside other people's programs.

from llama_worker import LlamaWorker

async with LlamaWorker() as worker:
    model = await worker.load_model("builtin")
    session = await model.create_session(system_prompt="You are helpful.")
    async for text in session.prompt("Hello!"):
        print(text, end="", flush=True)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from . import errors
from ._version import __version__

if TYPE_CHECKING:
    from .config.configuration import Configuration
    from .config.named_model import NamedModel
    from .config.reading import load_config
    from .engine.process.frozen import freeze_support
    from .messages import events
    from .messages.values import ModelInfo, Rendered, RenderedPiece, Timings, TokenLogprob, ToolCall, Usage
    from .options import (
        ContextOptions,
        DryRepeatPenalty,
        DynamicTemperature,
        LlamaOptions,
        LogitBias,
        Mirostat,
        ModelOptions,
        PromptOptions,
        RepeatPenalty,
        Rope,
        SessionOptions,
        Xtc,
    )
    from .ports.client.bridge import LlamaWorkerBridge
    from .ports.server.service import WorkerService
    from .worker.chat.overflow import Overflow
    from .worker.chat.session import ChatSession
    from .worker.conversation import Message
    from .worker.media.values import Audio, Image
    from .worker.model import Context, Model
    from .worker.operations.operation import Operation
    from .worker.reply import Reply
    from .worker.tools.functions import FunctionDefinition
    from .worker.worker import LlamaWorker

# Imported on first use: the engine process is this package too, and needs next to nothing of it.
_HOMES = {
    "Audio": ".worker.media.values",
    "ChatSession": ".worker.chat.session",
    "Configuration": ".config.configuration",
    "Context": ".worker.model",
    "ContextOptions": ".options",
    "DryRepeatPenalty": ".options",
    "DynamicTemperature": ".options",
    "FunctionDefinition": ".worker.tools.functions",
    "Image": ".worker.media.values",
    "LlamaOptions": ".options",
    "LlamaWorker": ".worker.worker",
    "LlamaWorkerBridge": ".ports.client.bridge",
    "LogitBias": ".options",
    "Message": ".worker.conversation",
    "Mirostat": ".options",
    "Model": ".worker.model",
    "ModelInfo": ".messages.values",
    "ModelOptions": ".options",
    "Operation": ".worker.operations.operation",
    "Overflow": ".worker.chat.overflow",
    "PromptOptions": ".options",
    "RepeatPenalty": ".options",
    "Rope": ".options",
    "Reply": ".worker.reply",
    "SessionOptions": ".options",
    "Timings": ".messages.values",
    "Rendered": ".messages.values",
    "RenderedPiece": ".messages.values",
    "TokenLogprob": ".messages.values",
    "ToolCall": ".messages.values",
    "Usage": ".messages.values",
    "WorkerService": ".ports.server.service",
    "Xtc": ".options",
    "NamedModel": ".config.named_model",
    "load_config": ".config.reading",
    "freeze_support": ".engine.process.frozen",
}

__all__ = [
    "Audio",
    "ChatSession",
    "Configuration",
    "Context",
    "ContextOptions",
    "DryRepeatPenalty",
    "DynamicTemperature",
    "FunctionDefinition",
    "Image",
    "LlamaOptions",
    "LlamaWorker",
    "LlamaWorkerBridge",
    "LogitBias",
    "Message",
    "Mirostat",
    "Model",
    "ModelInfo",
    "ModelOptions",
    "NamedModel",
    "Operation",
    "Overflow",
    "PromptOptions",
    "Rendered",
    "RenderedPiece",
    "RepeatPenalty",
    "Reply",
    "Rope",
    "SessionOptions",
    "Timings",
    "TokenLogprob",
    "ToolCall",
    "Usage",
    "WorkerService",
    "Xtc",
    "__version__",
    "errors",
    "events",
    "freeze_support",
    "load_config",
]

if not TYPE_CHECKING:  # which would take any name for one that is there

    def __getattr__(name: str) -> Any:
        if name == "events":
            return import_module(".messages.events", __name__)
        if name in _HOMES:
            return getattr(import_module(_HOMES[name], __name__), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
