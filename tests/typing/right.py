"""A user's program that uses everything in every natural way; never run, only checked: no checker complains."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, TypedDict, assert_type

from msgspec import Meta, Struct
from pydantic import BaseModel

from llama_worker import (
    ChatSession,
    Context,
    ContextOptions,
    DryRepeatPenalty,
    DynamicTemperature,
    FunctionDefinition,
    LlamaOptions,
    LlamaWorker,
    LlamaWorkerBridge,
    LogitBias,
    Message,
    Mirostat,
    Model,
    ModelInfo,
    ModelOptions,
    Operation,
    Overflow,
    PromptOptions,
    RepeatPenalty,
    Reply,
    SessionOptions,
    TokenLogprob,
    ToolCall,
    Usage,
    WorkerService,
    Xtc,
    errors,
    events,
    sync,
)
from llama_worker.http import create_app
from llama_worker.ports import (
    RemoteContext,
    RemoteModel,
    RemoteSession,
    in_process_port,
    stdio_port,
    websocket_port,
)


@dataclass
class Person:
    name: str
    age: int


class Weather(BaseModel):
    sky: Literal["sunny", "rainy"]
    degrees: int


class City(Struct):
    name: str


class Word(TypedDict):
    text: str
    length: int


class Point(NamedTuple):
    x: float
    y: float


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


Whoever = Person | City
QUESTION = {"role": "user", "content": "Who is Ana?"}
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}


def get_weather(city: str, day: int = 0) -> str:
    return f"sunny in {city} on day {day}"


async def get_time(zone: str) -> dict[str, int]:
    return {zone: 12}


def allow(call: ToolCall) -> bool:
    return call.name != "delete"


async def ask_first(call: ToolCall) -> bool:
    return allow(call)


def keep_last(overflow: Overflow) -> Sequence[Mapping[str, Any]]:
    return overflow.messages[-1:]


async def keep_first(overflow: Overflow) -> list[Message]:
    return overflow.messages[:1]


async def summarize(overflow: Overflow) -> list[dict[str, str]]:
    return [{"role": "user", "content": str(await overflow.count_tokens(overflow.messages))}]


async def load(worker: LlamaWorker, path: Path) -> Model:
    assert_type(await worker.load_model("builtin"), Model)
    await worker.load_model(path, context_size=4096, gpu_layers=0, flash_attention="auto", cache_type="q8_0")
    await worker.load_model({"repo": "ggml-org/models", "file": "tiny.gguf"}, use_mmap=False, seed=7)
    await worker.load_model("builtin", ModelOptions(threads=2), sequences=2, check_tensors=True)
    async for progress in worker.load_model("builtin", flash_attention=True):
        assert_type(progress, events.Progress)
    loading = worker.load_model("builtin", ignore_memory_safety_checks=True)
    assert_type(loading, Operation[Model, events.Progress])
    assert_type(loading.result(), Model)
    assert_type((await worker.estimate(path, context_size=2048)).total_bytes, int)
    assert_type(worker.models, tuple[Model, ...])
    assert_type(worker.find_model(path), Model)
    await worker.unload_model(path)
    return worker.find_model()


async def download(worker: LlamaWorker | LlamaWorkerBridge) -> Path:
    fetching = worker.download_model("hf:org/repo:Q4_K_M", sha256="0" * 64, size=1)
    async for progress in fetching:
        assert_type(progress.value, float)
        assert_type(progress.total_bytes, int | None)
    worker.abort_download(fetching.id)
    return await fetching


async def create(model: Model) -> ChatSession:
    context = await model.create_context(ContextOptions(context_size=512), cache_type="f16", flash_attention=False)
    assert_type(context, Context)
    assert_type(await context.create_session(), ChatSession)
    await model.create_session(SessionOptions(system_prompt="Short."), overflow="error", overflow_reserve=0.2)
    await model.create_session(overflow=keep_last)
    await model.create_session(overflow=keep_first)
    await model.create_session(overflow=summarize)
    await model.create_session(overflow=lambda overflow: overflow.messages[1:])
    assert_type(model.info, ModelInfo)
    assert_type(await model.tokenize("a", add_special=True), list[int])
    assert_type(await model.detokenize((1, 2)), str)
    assert_type(await model.count_tokens([QUESTION]), int)
    assert_type(await model.load_session("a.session", any_model=True), ChatSession)
    return await model.create_session(system_prompt="You are helpful.")


async def sample(session: ChatSession) -> None:
    careful = PromptOptions(temperature=0, max_tokens=40, stop_sequences=("\n",))
    await session.prompt("Hello!", careful)
    await session.prompt("Hello!", careful, max_tokens=5, top_k=None)
    await session.prompt("Hello!", temperature=0, top_p=1, min_p=0.1, typical_p=0.9, top_n_sigma=1, seed=None)
    await session.prompt("Hello!", stop_sequences=["\n", "."], response_prefix="Well", trim_whitespace_suffix=True)
    await session.prompt("Hello!", stop_sequences=("\n",), system_prompt=None, evaluation_priority=1)
    await session.prompt("Hello!", repeat_penalty={"penalty": 1.1, "last_tokens": 64}, xtc={"probability": 0.1})
    await session.prompt("Hello!", repeat_penalty=RepeatPenalty(penalty=1.1), xtc=Xtc(probability=0.1))
    await session.prompt("Hello!", repeat_penalty=False, dry_repeat_penalty=DryRepeatPenalty(strength=0.8))
    await session.prompt("Hello!", mirostat={"tau": 5}, dynamic_temperature=DynamicTemperature(range=0.2))
    await session.prompt("Hello!", mirostat=Mirostat(tau=5), dry_repeat_penalty={"sequence_breakers": ["\n"]})
    await session.prompt("Hello!", token_bias={"Hello": "never", "Hi": 0.5}, logprobs=3, grammar="list")
    await session.prompt("Hello!", token_bias={1: LogitBias(logit=2.5), 2: {"logit": -1}}, json_schema=None)
    await session.prompt("Hello!", token_bias={1: 0.5, "Hi": "never"})
    await session.prompt("Hello!", token_bias=[(1, 0.5), ("Hi", "never")], json_schema=SCHEMA)
    await session.prompt("Hello!", chat_template_options={"enable_thinking": False}, reasoning_budget=0)
    await session.prompt("Hello!", engine_options={"samplers": ["top_k"]}, cache_prompt=False, stop_on_abort=True)


async def call_functions(session: ChatSession, model: Model) -> None:
    by_hand = FunctionDefinition(name="get_weather", params=SCHEMA, handler=get_weather)
    usual = {"type": "function", "function": {"name": "get_weather", "parameters": SCHEMA}}
    named = {"get_weather": {"description": "The weather.", "params": SCHEMA, "handler": get_weather}}
    await session.prompt("Weather?", functions=[get_weather, get_time], approve=allow, function_choice="required")
    await session.prompt("Weather?", functions=[by_hand], approve=ask_first, on_function_error="raise")
    await session.prompt("Weather?", functions=(get_weather,), approve=lambda call: call.name == "get_weather")
    await session.prompt("Weather?", functions=[usual], function_timeout=5, max_function_rounds=2)
    await session.prompt("Weather?", functions=named, max_parallel_function_calls=None)
    await session.prompt("Weather?", functions={"weather": get_weather})
    await session.prompt("Weather?", functions=[get_weather, by_hand, usual])
    reply = await model.chat([QUESTION], functions=[by_hand], response_format=Person)
    assert_type(reply.parsed, Person)
    results = {call.id: {"sky": "rainy"} for call in reply.tool_calls}
    again = await session.answer_calls(results, functions=[by_hand], response_format=Weather)
    assert_type(again.parsed.sky, Literal["sunny", "rainy"])


async def read(session: ChatSession, model: Model) -> None:
    async for text in session.prompt("Hello!"):
        assert_type(text, str)
    async for text in session.prompt("Hello!", response_format=Person):
        assert_type(text, str)
    operation = session.prompt("Hello!", response_format=Person)
    assert_type(operation, Operation[Reply[Person], str])
    async for event in operation.events():
        assert_type(event, events.Event)
        match event:
            case events.TextDelta(text=text):
                assert_type(text, str)
            case events.ToolCalled(name=name, round=round):
                print(name, round + 1)
            case _:
                pass
    operation.pause()
    operation.resume()
    operation.abort()
    reply = await operation
    assert_type(reply.text, str)
    assert_type(reply.usage, Usage)
    assert_type(reply.usage.completion_tokens, int)
    assert_type(reply.logprobs, tuple[TokenLogprob, ...])
    print(reply, operation.state == "done", operation.progress < 1)
    plain = await model.complete("Once upon a time", max_tokens=20)
    print(plain.parsed)
    assert_type(await session.preload("Once"), Reply[Any])
    assert_type((await session.complete_prompt("Once", max_tokens=5)).text, str)


async def parse(session: ChatSession, model: Model, worker: LlamaWorker) -> None:
    assert_type((await session.prompt("Who?", response_format=Person)).parsed, Person)
    assert_type((await session.prompt("Who?", PromptOptions(seed=1), response_format=Weather)).parsed, Weather)
    assert_type((await model.chat([QUESTION], response_format=City)).parsed, City)
    assert_type((await model.complete("A word: ", response_format=Word)).parsed, Word)
    assert_type((await model.complete("A word: ", response_format=Word)).parsed["length"], int)
    assert_type((await model.complete("A point: ", response_format=Point)).parsed.x, float)
    assert_type((await model.complete("A colour: ", response_format=Colour)).parsed, Colour)
    assert_type((await model.complete("Numbers: ", response_format=list[int])).parsed, list[int])
    assert_type((await model.complete("People: ", response_format=dict[str, Person])).parsed, dict[str, Person])
    assert_type((await model.complete("A number: ", response_format=int)).parsed, int)
    assert_type((await model.complete("Words: ", response_format=list[Literal["yes"]])).parsed, list[Literal["yes"]])
    # mypy takes these for Any.
    print((await model.complete("Yes or no: ", response_format=Literal["yes", "no"])).parsed)
    print((await model.complete("Limited: ", response_format=Annotated[int, Meta(ge=0)])).parsed)
    print((await model.complete("Whoever: ", response_format=Whoever)).parsed)
    assert_type((await model.complete("JSON: ", response_format=SCHEMA)).parsed, Any)
    assert_type((await model.complete("JSON: ", json_schema=SCHEMA)).parsed, Any)
    assert_type((await worker.prompt("Who?", response_format=Person)).parsed, Person)
    assert_type((await worker.generate_completion("Who?", response_format=Person)).parsed, Person)
    assert_type((await worker.generate_chat_completion([QUESTION], response_format=Person)).parsed, Person)
    assert_type(worker.send_prompt("Who?", response_format=Person, temperature=0), str)


async def remember(session: ChatSession, path: Path) -> None:
    history: list[Message] = session.get_chat_history()
    session.set_chat_history([*history, {"role": "assistant", "content": "Ana."}])
    session.set_chat_history(history)
    assert_type(history[0]["content"], str | list[dict[str, Any]] | None)
    assert_type(session.fork(), ChatSession)
    assert_type(await session.count_tokens(), int)
    await session.save(path, include_state=True)
    session.reset_chat_history()


def tell(message: Any) -> None:
    print(message)


async def whole() -> None:
    async with LlamaWorker(LlamaOptions(debug=True), engine="xllamacpp", gpu=False, num_threads=None) as worker:
        stop_telling = worker.on("completion_chunk", tell)
        worker.on("error", lambda message: print(message.message.upper()))
        stop_telling()
        await load(worker, Path("a.gguf"))
        assert_type(await worker.create_context(context_size=512), Context)
        assert_type(await worker.initialize_session(system_prompt="Short."), ChatSession)
        if (running := worker.operation(worker.send_prompt("Hello!"))) is not None:
            await running.wait()
        try:
            await worker.prompt("Hello!")
        except errors.OperationAborted as aborted:
            print(aborted.partial)
        except errors.LlamaWorkerError as error:
            print(error.code)
        app = create_app(worker, api_key="a", allowed_hosts=["example.org"], max_queue=5, keep_alive=None)
        print(app.routes)


async def over_a_bridge(near: LlamaWorker) -> None:
    ports = [stdio_port(), websocket_port("ws://localhost", api_key="a"), in_process_port(near)]
    async with LlamaWorkerBridge(ports[0], engine="xllamacpp") as worker:
        model = await worker.load_model(Path("a.gguf"), context_size=512, cache_type="q4_0")
        assert_type(model, RemoteModel)
        context = await model.create_context(sequences=2)
        assert_type(context, RemoteContext)
        session = await context.create_session(system_prompt="Short.", overflow="error")
        assert_type(session, RemoteSession)
        async for text in session.prompt("Hello!", stop_sequences=["\n"], functions=[get_weather]):
            assert_type(text, str)
        assert_type((await session.prompt("Who?", response_format=Person)).parsed, Person)
        assert_type((await model.chat([QUESTION], response_format=Weather)).parsed, Weather)
        assert_type((await model.complete("City: ", response_format=City)).parsed, City)
        assert_type((await worker.prompt("Word: ", response_format=Word)).parsed, Word)
        assert_type((await session.answer_calls({}, response_format=list[int])).parsed, list[int])
        async for progress in worker.load_model("builtin"):
            assert_type(progress, events.Progress)
        await worker.estimate("builtin", ModelOptions(), context_size=2048)
        assert_type(session.fork(), RemoteSession)
        await session.save("a.session")


async def serve(worker: LlamaWorker) -> None:
    WorkerService(worker)


def without_async(path: Path) -> None:
    with sync.LlamaWorker(gpu=False) as worker:
        model = worker.load_model(path, context_size=512, on_progress=lambda progress: print(progress.value))
        assert_type(model, sync.Model)
        assert_type(worker.download_model("hf:org/repo:Q4_K_M", on_progress=tell), Path)
        worker.download_model("hf:org/repo:Q4_K_M", on_progress=lambda progress: print(progress.total_bytes))
        assert_type(worker.create_context(ContextOptions(), cache_type="f16"), sync.Context)
        assert_type(worker.initialize_session(overflow=keep_last), sync.ChatSession)
        session = model.create_session(system_prompt="Short.", overflow=lambda overflow: overflow.messages)
        assert_type(session, sync.ChatSession)
        for text in session.prompt("Hello!", PromptOptions(seed=1), stop_sequences=["\n"], functions=[get_weather]):
            assert_type(text, str)
        answer = session.prompt("Who?", response_format=Person)
        assert_type(answer, sync.Operation[Person])
        assert_type(answer.parsed, Person)
        assert_type(answer.result(), Reply[Person])
        assert_type(answer.events(), Iterator[events.Event])
        assert_type(answer.text, str)
        assert_type(answer.usage.completion_tokens, int)
        assert_type(model.chat([QUESTION], response_format=Weather).parsed, Weather)
        assert_type(model.complete("Word: ", response_format=Word).parsed, Word)
        assert_type(worker.generate_completion("City: ", response_format=City).parsed, City)
        assert_type(session.answer_calls({}, response_format=dict[str, int]).parsed, dict[str, int])
        assert_type(session.preload("Once").text, str)
        assert_type(model.complete("JSON: ", response_format=SCHEMA).parsed, Any)
        assert_type(worker.estimate(str(path), use_mlock=True).total_bytes, int)
        worker.on("error", tell)
        worker.on("completion_chunk", lambda message: print(message.chunk.upper()))
        print(answer, answer.reasoning, answer.finish_reason)
