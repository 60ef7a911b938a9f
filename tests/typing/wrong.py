"""A user's program full of mistakes, each marked on its line; never run, only checked: every checker finds each."""

from __future__ import annotations

from dataclasses import dataclass

import llama_worker
from llama_worker import (
    ChatSession,
    LlamaWorker,
    LlamaWorkerBridge,
    Model,
    ModelOptions,
    PromptOptions,
    RepeatPenalty,
    ports,
    sync,
)
from llama_worker.http import create_app
from llama_worker.ports import RemoteModel, RemoteSession


@dataclass
class Person:
    name: str
    age: int


QUESTION = {"role": "user", "content": "Who is Ana?"}


async def async_(worker: LlamaWorker, model: Model, session: ChatSession) -> None:
    await session.prompt("Hello!", temprature=0.5)  # mistake
    await session.prompt("Hello!", max_tokens="many")  # mistake
    await session.prompt("Hello!", on_function_error="ignore")  # mistake
    await session.prompt("Hello!", context_size=4096)  # mistake
    await session.prompt("Hello!", stop_sequences="\n")  # mistake
    await session.prompt("Hello!", functions=5)  # mistake
    await session.prompt(QUESTION)  # mistake
    await session.preload("Hello!", functions=[])  # mistake
    await session.answer_calls(["sunny"])  # mistake
    await worker.load_model("builtin", n_ctx=4096)  # mistake
    await worker.load_model("builtin", cache_type="q3_0")  # mistake
    await worker.load_model(5)  # mistake
    await worker.estimate("builtin", temperature=0)  # mistake
    await model.create_context(gpu_layers=5)  # mistake
    await model.create_session(overflow="drop_newest")  # mistake
    await model.create_session(overflow_reserve="a tenth")  # mistake
    await model.chat("Hello!")  # mistake
    await model.chat([QUESTION], repeat_penalty=1.1)  # mistake
    await model.complete("Hello!", approve=print)  # mistake
    print(session.prompt("Hello!").text)  # mistake
    print((await session.prompt("Who?", response_format=Person)).parsed.surname)  # mistake
    print((await model.chat([QUESTION], response_format=Person)).parsed.age.upper())  # mistake
    print((await worker.generate_completion("Who?", response_format=Person)).parsed["name"])  # mistake
    for number in session.prompt("Hello!"):  # mistake
        del number
    async for progress in worker.load_model("builtin"):
        print(progress.percent)  # mistake
    worker.on("completion_chunks", print)  # mistake
    worker.on("error", lambda message: print(message.text))  # mistake
    await model.create_session(overflow=lambda overflow: overflow.tokens)  # mistake
    LlamaWorker(gpu="nvidia")  # mistake
    PromptOptions(temprature=0.5)  # mistake
    RepeatPenalty(penalty="high")  # mistake
    ModelOptions(cache_type="q3_0")  # mistake
    print((await session.prompt("Hello!")).txt)  # mistake
    llama_worker.LamaWorker()  # mistake
    create_app(worker, max_quee=5)  # mistake


def sync_(worker: sync.LlamaWorker, model: sync.Model, session: sync.ChatSession) -> None:
    session.prompt("Hello!", temprature=0.5)  # mistake
    session.prompt("Hello!", max_tokens="many")  # mistake
    session.prompt("Hello!", on_function_error="ignore")  # mistake
    session.prompt("Hello!", gpu_layers=5)  # mistake
    session.prompt("Hello!", approve=True)  # mistake
    session.complete_prompt("Hello!", response_format=Person)  # mistake
    worker.load_model("builtin", n_ctx=4096)  # mistake
    worker.load_model("builtin", cache_type="q3_0")  # mistake
    worker.load_model("builtin", on_progress=True)  # mistake
    worker.initialize_session(overflow="drop_newest")  # mistake
    model.create_session(system_prompt=["Short."])  # mistake
    model.chat("Hello!")  # mistake
    model.complete("Hello!", mirostat=2)  # mistake
    print(session.prompt("Who?", response_format=Person).parsed.surname)  # mistake
    print(session.prompt("Hello!").completion)  # mistake
    print(len(session.prompt("Hello!")))  # mistake
    worker.on("error", lambda message: print(message.text))  # mistake


async def bridge(worker: LlamaWorkerBridge, model: RemoteModel, session: RemoteSession) -> None:
    await session.prompt("Hello!", temprature=0.5)  # mistake
    await session.prompt("Hello!", max_tokens="many")  # mistake
    await session.prompt("Hello!", on_function_error="ignore")  # mistake
    await session.prompt("Hello!", use_mmap=True)  # mistake
    await worker.load_model("builtin", n_ctx=4096)  # mistake
    await worker.load_model("builtin", cache_type="q3_0")  # mistake
    await model.create_session(overflow="drop_newest")  # mistake
    await model.chat("Hello!")  # mistake
    await model.complete("Hello!", functions=[print])  # mistake
    print(session.prompt("Hello!").text)  # mistake
    print((await session.prompt("Who?", response_format=Person)).parsed.surname)  # mistake
    print((await worker.generate_completion("Who?", response_format=Person)).parsed.age.upper())  # mistake
    async for progress in worker.download_model("hf:org/repo:Q4_K_M"):
        print(progress.total)  # mistake
    worker.on("completion_chunks", print)  # mistake
    ports.tcp_port("localhost")  # mistake
    LlamaWorkerBridge("ws://localhost")  # mistake
