"""The seeds' eight handlers."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from llama_worker import LlamaWorker
from llama_worker.errors import InvalidOptionsError, OperationAborted, SessionNotLoadedError, UnknownMessageError
from llama_worker.messages import FunctionCall
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


async def prepared(worker: LlamaWorker) -> WorkerService:
    """With a model and its context."""
    service = WorkerService(worker)
    await service.invoke("worker:loadModel", {"modelPath": "builtin"})
    await service.invoke("worker:createContext", {"contextSize": 1024, "sequences": 1})
    return service


@pytest.mark.parametrize("channel", ["worker:prompt", "worker:sendPrompt"])
async def test_a_session_that_does_not_exist_gets_no_answer(worker: LlamaWorker, channel: str) -> None:
    """It is refused as on every port."""
    service = await prepared(worker)
    await service.invoke("worker:initializeSession")
    with pytest.raises(SessionNotLoadedError, match=r"^Session nope not loaded\.$"):
        await service.invoke(channel, {"prompt": "Hi", "session": "nope"})


async def test_a_session_is_chosen_by_its_id(worker: LlamaWorker) -> None:
    """Each has its own conversation; without a name it is the one that came last."""
    service = await prepared(worker)
    first, second = [await service.invoke("worker:initializeSession") for _ in range(2)]
    options = {"maxTokens": 4, "temperature": 0}
    await service.invoke("worker:prompt", {"prompt": "Hi", "session": first["sessionId"], "options": options})
    assert worker.session.get_chat_history() == []
    await service.invoke("worker:prompt", {"prompt": "Hi", "session": second["sessionId"], "options": options})
    assert len(worker.session.get_chat_history()) == 2


WEATHER = {"description": "The weather of a city.", "params": {"type": "object", "properties": {"city": {}}}}


async def test_functions_reach_the_model(worker: LlamaWorker) -> None:
    """Those that the host runs itself end the answer with the call; the others are asked for and answered."""
    service = await prepared(worker)
    await service.invoke("worker:initializeSession")
    question = {"prompt": "What is the weather in Lisbon?", "options": {"temperature": 0, "functionChoice": "weather"}}
    waiting = await service.invoke(
        "worker:prompt", {**question, "functions": {"weather": {**WEATHER, "handled": False}}}
    )
    assert waiting["finishReason"] == "tool_calls"
    assert waiting["toolCalls"][0]["name"] == "weather"
    called: list[FunctionCall] = []

    def answer(call: FunctionCall) -> None:
        called.append(call)
        service.function_result(call.call_id, "sunny")

    worker.on("function_call", answer)
    reply = await service.invoke("worker:prompt", {**question, "functions": {"weather": WEATHER}})
    assert called[0].name == "weather"
    assert reply["finishReason"] == "stop"
    with pytest.raises(InvalidOptionsError, match="Nobody waits"):
        service.function_result(called[0].call_id, "again")


async def test_what_the_worker_has_loaded_is_current(worker: LlamaWorker) -> None:
    """The service is another way to the same worker."""
    await worker.load_model("builtin")
    await worker.create_context()
    await worker.initialize_session(system_prompt="Be brief.")
    reply = await WorkerService(worker).invoke("worker:prompt", {"prompt": "Hi", "options": {"maxTokens": 3}})
    assert reply["usage"]["completionTokens"] == 3
    assert [message["role"] for message in worker.session.get_chat_history()] == ["system", "user", "assistant"]


async def test_leaving_aborts(worker: LlamaWorker) -> None:
    """A host that gives up leaves nothing running, and an abort is told as everywhere."""
    service = await prepared(worker)
    await service.invoke("worker:initializeSession")
    endless = {"prompt": "Count from 1 to 100.", "options": {"maxTokens": 400}}
    asking = asyncio.create_task(service.invoke("worker:prompt", endless))
    while not worker._operations:
        await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert worker._operations == {}
    operation_id = await service.invoke("worker:sendPrompt", endless)
    asking = asyncio.create_task(service.invoke("worker:prompt", endless))
    while len(worker._operations) < 2:
        await asyncio.sleep(0)
    assert worker.abort()
    assert worker.abort(operation_id)
    with pytest.raises(OperationAborted):
        await asking


async def test_sessions_are_forgotten(worker: LlamaWorker) -> None:
    """When the host says so, and when their model is gone."""
    service = await prepared(worker)
    closed, other = [await service.invoke("worker:initializeSession") for _ in range(2)]
    await service.close_session(closed["sessionId"])
    with pytest.raises(SessionNotLoadedError):
        await service.invoke("worker:prompt", {"prompt": "Hi", "session": closed["sessionId"]})
    await prepared(worker)
    await worker.load_model("builtin")
    await worker.create_context()
    await service.invoke("worker:initializeSession")
    with pytest.raises(SessionNotLoadedError):
        await service.invoke("worker:prompt", {"prompt": "Hi", "session": other["sessionId"]})


async def test_a_wrong_name_is_met_with_the_right_one(worker: LlamaWorker) -> None:
    """As in every message."""
    service = WorkerService(worker)
    with pytest.raises(UnknownMessageError, match=r"worker:promt \(did you mean `worker:prompt`\?\)"):
        await service.invoke("worker:promt")
    with pytest.raises(InvalidOptionsError, match="did you mean `maxTokens`"):
        await service.invoke("worker:prompt", {"prompt": "a", "options": {"max_tokens": 5}})
