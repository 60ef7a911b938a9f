"""The seeds' eight handlers."""

from __future__ import annotations

from typing import Any

import pytest

from llama_worker import LlamaWorker
from llama_worker.errors import InvalidOptionsError, SessionNotLoadedError, UnknownMessageError
from llama_worker.ports.server.service import Handler, WorkerService


async def test_the_seeds_examples(worker: LlamaWorker) -> None:
    """Invoked in the seeds' order, with the seeds' payloads."""
    invoke = WorkerService(worker).invoke
    with pytest.raises(SessionNotLoadedError, match=r"^Session not loaded\.$"):
        await invoke("worker:prompt", {"prompt": "..."})
    assert await invoke("worker:initialize", {}) is None
    model = await invoke("worker:loadModel", {"modelPath": "builtin", "gpuLayers": 20})
    assert model["name"] == "builtin.gguf"
    context = await invoke("worker:createContext", {"seed": 42, "threads": 1})
    assert set(context) == {"contextSize", "sequences", "batchSize"}
    await invoke("worker:initializeSession", {"systemPrompt": "Você é um assistente útil"})
    options = {"temperature": 0.7, "maxTokens": 8}
    reply = await invoke("worker:prompt", {"prompt": "Explique clean architecture", "options": options})
    assert isinstance(reply["text"], str)
    operation_id = await invoke("worker:sendPrompt", {"prompt": "Explique clean architecture", "options": options})
    operation = worker.operation(operation_id)
    assert operation is not None
    await operation
    await invoke("worker:unloadModel", {"modelPath": "builtin"})
    assert worker.models == ()


async def test_initialize_may_load_a_model(worker: LlamaWorker) -> None:
    """As the seeds' own example has it."""
    loaded = await WorkerService(worker).invoke("worker:initialize", {"modelPath": "builtin", "gpuLayers": 20})
    assert loaded["name"] == "builtin.gguf"
    assert len(worker.models) == 1


def test_handlers_are_registered_by_name() -> None:
    """Any host that takes a name and a function will do."""
    registered: dict[str, Handler] = {}
    WorkerService(LlamaWorker()).register(registered.__setitem__)
    assert len(registered) == 8
    assert all(name.startswith("worker:") for name in registered)


@pytest.mark.parametrize(
    ("channel", "payload", "path"),
    [
        ("worker:loadModel", {}, None),
        ("worker:loadModel", {"modelPath": 5}, "modelPath"),
        ("worker:prompt", {"prompt": "a", "options": {"topP": 7}}, "options.topP"),
        ("worker:prompt", "text", None),
    ],
)
async def test_a_bad_payload_is_named(worker: LlamaWorker, channel: str, payload: Any, path: str | None) -> None:
    """Before anything is started."""
    with pytest.raises(InvalidOptionsError) as caught:
        await WorkerService(worker).invoke(channel, payload)
    assert caught.value.path == path


async def test_an_unknown_channel(worker: LlamaWorker) -> None:
    """It is an unknown message."""
    with pytest.raises(UnknownMessageError, match="worker:nope"):
        await WorkerService(worker).invoke("worker:nope")
