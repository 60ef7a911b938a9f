"""Models of `llm` in Python: streams, conversations, tools, schemas, attachments, cancel."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable
from typing import Any

import llm
import pytest
from pydantic import BaseModel, ValidationError

from llama_worker import sync
from llama_worker.integrations.llm.embeddings import LlamaWorkerEmbeddings
from llama_worker.integrations.llm.models import AsyncLlamaWorkerModel, LlamaWorkerModel
from llama_worker.testing import ContextOverflows, FakeCall, FakeModel, FakeReply, fake_models

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class Person(BaseModel):
    name: str
    age: int


def get_weather(city: str) -> str:
    """The weather of a city."""
    return f"sunny in {city}"


def test_the_built_in_model_streams_and_counts() -> None:
    model = LlamaWorkerModel("llama-worker/builtin")
    response = model.prompt("Hello!", system="You are helpful.", temperature=0, max_tokens=40)
    pieces = list(response)
    assert pieces
    whole = model.prompt("Hello!", system="You are helpful.", stream=False, temperature=0, max_tokens=40)
    assert whole.text() == "".join(pieces)
    assert response.usage().output == whole.usage().output
    assert whole.usage().input
    assert whole.response_json["finish_reason"] == "stop"


async def test_the_same_awaited() -> None:
    model = AsyncLlamaWorkerModel("llama-worker/builtin")
    pieces = [piece async for piece in model.prompt("Hello!", temperature=0)]
    assert await model.prompt("Hello!", temperature=0, stream=False).text() == "".join(pieces)


def test_a_conversation() -> None:
    fake = FakeModel("Hello!", "Fine.")
    with fake as model:
        conversation = LlamaWorkerModel("fake", model).conversation()
        conversation.prompt("Hi", system="Be brief.").text()
        assert conversation.prompt("How are you?").text() == "Fine."
    said = [(message["role"], message["content"]) for message in fake.requests[1].messages]
    assert said == [("system", "Be brief."), ("user", "Hi"), ("assistant", "Hello!"), ("user", "How are you?")]


def test_options() -> None:
    fake = FakeModel("one. two")
    with fake as model:
        plugin = LlamaWorkerModel("fake", model)
        said = plugin.prompt("Hi", temperature="0.3", xtc='{"probability": 0.1}', stop_sequences='["."]').text()
        with pytest.raises(ValidationError, match="temperature"):
            plugin.prompt("Hi", temperature=-1)
        with pytest.raises(ValidationError, match="temprature"):
            plugin.prompt("Hi", temprature=1)
    body = fake.requests[0].body
    assert (body["temperature"], body["xtc_probability"], said) == (0.3, 0.1, "one")


@pytest.mark.parametrize("stream", [True, False])
def test_tools(stream: bool) -> None:
    calls = [FakeCall("get_weather", {"city": "Rome"}), FakeCall("get_weather", {"city": "Oslo"})]
    fake = FakeModel(calls, "Sunny.")
    with fake as model:
        chain = LlamaWorkerModel("fake", model).chain("The weather?", tools=[get_weather], stream=stream)
        assert chain.text() == "Sunny."
    assert list(fake.requests[1].results) == ["sunny in Rome", "sunny in Oslo"]


async def test_tools_awaited() -> None:
    async with FakeModel(FakeCall("get_weather", {"city": "Rome"}), "Sunny.") as model:
        chain = AsyncLlamaWorkerModel("fake", model).chain("The weather?", tools=[get_weather])
        assert await chain.text() == "Sunny."


def test_a_schema() -> None:
    asked = "Extract the person as JSON: Maria is 31 years old."
    response = LlamaWorkerModel("llama-worker/builtin").prompt(asked, schema=Person, temperature=0)
    assert Person.model_validate_json(response.text()) == Person(name="Maria", age=31)


def test_reasoning_is_told_apart() -> None:
    with FakeModel(FakeReply("Two.", reasoning="one and one")) as model:
        response = LlamaWorkerModel("fake", model).prompt("1+1?")
        kinds = [event.type for event in response.stream_events()]
    assert kinds[0] == "reasoning"
    assert response.text() == "Two."


def test_attachments() -> None:
    fake = FakeModel("A pixel.", modalities=("image",))
    with fake as model:
        picture = llm.Attachment(content=PIXEL, type="image/png")
        assert LlamaWorkerModel("fake", model).prompt("What is this?", attachments=[picture]).text() == "A pixel."
    (message,) = fake.requests[0].messages
    assert [part["type"] for part in message["content"]] == ["text", "image_url"]
    with pytest.raises(ValueError, match="does not support attachments"):
        LlamaWorkerModel("llama-worker/builtin").prompt("What is this?", attachments=[picture])


def test_errors_are_those_of_llm() -> None:
    with FakeModel(ContextOverflows(prompt_tokens=9000)) as model, pytest.raises(llm.ModelError, match="9000"):
        LlamaWorkerModel("fake", model).prompt("Hi").text()
    with pytest.raises(llm.ModelError, match="no-such-model"):
        LlamaWorkerModel("gone", "no-such-model.gguf").prompt("Hi").text()


def test_a_response_that_is_left_frees_its_slot(is_idle: Callable[[sync.LlamaWorker], None]) -> None:
    with sync.LlamaWorker() as worker:
        model = LlamaWorkerModel("mine", worker=worker)
        stream: Any = iter(model.prompt("Count.", engine_options={"ignore_eos": True}))
        next(stream)
        assert worker.list_models()[0].users == 1
        stream.close()
        is_idle(worker)


async def test_a_cancelled_task_frees_its_slot(is_idle: Callable[[sync.LlamaWorker], None]) -> None:
    with sync.LlamaWorker() as worker:
        model = AsyncLlamaWorkerModel("mine", worker=worker)

        async def ask() -> None:
            await model.prompt("Count.", engine_options={"ignore_eos": True}).text()

        task = asyncio.create_task(ask())
        while not any(one.users for one in await asyncio.to_thread(worker.list_models)):
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.to_thread(is_idle, worker)


def test_embeddings() -> None:
    model = LlamaWorkerEmbeddings("llama-worker/builtin")
    assert len(model.embed("one")) == len(next(iter(model.embed_multi(["one", "two"]))))
    with fake_models(FakeModel(kind="embedding", dimensions=8)), sync.LlamaWorker() as worker:
        assert [len(one) for one in LlamaWorkerEmbeddings("bge", "bge", worker=worker).embed_multi(["a"] * 70)] == [
            8
        ] * 70
