"""A chat generator for Haystack: alone, in pipelines and agents, in files."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable

import pytest
from haystack import Pipeline
from haystack.components.agents import Agent
from haystack.components.builders import ChatPromptBuilder
from haystack.dataclasses import ChatMessage, ImageContent, StreamingChunk
from haystack.tools import tool
from pydantic import BaseModel

from llama_worker import LlamaWorker, errors, sync
from llama_worker.integrations.haystack import LlamaWorkerChatGenerator
from llama_worker.testing import EngineDies, FakeCall, FakeModel, FakeReply, Gate

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
HELLO = [ChatMessage.from_user("Hello!")]
GREEDY = {"temperature": 0, "max_tokens": 40}
TRUSTED = ["llama_worker", "tests"]


class Person(BaseModel):
    name: str
    age: int


@tool
def get_weather(city: str) -> str:
    """The weather of a city."""
    return f"sunny in {city}"


def shown(chunk: StreamingChunk) -> None:
    """A callback that a file can name."""


def test_the_built_in_model() -> None:
    generator = LlamaWorkerChatGenerator("builtin", generation_kwargs=GREEDY)
    generator.warm_up()
    (reply,) = generator.run(HELLO)["replies"]
    chunks: list[StreamingChunk] = []
    (streamed,) = generator.run("Hello!", streaming_callback=chunks.append)["replies"]
    assert reply.text == streamed.text == "".join(chunk.content for chunk in chunks)
    assert reply.meta["finish_reason"] == chunks[-1].finish_reason == "stop"
    assert reply.meta["usage"]["completion_tokens"] == chunks[-1].meta["usage"]["completion_tokens"] > 0
    assert [chunk.start for chunk in chunks[:-1]] == [True] + [False] * (len(chunks) - 2)
    assert chunks[0].component_info is not None


async def test_the_same_awaited() -> None:
    generator = LlamaWorkerChatGenerator("builtin", generation_kwargs=GREEDY)
    chunks: list[StreamingChunk] = []

    async def take(chunk: StreamingChunk) -> None:
        chunks.append(chunk)

    await generator.warm_up_async()
    (reply,) = (await generator.run_async(HELLO))["replies"]
    (streamed,) = (await generator.run_async(HELLO, streaming_callback=take))["replies"]
    assert reply.text == streamed.text == "".join(chunk.content for chunk in chunks)


def test_options() -> None:
    fake = FakeModel("one. two", "one. two")
    with fake as model:
        generator = LlamaWorkerChatGenerator(model, generation_kwargs={"temperature": 0.3, "stop": "."})
        assert generator.run("Count.", generation_kwargs={"typical_p": 0.5})["replies"][0].text == "one"
        (cut,) = generator.run("Count.", generation_kwargs={"max_tokens": 1})["replies"]
    assert (fake.requests[0].body["temperature"], fake.requests[0].body["typical_p"]) == (0.3, 0.5)
    assert cut.meta["finish_reason"] == "length"
    with pytest.raises(errors.InvalidOptionsError, match="did you mean `temperature`"):
        LlamaWorkerChatGenerator(generation_kwargs={"temprature": 1})


def test_tools_and_their_results() -> None:
    calls = [FakeCall("get_weather", {"city": "Rome"}), FakeCall("get_weather", {"city": "Oslo"})]
    fake = FakeModel(calls, calls, "Sunny.")
    with fake as model:
        generator = LlamaWorkerChatGenerator(model, tools=[get_weather])
        asked = [ChatMessage.from_system("Be brief."), ChatMessage.from_user("The weather?")]
        (reply,) = generator.run(asked)["replies"]
        chunks: list[StreamingChunk] = []
        (streamed,) = generator.run(asked, streaming_callback=chunks.append)["replies"]
        results = [
            ChatMessage.from_tool(get_weather.invoke(**call.arguments), origin=call) for call in reply.tool_calls
        ]
        assert generator.run([*asked, reply, *results])["replies"][0].text == "Sunny."
    assert [call.arguments for call in streamed.tool_calls] == [{"city": "Rome"}, {"city": "Oslo"}]
    names = [delta.tool_name for chunk in chunks for delta in chunk.tool_calls or () if delta.tool_name]
    assert names == ["get_weather", "get_weather"]
    assert list(fake.requests[2].results) == ["sunny in Rome", "sunny in Oslo"]
    assert fake.requests[2].system == "Be brief."


def test_a_forced_call_of_the_built_in_model() -> None:
    generator = LlamaWorkerChatGenerator("builtin", tools=[get_weather], generation_kwargs={**GREEDY, "max_tokens": 80})
    (reply,) = generator.run("What is the weather in Paris?", generation_kwargs={"tool_choice": "required"})["replies"]
    assert [call.tool_name for call in reply.tool_calls] == ["get_weather"]


def test_an_agent() -> None:
    with FakeModel(FakeCall("get_weather", {"city": "Rome"}), "It is sunny.") as model:
        agent = Agent(chat_generator=LlamaWorkerChatGenerator(model), tools=[get_weather])
        assert (
            agent.run(messages=[ChatMessage.from_user("The weather in Rome?")])["last_message"].text == "It is sunny."
        )


def test_a_form() -> None:
    asked = "Extract the person as JSON: Maria is 31 years old."
    for form in (Person, Person.model_json_schema()):
        generator = LlamaWorkerChatGenerator(generation_kwargs={"temperature": 0, "response_format": form})
        assert Person.model_validate_json(generator.run(asked)["replies"][0].text or "") == Person(name="Maria", age=31)


def test_images_and_reasoning() -> None:
    with FakeModel(FakeReply("A pixel.", reasoning="It is small."), modalities=("image",)) as model:
        picture = ImageContent(base64_image=PIXEL, mime_type="image/png")
        asked = [ChatMessage.from_user(content_parts=["What is this?", picture])]
        (reply,) = LlamaWorkerChatGenerator(model).run(asked)["replies"]
    assert reply.text == "A pixel."
    assert reply.reasoning is not None
    assert reply.reasoning.reasoning_text == "It is small."
    assert base64.b64decode(PIXEL)


def test_a_pipeline_from_a_file() -> None:
    pipeline = Pipeline()
    pipeline.add_component("prompt", ChatPromptBuilder(template=[ChatMessage.from_user("Hello, {{ name }}!")]))
    generator = LlamaWorkerChatGenerator(
        "builtin",
        model_options={"context_size": 2048},
        generation_kwargs={**GREEDY, "response_format": Person},
        tools=[get_weather],
        streaming_callback=shown,
        timeout=60,
    )
    pipeline.add_component("chat", generator)
    pipeline.connect("prompt.prompt", "chat.messages")
    again = Pipeline.loads(pipeline.dumps(), allowed_modules=TRUSTED)
    assert again.to_dict() == pipeline.to_dict()
    assert again.get_component("chat").streaming_callback is shown


def test_a_pipeline_runs() -> None:
    pipeline = Pipeline()
    pipeline.add_component("prompt", ChatPromptBuilder(template=[ChatMessage.from_user("Hello, {{ name }}!")]))
    pipeline.add_component("chat", LlamaWorkerChatGenerator("builtin", generation_kwargs=GREEDY))
    pipeline.connect("prompt.prompt", "chat.messages")
    assert (
        Pipeline.loads(pipeline.dumps(), allowed_modules=TRUSTED)
        .run({"prompt": {"name": "Maria"}})["chat"]["replies"][0]
        .text
    )


def test_what_lives_in_a_program_is_not_written_to_a_file() -> None:
    with FakeModel() as model, pytest.raises(ValueError, match="give the model by its name"):
        LlamaWorkerChatGenerator(model).to_dict()


def test_engines_that_die_and_answers_that_take_too_long() -> None:
    dies = FakeReply("Hello", fault=EngineDies(after=0))
    with FakeModel(dies, "Hello!", dies, [Gate()]) as model:
        assert LlamaWorkerChatGenerator(model, max_retries=1).run(HELLO)["replies"][0].text == "Hello!"
        with pytest.raises(errors.EngineDiedError):
            LlamaWorkerChatGenerator(model).run(HELLO)
        with pytest.raises(TimeoutError):
            LlamaWorkerChatGenerator(model, timeout=0.05).run(HELLO)


async def test_a_cancelled_task_frees_its_slot(is_idle: Callable[[sync.LlamaWorker], None]) -> None:
    with sync.LlamaWorker() as worker:
        endless = {"engine_options": {"ignore_eos": True}}
        generator = LlamaWorkerChatGenerator("builtin", worker=worker, generation_kwargs=endless)
        for callback in (None, take):
            task = asyncio.create_task(generator.run_async(HELLO, streaming_callback=callback))
            while not any(model.users for model in await asyncio.to_thread(worker.list_models)):
                await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await asyncio.to_thread(is_idle, worker)


async def take(chunk: StreamingChunk) -> None:
    """Takes it."""


def test_a_callback_that_raises_frees_its_slot(is_idle: Callable[[sync.LlamaWorker], None]) -> None:
    def refuse(chunk: StreamingChunk) -> None:
        raise ValueError("enough")

    with sync.LlamaWorker() as worker:
        endless = {"engine_options": {"ignore_eos": True}}
        generator = LlamaWorkerChatGenerator("builtin", worker=worker, generation_kwargs=endless)
        with pytest.raises(ValueError, match="enough"):
            generator.run(HELLO, streaming_callback=refuse)
        is_idle(worker)


async def test_a_worker_of_ones_own_loop() -> None:
    async with LlamaWorker() as worker:
        generator = LlamaWorkerChatGenerator("builtin", worker=worker, generation_kwargs=GREEDY)
        replies = await asyncio.gather(*(generator.run_async(HELLO) for _ in range(6)))
        assert len({reply["replies"][0].text for reply in replies}) == 1
        with pytest.raises(errors.WorkerClosedError, match="await what is asked"):
            generator.run(HELLO)
