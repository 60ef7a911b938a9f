"""Agents with a model of one's own: in the style of pydantic-ai's tests of its models."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable

import pytest
from pydantic import BaseModel
from pydantic_ai import Agent, BinaryContent, Embedder, ImageUrl, ModelRetry, NativeOutput, PromptedOutput, ToolOutput
from pydantic_ai.exceptions import (
    ModelAPIError,
    ModelContextWindowExceededError,
    ModelServerError,
    ModelTimeoutError,
    UnexpectedModelBehavior,
    UserError,
)
from pydantic_ai.messages import ModelRequest, ModelResponse, ThinkingPart, ToolCallPart
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.models.fallback import FallbackModel
from pydantic_ai.usage import UsageLimits

from llama_worker import LlamaWorker, errors, sync
from llama_worker.integrations.pydantic_ai import (
    LlamaWorkerEmbeddingModel,
    LlamaWorkerModel,
    LlamaWorkerModelSettings,
)
from llama_worker.testing import ContextOverflows, EngineDies, FakeCall, FakeModel, FakeReply, Gate, fake_models

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
GREEDY = {"temperature": 0, "max_tokens": 80}


class Person(BaseModel):
    name: str
    age: int


async def test_an_agent_with_the_built_in_model() -> None:
    agent = Agent(LlamaWorkerModel("builtin"), instructions="You are helpful.", model_settings=GREEDY)
    result = await agent.run("Hello!")
    assert result.output
    assert result.usage.input_tokens > result.usage.output_tokens / 100 > 0
    assert result.response.finish_reason == "stop"
    assert result.response.model_name == "builtin"
    async with agent.run_stream("Hello!") as stream:
        pieces = [text async for text in stream.stream_text(delta=True, debounce_by=None)]
    assert "".join(pieces) == result.output
    assert len(pieces) > 1
    assert stream.usage.output_tokens == result.usage.output_tokens
    again = await agent.run("And again?", message_history=result.all_messages())
    assert again.usage.input_tokens > result.usage.input_tokens


def test_without_async() -> None:
    agent = Agent(LlamaWorkerModel("builtin"), model_settings=GREEDY)
    assert agent.run_sync("Hello!").output == agent.run_sync("Hello!").output


@pytest.mark.parametrize("output", [Person, NativeOutput(Person), ToolOutput(Person)])
async def test_typed_output_of_the_built_in_model(output: type[Person]) -> None:
    agent = Agent(LlamaWorkerModel("builtin"), output_type=output, model_settings=GREEDY)
    asked = "Ana is 31 years old. Answer with JSON: name, age."
    assert isinstance((await agent.run(asked)).output, Person)
    async with agent.run_stream(asked) as stream:
        assert isinstance(await stream.get_output(), Person)


async def test_prompted_output() -> None:
    async with FakeModel('{"name": "Maria", "age": 31}') as model:
        agent = Agent(LlamaWorkerModel(model), output_type=PromptedOutput(Person))
        assert (await agent.run("Who?")).output == Person(name="Maria", age=31)


async def test_settings_and_instructions_reach_the_model() -> None:
    settings = LlamaWorkerModelSettings(
        max_tokens=7,
        temperature=0.3,
        stop_sequences=["."],
        frequency_penalty=0.5,
        logit_bias={"3": 5},
        llama_worker_options={"typical_p": 0.5},
    )
    fake = FakeModel("one. two")
    async with fake as model:
        agent = Agent(LlamaWorkerModel(model, settings=settings), system_prompt="Be brief.", instructions="Be kind.")
        assert (await agent.run("Count.")).output == "one"
    (request,) = fake.requests
    assert request.system == "Be brief.\n\nBe kind."
    assert (request.body["temperature"], request.body["typical_p"], request.max_tokens) == (0.3, 0.5, 7)


async def test_tools_in_parallel_and_a_retry() -> None:
    calls = [FakeCall("get_weather", {"city": "Rome"}), FakeCall("get_weather", {"city": "Atlantis"})]
    sunny = Person(name="sunny", age=1)
    fake = FakeModel(calls, FakeCall("get_weather", {"city": "Oslo"}), "It is sunny.", sunny)  # at last in the form
    async with fake as model:
        agent = Agent(LlamaWorkerModel(model), output_type=Person)

        @agent.tool_plain
        def get_weather(city: str) -> str:
            """The weather of a city."""
            if city == "Atlantis":
                raise ModelRetry("There is no such city.")
            return f"sunny in {city}"

        result = await agent.run("The weather?")
    assert result.output == sunny
    assert [function["function"]["name"] for function in fake.requests[0].body["tools"]] == ["get_weather"]
    results = [message["content"] for message in fake.requests[2].messages if message["role"] == "tool"]
    assert results[0] == "sunny in Rome"
    assert "no such city" in results[1]
    assert results[2] == "sunny in Oslo"


async def test_calls_are_streamed() -> None:
    async with FakeModel(FakeCall("get_weather", {"city": "Rome"}), "Sunny.") as model:
        agent = Agent(LlamaWorkerModel(model))

        @agent.tool_plain
        async def get_weather(city: str) -> str:
            return f"sunny in {city}"

        async with agent.run_stream("The weather?") as stream:
            assert await stream.get_output() == "Sunny."
        (call,) = [
            part
            for message in stream.all_messages()
            if isinstance(message, ModelResponse)
            for part in message.parts
            if isinstance(part, ToolCallPart)
        ]
    assert call.args_as_dict() == {"city": "Rome"}


async def test_reasoning_is_thinking() -> None:
    reply = FakeReply("Two.", reasoning="one and one")
    async with FakeModel(reply, reply) as model:
        agent = Agent(LlamaWorkerModel(model))
        response = (await agent.run("1+1?")).response
        assert isinstance(response.parts[0], ThinkingPart)
        async with agent.run_stream("1+1?") as stream:
            assert await stream.get_output() == "Two."
        assert [part.part_kind for part in stream.response.parts] == ["thinking", "text"]


async def test_images() -> None:
    fake = FakeModel("A pixel.", "A pixel.", modalities=("image",))
    async with fake as model:
        agent = Agent(LlamaWorkerModel(model))
        picture = BinaryContent(PIXEL, media_type="image/png")
        assert (await agent.run(["What is this?", picture])).output == "A pixel."
        assert (await agent.run(["What is this?", ImageUrl(picture.data_uri)])).output == "A pixel."
        with pytest.raises(UserError, match="nothing is fetched"):
            await agent.run([ImageUrl("https://example.org/a.png")])
        with pytest.raises(UserError, match="text, images and sounds"):
            await agent.run([BinaryContent(b"%PDF", media_type="application/pdf")])


async def test_errors_are_those_of_pydantic_ai() -> None:
    dies = FakeReply("Hello", fault=EngineDies(after=1))
    fake = FakeModel(ContextOverflows(prompt_tokens=9000), dies, dies, then="repeat")
    async with fake as model:
        agent = Agent(LlamaWorkerModel(model))
        with pytest.raises(ModelContextWindowExceededError) as overflow:
            await agent.run("Hi")
        assert isinstance(overflow.value.__cause__, errors.ContextOverflowError)
        with pytest.raises(ModelServerError):
            await agent.run("Hi")
        with pytest.raises(ModelAPIError):
            async with agent.run_stream("Hi") as stream:
                await stream.get_output()
        with pytest.raises(UserError, match="temprature"):
            await agent.run("Hi", model_settings=LlamaWorkerModelSettings(llama_worker_options={"temprature": 1}))  # type: ignore[typeddict-unknown-key]


async def test_a_fallback_goes_on_with_the_next_model() -> None:
    async with FakeModel("Hello!") as model:
        agent = Agent(FallbackModel(LlamaWorkerModel("no-such-model.gguf"), LlamaWorkerModel(model)))
        assert (await agent.run("Hi")).output == "Hello!"


async def test_output_that_is_cut_off_is_unexpected_behaviour() -> None:
    async with FakeModel(Person(name="Maria", age=31), then="repeat") as model:
        agent = Agent(LlamaWorkerModel(model), output_type=Person, model_settings={"max_tokens": 3})
        with pytest.raises(UnexpectedModelBehavior):
            await agent.run("Who?")


async def test_a_timeout() -> None:
    async with FakeModel([Gate()]) as model:
        with pytest.raises(ModelTimeoutError):
            await Agent(LlamaWorkerModel(model)).run("Hi", model_settings={"timeout": 0.05})


async def test_a_cancelled_run_and_a_cancelled_stream_free_their_slots(
    is_idle: Callable[[sync.LlamaWorker], None],
) -> None:
    """The real engine, which would go on for a while."""
    with sync.LlamaWorker() as worker:
        options = LlamaWorkerModelSettings(llama_worker_options={"engine_options": {"ignore_eos": True}})
        agent = Agent(LlamaWorkerModel("builtin", worker=worker, settings=options))
        async with agent.run_stream("Count.") as stream:
            async for _ in stream.stream_text(delta=True):
                await stream.cancel()
                break
        await asyncio.to_thread(is_idle, worker)
        run = asyncio.create_task(agent.run("Count."))
        while not (await asyncio.to_thread(worker.list_models))[0].users:
            await asyncio.sleep(0.01)
        run.cancel()
        with pytest.raises(asyncio.CancelledError):
            await run
        await asyncio.to_thread(is_idle, worker)


async def test_a_worker_of_ones_own_loop() -> None:
    async with LlamaWorker() as worker:
        agent = Agent(LlamaWorkerModel("builtin", worker=worker), model_settings=GREEDY)
        results = await asyncio.gather(*(agent.run("Hello!") for _ in range(6)))
        assert len({result.output for result in results}) == 1
        assert [model.public_name for model in worker.models] == ["builtin"]


async def test_tokens_are_counted_before_a_request() -> None:
    model = LlamaWorkerModel("builtin")
    messages = [ModelRequest.user_text_prompt("Hello!")]
    parameters = ModelRequestParameters()
    counted = await model.count_tokens(messages, None, parameters)
    answer = await model.request(messages, {"max_tokens": 1}, parameters)
    assert counted.input_tokens == answer.usage.input_tokens
    limits = UsageLimits(input_tokens_limit=3, count_tokens_before_request=True)
    with pytest.raises(Exception, match="input_tokens_limit"):
        await Agent(model).run("Hello!", usage_limits=limits)


async def test_embeddings() -> None:
    embedder = Embedder(LlamaWorkerEmbeddingModel("builtin"))
    result = await embedder.embed_documents(["one", "two"])
    assert len(result.embeddings) == 2
    assert len((await embedder.embed_query("one", settings={"dimensions": 16})).embeddings[0]) == 16
    assert await embedder.count_tokens("one two") > 0
    assert await embedder.max_input_tokens()
    with fake_models(FakeModel(kind="embedding")), sync.LlamaWorker() as worker:
        prefixed = LlamaWorkerEmbeddingModel("bge", worker=worker, query_prefix="query: ")
        asked = await prefixed.embed("one", input_type="query")
        plain = await prefixed.embed(["query: one"], input_type="document")
    assert asked.embeddings[0] == plain.embeddings[0]
