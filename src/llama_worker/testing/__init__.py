"""Tests of programs that use llama-worker, without a model.

from llama_worker.testing import FakeModel

async def test_greeting():
    async with FakeModel("Hello!") as model:
        reply = await model.chat([{"role": "user", "content": "Hi"}])
        assert reply.text == "Hello!"
"""

from __future__ import annotations

from .installing import FakeModels, fake_models
from .model import FakeModel
from .recording.recording import Recording
from .script.faults import ContextOverflows, EngineDies, EngineHangs, EngineRefuses, LoadFails, MalformedCall
from .script.fitting import fitting_reply
from .script.gate import Gate
from .script.replies import FakeCall, FakeReply
from .script.request import FakeRequest

__all__ = [
    "ContextOverflows",
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
