"""One sample: a model is loaded, and asked as a program would ask it."""

from __future__ import annotations

import asyncio
import time

from msgspec import Struct
from msgspec.structs import replace

from ...messages.values import Usage
from ...options import LlamaOptions, ModelOptions
from ...worker.model import Model
from ...worker.operations.operation import Operation
from ...worker.reply import Reply
from ...worker.worker import LlamaWorker
from .noise import Noise, listening
from .prompts import text

_SHORT = 16  # words of a short question
# Answers go on to their limit, whatever the model would say.
_TO_THE_LIMIT = {"ignore_eos": True}


class Plan(Struct, frozen=True):
    """What is asked of each model: a prompt and an answer of about so many tokens, and so many chats at once."""

    model: str
    llama: LlamaOptions
    options: ModelOptions
    prompt_tokens: int
    tokens: int
    chats: int


class Sample(Struct, frozen=True):
    """Tokens per second, and seconds; `together` is None without chats."""

    prompt: float
    first_token: float
    answer: float
    together: float | None
    noise: Noise


class _Heard(Struct, frozen=True):
    """When an answer's text began and ended, in seconds after it was asked for."""

    first: float
    end: float
    usage: Usage


async def take(plan: Plan, threads: int | None, number: int) -> Sample:
    """With so many threads, or with those that follow the machine; the texts are those of that number."""
    async with LlamaWorker(plan.llama) as worker:
        options = plan.options if threads is None else replace(plan.options, threads=threads)
        model = await worker.load_model(plan.model, options)
        await _ask(model, text(_SHORT, -number - 1), 8)  # the first answer of a process also fills its caches
        with listening() as noise:
            read = await _ask(model, text(plan.prompt_tokens, 2 * number), 1)
            written = await _ask(model, text(_SHORT, 2 * number + 1), plan.tokens)
            together = await _chats(model, plan, number)
    return Sample(
        prompt=(read.usage.prompt_tokens - read.usage.cached_tokens) / max(read.first, 1e-9),
        first_token=written.first,
        answer=(written.usage.completion_tokens - 1) / max(written.end - written.first, 1e-9),
        together=together,
        noise=noise,
    )


async def _ask(model: Model, prompt: str, tokens: int) -> _Heard:
    answer = model.complete(prompt, max_tokens=tokens, temperature=0, engine_options=_TO_THE_LIMIT)
    return await _hear(answer)


async def _chats(model: Model, plan: Plan, number: int) -> float | None:
    """Tokens per second of all chats together."""
    if not plan.chats:
        return None
    questions = [text(_SHORT, 1_000_000 + plan.chats * number + chat) for chat in range(plan.chats)]
    began = time.perf_counter()
    heard = await asyncio.gather(*[_chat(model, question, plan.tokens) for question in questions])
    return sum(one.usage.completion_tokens for one in heard) / max(time.perf_counter() - began, 1e-9)


async def _chat(model: Model, question: str, tokens: int) -> _Heard:
    session = await model.create_session()
    return await _hear(session.prompt(question, max_tokens=tokens, temperature=0, engine_options=_TO_THE_LIMIT))


async def _hear(answer: Operation[Reply, str]) -> _Heard:
    began, first = time.perf_counter(), 0.0
    async for _ in answer:
        first = first or time.perf_counter() - began
    usage = (await answer).usage
    end = time.perf_counter() - began
    return _Heard(first or end, end, usage)
