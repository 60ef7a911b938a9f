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
    from .engine.frozen import freeze_support
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
        SessionOptions,
        Xtc,
    )
    from .ports.bridge import LlamaWorkerBridge
    from .ports.service import WorkerService
    from .worker import events
    from .worker.context import Context
    from .worker.functions import FunctionDefinition
    from .worker.model import Model, ModelInfo
    from .worker.operation import Operation
    from .worker.reply import Reply, Timings, TokenLogprob, ToolCall, Usage
    from .worker.room import Overflow
    from .worker.session import ChatSession
    from .worker.worker import LlamaWorker

# Imported on first use: the engine process is this package too, and needs next to nothing of it.
_HOMES = {
    "ChatSession": ".worker.session",
    "Context": ".worker.context",
    "ContextOptions": ".options",
    "DryRepeatPenalty": ".options",
    "DynamicTemperature": ".options",
    "FunctionDefinition": ".worker.functions",
    "LlamaOptions": ".options",
    "LlamaWorker": ".worker.worker",
    "LlamaWorkerBridge": ".ports.bridge",
    "LogitBias": ".options",
    "Mirostat": ".options",
    "Model": ".worker.model",
    "ModelInfo": ".worker.model",
    "ModelOptions": ".options",
    "Operation": ".worker.operation",
    "Overflow": ".worker.room",
    "PromptOptions": ".options",
    "RepeatPenalty": ".options",
    "Reply": ".worker.reply",
    "SessionOptions": ".options",
    "Timings": ".worker.reply",
    "TokenLogprob": ".worker.reply",
    "ToolCall": ".worker.reply",
    "Usage": ".worker.reply",
    "WorkerService": ".ports.service",
    "Xtc": ".options",
    "freeze_support": ".engine.frozen",
}

__all__ = [
    "ChatSession",
    "Context",
    "ContextOptions",
    "DryRepeatPenalty",
    "DynamicTemperature",
    "FunctionDefinition",
    "LlamaOptions",
    "LlamaWorker",
    "LlamaWorkerBridge",
    "LogitBias",
    "Mirostat",
    "Model",
    "ModelInfo",
    "ModelOptions",
    "Operation",
    "Overflow",
    "PromptOptions",
    "RepeatPenalty",
    "Reply",
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
]


def __getattr__(name: str) -> Any:
    if name == "events":
        return import_module(".worker.events", __name__)
    if name in _HOMES:
        return getattr(import_module(_HOMES[name], __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
