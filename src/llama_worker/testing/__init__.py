"""Tests of programs that use llama-worker, without a model.

from llama_worker.testing import FakeModel

async def test_greeting():
    async with FakeModel("Hello!") as model:
        reply = await model.chat([{"role": "user", "content": "Hi"}])
        assert reply.text == "Hello!"
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .installing import FakeModels, fake_models
    from .model import FakeModel
    from .recording.recording import Recording
    from .script.faults import (
        ContextOverflows,
        DownloadFails,
        EngineDies,
        EngineHangs,
        EngineRefuses,
        LoadFails,
        MalformedCall,
    )
    from .script.fitting import fitting_reply
    from .script.gate import Gate
    from .script.replies import FakeCall, FakeReply
    from .script.request import FakeRequest

# Imported on first use: the plugin for pytest is in this package too, and is loaded by every run of it.
_HOMES = {
    "ContextOverflows": ".script.faults",
    "DownloadFails": ".script.faults",
    "EngineDies": ".script.faults",
    "EngineHangs": ".script.faults",
    "EngineRefuses": ".script.faults",
    "FakeCall": ".script.replies",
    "FakeModel": ".model",
    "FakeModels": ".installing",
    "FakeReply": ".script.replies",
    "FakeRequest": ".script.request",
    "Gate": ".script.gate",
    "LoadFails": ".script.faults",
    "MalformedCall": ".script.faults",
    "Recording": ".recording.recording",
    "fake_models": ".installing",
    "fitting_reply": ".script.fitting",
}

__all__ = [
    "ContextOverflows",
    "DownloadFails",
    "EngineDies",
    "EngineHangs",
    "EngineRefuses",
    "FakeCall",
    "FakeModel",
    "FakeModels",
    "FakeReply",
    "FakeRequest",
    "Gate",
    "LoadFails",
    "MalformedCall",
    "Recording",
    "fake_models",
    "fitting_reply",
]

if not TYPE_CHECKING:  # which would take any name for one that is there

    def __getattr__(name: str) -> Any:
        if name in _HOMES:
            return getattr(import_module(_HOMES[name], __name__), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
