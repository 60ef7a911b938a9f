"""What LangChain's standard tests do not ask: options, reasoning, images, cancel, errors, counts."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable
from typing import Any

import pytest
from langchain_core.exceptions import ContextOverflowError, OutputParserException
from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage, RemoveMessage, SystemMessage
from langchain_core.runnables import ConfigurableField
from langchain_core.tools import tool
from pydantic import BaseModel, ValidationError

from llama_worker import LlamaWorker, errors, sync
from llama_worker.integrations.langchain import ChatLlamaWorker
from llama_worker.testing import ContextOverflows, EngineDies, FakeCall, FakeModel, FakeReply, Gate, fake_models

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class Person(BaseModel):
    name: str
    age: int


@tool
def get_weather(city: str) -> str:
    """The weather of a city."""
    return f"sunny in {city}"


def whole(chunks: list[AIMessageChunk]) -> AIMessageChunk:
    full = chunks[0]
    for chunk in chunks[1:]:
        full = full + chunk
    return full


def test_options_reach_the_model() -> None:
    fake = FakeModel("one two three", "one. two")
    with fake as model:
        chat = ChatLlamaWorker(model=model, temperature=0.3, typical_p=0.5, stop=["."], max_tokens=2)
        assert chat.invoke("Count.").response_metadata["finish_reason"] == "length"
        assert chat.invoke("Count.", max_tokens=20).content == "one"
    body = fake.requests[0].body
    assert (body["temperature"], body["typical_p"], body["max_tokens"]) == (0.3, 0.5, 2)
    assert chat.model_copy(update={"temperature": 1.0}).temperature == 1.0


def test_a_wrong_option_is_told_at_once() -> None:
    with pytest.raises(ValidationError, match="did you mean `temperature`"):
        ChatLlamaWorker(temprature=0.2)
    with pytest.raises(ValidationError, match="temperature"):
        ChatLlamaWorker(temperature=-1)
    with pytest.raises(ValidationError, match="did you mean `context_size`"):
        ChatLlamaWorker(model_options={"context_siz": 512})


def test_fields_can_be_configured() -> None:
    fake = FakeModel("a", "b")
    with fake as model:
        chat = ChatLlamaWorker(model=model, temperature=0).configurable_fields(temperature=ConfigurableField(id="t"))
        chat.invoke("Hi", config={"configurable": {"t": 0.9}})
        chat.with_config({"configurable": {"t": 0.4}}).invoke("Hi")
    assert [request.body["temperature"] for request in fake.requests] == [0.9, 0.4]


def test_several_calls_and_their_results() -> None:
    calls = [FakeCall("get_weather", {"city": "Rome"}), FakeCall("get_weather", {"city": "Oslo"})]
    fake = FakeModel(calls, "Sunny.", calls, calls)
    with fake as model:
        chat = ChatLlamaWorker(model=model).bind_tools([get_weather])
        asked = [SystemMessage("Be brief."), HumanMessage("The weather in Rome and Oslo?")]
        answer = chat.invoke(asked)
        results = [get_weather.invoke(call) for call in answer.tool_calls]
        assert chat.invoke([*asked, answer, *results]).content == "Sunny."
        streamed = whole(list(chat.stream(asked)))
        one = ChatLlamaWorker(model=model).bind_tools([get_weather], parallel_tool_calls=False).invoke(asked)
    assert list(fake.requests[1].results) == ["sunny in Rome", "sunny in Oslo"]
    assert fake.requests[0].system == "Be brief."
    assert [call["args"] for call in streamed.tool_calls] == [{"city": "Rome"}, {"city": "Oslo"}]
    assert len({call["id"] for call in streamed.tool_calls}) == 2
    assert len(one.tool_calls) == 1


def test_reasoning_is_told_apart() -> None:
    with FakeModel(FakeReply("Two.", reasoning="one and one"), FakeReply("Two.", reasoning="one and one")) as model:
        chat = ChatLlamaWorker(model=model)
        assert [block["type"] for block in chat.invoke("1+1?").content_blocks] == ["reasoning", "text"]
        streamed = whole(list(chat.stream("1+1?")))
    assert streamed.additional_kwargs["reasoning_content"] == "one and one"
    assert streamed.content == "Two."


def test_images_as_langchain_writes_them() -> None:
    encoded = base64.b64encode(PIXEL).decode()
    fake = FakeModel("A pixel.", "A pixel.", modalities=("image",))
    with fake as model:
        chat = ChatLlamaWorker(model=model)
        for part in (
            {"type": "image", "base64": encoded, "mime_type": "image/png"},
            {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{encoded}"}},
        ):
            chat.invoke([HumanMessage([{"type": "text", "text": "What is this?"}, part])])
        with pytest.raises(errors.InvalidMediaError, match="nothing is fetched"):
            chat.invoke([HumanMessage([{"type": "image", "url": "https://example.org/a.png"}])])
        with pytest.raises(ValueError, match="'file'"):
            chat.invoke([HumanMessage([{"type": "file", "base64": encoded, "mime_type": "application/pdf"}])])
    assert len(fake.requests) == 2


def test_structured_output_that_is_cut_off_is_a_parsing_error() -> None:
    with FakeModel(Person(name="Maria", age=31), Person(name="Maria", age=31)) as model:
        chat = ChatLlamaWorker(model=model, max_tokens=3)
        with pytest.raises(OutputParserException):
            chat.with_structured_output(Person).invoke("Who?")
        told = chat.with_structured_output(Person, include_raw=True).invoke("Who?")
    assert told["parsed"] is None
    assert isinstance(told["parsing_error"], OutputParserException)
    assert told["raw"].usage_metadata["output_tokens"] == 3


def test_an_overflow_is_langchains_error_and_ours() -> None:
    with FakeModel(ContextOverflows(prompt_tokens=9000), ContextOverflows(prompt_tokens=9000)) as model:
        chat = ChatLlamaWorker(model=model)
        with pytest.raises(ContextOverflowError):
            chat.invoke("Hi")
        with pytest.raises(errors.ContextOverflowError) as caught:
            list(chat.stream("Hi"))
    assert caught.value.code == "context_overflow"


def test_an_engine_that_died_is_asked_again() -> None:
    dies = FakeReply("Hello there", fault=EngineDies(after=0))
    with FakeModel(dies, "Hello!", dies, "Hello!", dies) as model:
        chat = ChatLlamaWorker(model=model, max_retries=1)
        assert chat.invoke("Hi").content == "Hello!"
        assert whole(list(chat.stream("Hi"))).content == "Hello!"
        with pytest.raises(errors.EngineDiedError):
            ChatLlamaWorker(model=model).invoke("Hi")


def test_an_answer_that_takes_too_long_is_ended(is_idle: Callable[[sync.LlamaWorker], None]) -> None:
    with fake_models(FakeModel([Gate()], [Gate()])), sync.LlamaWorker() as worker:
        chat = ChatLlamaWorker(model="slow", worker=worker, timeout=0.05)
        with pytest.raises(TimeoutError):
            chat.invoke("Hi")
        with pytest.raises(TimeoutError):
            list(chat.stream("Hi"))
        is_idle(worker)


def test_a_stream_that_is_left_frees_its_slot(is_idle: Callable[[sync.LlamaWorker], None]) -> None:
    """The real engine, which would go on for a while."""
    with sync.LlamaWorker() as worker:
        chat = ChatLlamaWorker(model="builtin", worker=worker, engine_options={"ignore_eos": True})
        stream = chat.stream("Count.")
        next(iter(stream))
        assert worker.list_models()[0].users == 1
        stream.close()  # type: ignore[attr-defined]
        is_idle(worker)


async def test_a_cancelled_task_frees_its_slot(is_idle: Callable[[sync.LlamaWorker], None]) -> None:
    worker = await asyncio.to_thread(lambda: sync.LlamaWorker().__enter__())
    try:
        chat = ChatLlamaWorker(model="builtin", worker=worker, engine_options={"ignore_eos": True})
        first = asyncio.Event()

        async def read() -> None:
            async for _ in chat.astream("Count."):
                first.set()

        task = asyncio.create_task(read())
        await first.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.to_thread(is_idle, worker)
        whole_answer = asyncio.create_task(chat.ainvoke("Count."))
        while not (await asyncio.to_thread(worker.list_models))[0].users:
            await asyncio.sleep(0.01)
        whole_answer.cancel()
        with pytest.raises(asyncio.CancelledError):
            await whole_answer
        await asyncio.to_thread(is_idle, worker)
    finally:
        await asyncio.to_thread(worker.cleanup)


async def test_a_worker_of_ones_own_loop() -> None:
    async with LlamaWorker() as worker:
        chat = ChatLlamaWorker(model="builtin", worker=worker, temperature=0)
        answer = await chat.ainvoke("Hello!")
        assert [chunk.content async for chunk in chat.astream("Hello!")][-1] == ""
        assert len(await chat.abatch(["Hello!"] * 6)) == 6
        assert (await asyncio.to_thread(chat.invoke, "Hello!")).content == answer.content
        with pytest.raises(errors.WorkerClosedError, match="await what is asked"):
            chat.invoke("Hello!")
        assert [model.public_name for model in worker.models] == ["builtin"]


def test_tokens_are_counted_by_the_models_own_tokenizer() -> None:
    chat = ChatLlamaWorker(model="builtin", temperature=0, max_tokens=1)
    with sync.LlamaWorker() as worker:
        model = worker.load_model("builtin")
        assert chat.get_token_ids("Hello there") == model.tokenize("Hello there")
    messages: list[Any] = [HumanMessage("Hello!"), AIMessage("Hi."), HumanMessage("And?")]
    answer = chat.bind_tools([get_weather]).invoke(messages)
    assert answer.usage_metadata
    assert chat.get_num_tokens_from_messages(messages, [get_weather]) == answer.usage_metadata["input_tokens"]


def test_log_probabilities() -> None:
    answer = ChatLlamaWorker(model="builtin", temperature=0, logprobs=2, max_tokens=2).invoke("Hello!")
    assert [len(token["top_logprobs"]) for token in answer.response_metadata["logprobs"]["content"]] == [2, 2]


def test_a_message_that_no_model_can_read() -> None:
    with pytest.raises(ValueError, match="'remove'"):
        ChatLlamaWorker(model="builtin").invoke([RemoveMessage(id="1")])
