"""An LLM for LlamaIndex' own parts: chat and complete, function calling, structured prediction, agents."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable

import pytest
from llama_index.core.agent.workflow import FunctionAgent
from llama_index.core.base.llms.types import (
    AudioBlock,
    ChatMessage,
    DocumentBlock,
    ImageBlock,
    MessageRole,
    TextBlock,
    ThinkingBlock,
)
from llama_index.core.callbacks import CallbackManager, TokenCountingHandler
from llama_index.core.prompts import PromptTemplate
from llama_index.core.tools import FunctionTool
from pydantic import BaseModel, ValidationError

from llama_worker import LlamaWorker, errors, sync
from llama_worker.integrations.llama_index import LlamaWorkerLLM
from llama_worker.testing import EngineDies, FakeCall, FakeModel, FakeReply, Gate, fake_models

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
HELLO = [ChatMessage("Hello!")]


class Person(BaseModel):
    name: str
    age: int


def get_weather(city: str) -> str:
    """The weather of a city."""
    return f"sunny in {city}"


WEATHER = FunctionTool.from_defaults(get_weather)


def test_chat_and_complete_with_the_built_in_model() -> None:
    llm = LlamaWorkerLLM(model="builtin", temperature=0, max_tokens=40)
    whole = llm.chat(HELLO)
    responses = list(llm.stream_chat(HELLO))
    assert whole.message.content
    assert whole.message.role is MessageRole.ASSISTANT
    assert "".join(response.delta or "" for response in responses) == responses[-1].message.content
    assert responses[-1].message.content == whole.message.content
    assert len(responses) > 2
    assert responses[-1].additional_kwargs["completion_tokens"] == whole.additional_kwargs["completion_tokens"] > 0
    assert whole.raw["finish_reason"] == "stop"
    assert llm.complete("Hello!").text == whole.message.content
    assert [part.text for part in llm.stream_complete("Hello!")][-1] == whole.message.content
    assert llm.complete("<|im_start|>user\nHello!", formatted=True).raw["usage"]["prompt_tokens"] > 0


async def test_the_same_awaited() -> None:
    llm = LlamaWorkerLLM(model="builtin", temperature=0, max_tokens=40)
    whole = await llm.achat(HELLO)
    responses = [response async for response in await llm.astream_chat(HELLO)]
    assert responses[-1].message.content == whole.message.content == (await llm.acomplete("Hello!")).text
    texts = [response.text async for response in await llm.astream_complete("Hello!")]
    assert texts[-1] == whole.message.content
    with sync.LlamaWorker() as worker:
        assert llm.metadata.context_window == worker.load_model("builtin").info.context_size


def test_what_a_model_is() -> None:
    with sync.LlamaWorker() as worker:
        llm = LlamaWorkerLLM(model="builtin", worker=worker, max_tokens=40, model_options={"context_size": 1024})
        metadata = llm.metadata
    assert (metadata.context_window, metadata.num_output, metadata.model_name) == (1024, 40, "builtin")
    assert metadata.is_function_calling_model
    assert LlamaWorkerLLM(context_window=99).metadata.context_window == 99
    assert LlamaWorkerLLM(model="builtin").tokenize("Hello there")


def test_options_reach_the_model() -> None:
    fake = FakeModel("one. two", "one. two")
    with fake as model:
        llm = LlamaWorkerLLM(model=model, temperature=0.3, typical_p=0.5, stop_sequences=["."])
        assert llm.chat(HELLO).message.content == "one"
        assert llm.chat(HELLO, stop="two", max_tokens=20).message.content == "one. "
    assert (fake.requests[0].body["temperature"], fake.requests[0].body["typical_p"]) == (0.3, 0.5)
    with pytest.raises(ValidationError, match="did you mean `temperature`"):
        LlamaWorkerLLM(temprature=0.2)
    assert "worker" not in LlamaWorkerLLM(temperature=0.1).to_dict()


def test_functions() -> None:
    calls = [FakeCall("get_weather", {"city": "Rome"}), FakeCall("get_weather", {"city": "Oslo"})]
    fake = FakeModel(calls, "Sunny.", calls, calls)
    with fake as model:
        llm = LlamaWorkerLLM(model=model)
        answer = llm.chat_with_tools([WEATHER], "The weather?", allow_parallel_tool_calls=True)
        chosen = llm.get_tool_calls_from_response(answer)
        assert [call.tool_kwargs for call in chosen] == [{"city": "Rome"}, {"city": "Oslo"}]
        results = [
            ChatMessage(get_weather(**call.tool_kwargs), role="tool", additional_kwargs={"tool_call_id": call.tool_id})
            for call in chosen
        ]
        system = ChatMessage("Be brief.", role="system")
        history = [system, ChatMessage("The weather?"), answer.message, *results]
        assert llm.chat_with_tools([WEATHER], chat_history=history).message.content == "Sunny."
        last = list(llm.stream_chat_with_tools([WEATHER], "The weather?", allow_parallel_tool_calls=True))[-1]
        assert len(llm.get_tool_calls_from_response(last)) == 2
        one = llm.chat_with_tools([WEATHER], "The weather?", tool_required=True)
        assert len(llm.get_tool_calls_from_response(one)) == 1
    assert list(fake.requests[1].results) == ["sunny in Rome", "sunny in Oslo"]
    assert fake.requests[1].system == "Be brief."


def test_a_forced_call_of_the_built_in_model() -> None:
    llm = LlamaWorkerLLM(model="builtin", temperature=0, max_tokens=80)
    called = llm.predict_and_call([WEATHER], "What is the weather in Paris?")
    assert "sunny" in str(called)


async def test_an_agent() -> None:
    async with FakeModel(FakeCall("get_weather", {"city": "Rome"}), "It is sunny.") as model:
        agent = FunctionAgent(tools=[WEATHER], llm=LlamaWorkerLLM(model=model), system_prompt="Be brief.")
        assert str(await agent.run("The weather in Rome?")) == "It is sunny."


def test_structured_prediction_by_grammar() -> None:
    llm = LlamaWorkerLLM(model="builtin", temperature=0, max_tokens=80)
    prompt = PromptTemplate("Extract the person as JSON: {text}")
    person = llm.structured_predict(Person, prompt, text="Maria is 31 years old.")
    assert person == Person(name="Maria", age=31)
    assert llm.as_structured_llm(Person).complete("Extract the person as JSON: Maria is 31 years old.").raw == person
    with pytest.raises(ValidationError):
        llm.structured_predict(Person, prompt, llm_kwargs={"max_tokens": 3}, text="Maria is 31 years old.")


async def test_structured_prediction_awaited_and_streamed() -> None:
    async with FakeModel(Person(name="Maria", age=31)) as model:
        llm = LlamaWorkerLLM(model=model)
        assert await llm.astructured_predict(Person, PromptTemplate("Who?")) == Person(name="Maria", age=31)
    with FakeModel(FakeCall("Person", {"name": "Maria", "age": 31})) as model:
        values = list(LlamaWorkerLLM(model=model).stream_structured_predict(Person, PromptTemplate("Who?")))
    assert values[-1].model_dump() == {"name": "Maria", "age": 31}


def test_images_and_reasoning() -> None:
    reply = FakeReply("A pixel.", reasoning="It is small.")
    with FakeModel(reply, reply, modalities=("image",)) as model:
        llm = LlamaWorkerLLM(model=model)
        seen = llm.chat([ChatMessage([TextBlock(text="What is this?"), ImageBlock(image=PIXEL)])])
        assert isinstance(seen.message.blocks[0], ThinkingBlock)
        assert seen.message.content == "A pixel."
        last = list(llm.stream_chat([ChatMessage([ImageBlock(image=PIXEL)])]))[-1]
        assert last.message.blocks == seen.message.blocks
        with pytest.raises(errors.InvalidMediaError, match="nothing is fetched"):
            llm.chat([ChatMessage([ImageBlock(url="https://example.org/a.png")])])
        with pytest.raises(ValueError, match="DocumentBlock"):
            llm.chat([ChatMessage([DocumentBlock(data=b"%PDF")])])
        with pytest.raises(errors.InvalidMediaError):
            llm.chat([ChatMessage([AudioBlock(audio=b"nothing")])])


def test_token_counters_are_told() -> None:
    llm = LlamaWorkerLLM(model="builtin", temperature=0, max_tokens=5)
    counter = TokenCountingHandler(tokenizer=llm.tokenize)
    llm.callback_manager = CallbackManager([counter])
    answer = llm.chat(HELLO)
    assert counter.completion_llm_token_count == answer.additional_kwargs["completion_tokens"] == 5
    assert counter.prompt_llm_token_count == answer.additional_kwargs["prompt_tokens"]


def test_log_probabilities() -> None:
    answer = LlamaWorkerLLM(model="builtin", temperature=0, logprobs=2, max_tokens=2).chat(HELLO)
    assert answer.logprobs is not None
    assert [len(token) for token in answer.logprobs] == [3, 3]


def test_engines_that_die_and_answers_that_take_too_long() -> None:
    dies = FakeReply("Hello", fault=EngineDies(after=0))
    with FakeModel(dies, "Hello!", dies, [Gate()]) as model:
        assert LlamaWorkerLLM(model=model, max_retries=1).chat(HELLO).message.content == "Hello!"
        with pytest.raises(errors.EngineDiedError):
            LlamaWorkerLLM(model=model).chat(HELLO)
        with pytest.raises(TimeoutError):
            LlamaWorkerLLM(model=model, timeout=0.05).chat(HELLO)


def test_a_stream_that_is_left_frees_its_slot(is_idle: Callable[[sync.LlamaWorker], None]) -> None:
    with sync.LlamaWorker() as worker:
        llm = LlamaWorkerLLM(model="builtin", worker=worker, engine_options={"ignore_eos": True})
        stream = llm.stream_chat(HELLO)
        next(stream)
        assert worker.list_models()[0].users == 1
        stream.close()
        is_idle(worker)


async def test_a_cancelled_task_frees_its_slot(is_idle: Callable[[sync.LlamaWorker], None]) -> None:
    with sync.LlamaWorker() as worker:
        llm = LlamaWorkerLLM(model="builtin", worker=worker, engine_options={"ignore_eos": True})
        for ask in (llm.achat, read):
            task = asyncio.create_task(ask(HELLO) if ask is not read else read(llm))
            while not any(model.users for model in await asyncio.to_thread(worker.list_models)):
                await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await asyncio.to_thread(is_idle, worker)


async def read(llm: LlamaWorkerLLM) -> None:
    async for _ in await llm.astream_chat(HELLO):
        pass


async def test_a_worker_of_ones_own_loop() -> None:
    async with LlamaWorker() as worker:
        llm = LlamaWorkerLLM(model="builtin", worker=worker, temperature=0)
        answers = await asyncio.gather(*(llm.achat(HELLO) for _ in range(6)))
        assert len({answer.message.content for answer in answers}) == 1
        assert (await asyncio.to_thread(llm.chat, HELLO)).message.content == answers[0].message.content
        with pytest.raises(errors.WorkerClosedError, match="await what is asked"):
            llm.chat(HELLO)


def test_one_model_for_all_who_name_it() -> None:
    with fake_models(FakeModel("a", "b")) as fakes, sync.LlamaWorker() as worker:
        for _ in range(2):
            LlamaWorkerLLM(model="model.gguf", worker=worker).chat(HELLO)
    assert fakes.loads == ["model.gguf"]
