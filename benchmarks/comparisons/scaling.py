"""What one prompt costs beside many sessions, with many at once, and in a long conversation.

"Own work" is the processor time of the program that uses this library, in which the supervisor runs; the rest of a
prompt's time is the engine's. Each side is one point of a line.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from benchmarks.measuring.comparison import Bar, Comparison, Figure, Figures, Run, Side
from benchmarks.models.files import model_file
from benchmarks.models.prose import prose
from llama_worker import ChatSession, LlamaWorker, Model, Reply

_IDLE = (1, 10, 100, 1000)
_AT_ONCE = (1, 2, 4, 8, 16, 32, 64)
_LENGTHS = (100, 300, 1000, 3000, 10_000, 30_000)
_SLOTS = 4
_PROMPTS = 20  # of one sample, as one takes a few milliseconds only
_SAID = 60  # words of a message in a long conversation
_ROOM = 512

OWN_WORK = Figure("own work", "ms", "lower")
WHOLE = Figure("a prompt", "ms", "lower")


async def asked(sessions: Sequence[ChatSession], tokens: int, times: int = 1) -> tuple[Figures, list[Reply]]:
    """What one prompt takes of this program's processor time, and of the clock, when the sessions are asked together.

    The conversations are what they were again afterwards, which is not counted.
    """
    work, took = 0.0, 0.0
    for _ in range(times):
        before = [session.get_chat_history() for session in sessions]
        worked, began = time.process_time(), time.perf_counter()
        asking = [session.prompt("And now?", max_tokens=tokens, temperature=0) for session in sessions]
        replies = await asyncio.gather(*asking)
        work, took = work + time.process_time() - worked, took + time.perf_counter() - began
        for session, history in zip(sessions, before, strict=True):
            session.set_chat_history(history)
    prompts = times * len(sessions)
    return {OWN_WORK.name: work * 1000 / prompts, WHOLE.name: took * 1000 / prompts}, replies


@asynccontextmanager
async def beside_idle_sessions(run: Run) -> AsyncIterator[list[Side]]:
    """One of the sessions is asked, and all have been asked once."""
    async with AsyncExitStack() as workers:
        yield [Side(str(count), await _beside(workers, count)) for count in _IDLE]


async def _beside(workers: AsyncExitStack, count: int) -> Callable[[], Awaitable[Figures]]:
    model = await (await workers.enter_async_context(LlamaWorker())).load_model("builtin", sequences=_SLOTS)
    sessions = [await model.create_session() for _ in range(count)]
    await asyncio.gather(*(session.prompt(prose(8, place), max_tokens=1) for place, session in enumerate(sessions)))

    async def measure() -> Figures:
        return (await asked(sessions[:1], 1, _PROMPTS))[0]

    return measure


@asynccontextmanager
async def at_once(run: Run) -> AsyncIterator[list[Side]]:
    """All ask at the same time, for a few tokens each, through four slots."""
    async with LlamaWorker() as worker:
        model = await worker.load_model("builtin", sequences=_SLOTS)
        sessions = [await model.create_session() for _ in range(max(_AT_ONCE))]

        async def measure(count: int) -> Figures:
            return (await asked(sessions[:count], 8, max(_AT_ONCE) // count))[0]

        yield [Side(str(count), partial(measure, count)) for count in _AT_ONCE]


@asynccontextmanager
async def in_long_conversations(run: Run) -> AsyncIterator[list[Side]]:
    """The next turn of a conversation that the engine has read."""
    async with AsyncExitStack() as workers:
        yield [Side(str(length), await _long(workers, length)) for length in _LENGTHS]


async def _long(workers: AsyncExitStack, length: int) -> Callable[[], Awaitable[Figures]]:
    worker = await workers.enter_async_context(LlamaWorker())
    model = await worker.load_model(model_file("tiny"), sequences=1, context_size=length + _ROOM)
    session = await model.create_session()
    session.set_chat_history(await _conversation(model, length))
    await asked([session], 1)

    async def measure() -> Figures:
        figures, (reply,) = await asked([session], 1)
        return {**figures, "cached": 100 * reply.usage.cached_tokens / reply.usage.prompt_tokens}

    return measure


async def _conversation(model: Model, length: int) -> list[dict[str, str]]:
    """Turns of about so many tokens."""
    messages: list[dict[str, str]] = []
    tokens = 0
    while not messages or tokens < length:
        pair = [
            {"role": role, "content": prose(min(_SAID, length // 10), 2 * len(messages) + place)}
            for place, role in enumerate(("user", "assistant"))
        ]
        tokens += await model.count_tokens(pair)
        messages += pair
    return messages


COMPARISONS = [
    Comparison(
        name="idle sessions",
        sentence="A prompt of one session, beside others that were used and rest.",
        figures=(OWN_WORK, WHOLE),
        sides=beside_idle_sessions,
        bars=(
            Bar("a thousand cost no more work than ten", OWN_WORK.name, "1000", over=("10",), at_most=1.25),
            Bar("a thousand cost no more time than ten", WHOLE.name, "1000", over=("10",), at_most=1.25),
        ),
        axis="sessions",
    ),
    Comparison(
        name="prompts at once",
        sentence="Prompts that are asked at the same time, for 8 tokens each through 4 slots: what each of them takes.",
        figures=(OWN_WORK, WHOLE),
        sides=at_once,
        bars=(
            Bar("of 64 each costs no more work than one alone", OWN_WORK.name, "64", over=("1",), at_most=1.1),
            Bar("of 64 each costs no more time than one alone", WHOLE.name, "64", over=("1",), at_most=1.1),
        ),
        axis="prompts at once",
    ),
    Comparison(
        name="long conversations",
        sentence="The next turn of a conversation that the engine has read, up to its first token.",
        figures=(OWN_WORK, WHOLE, Figure("cached", "% of the prompt's tokens")),
        sides=in_long_conversations,
        bars=(
            Bar("nothing is read again", "cached", "30000", at_least=99.0),
            Bar("the work grows less than the conversation", OWN_WORK.name, "30000", over=("1000",), at_most=10.0),
        ),
        axis="tokens of the conversation",
    ),
]
