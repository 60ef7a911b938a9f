"""A conversation that is long enough to be kept, and what became of it."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path

from llama_worker import ChatSession, LlamaWorker, Model, Reply

LONG = "la li lo lu " * 60
CONTEXT = 2048


async def load(worker: LlamaWorker, path: Path) -> Model:
    return await worker.load_model(path, context_size=CONTEXT, sequences=2)


async def begin(model: Model) -> ChatSession:
    """A conversation with one answer."""
    session = await model.create_session(system_prompt=LONG)
    await ask(session, "one")
    return session


async def ask(session: ChatSession, text: str) -> Reply:
    return await session.prompt(text, max_tokens=20, temperature=0)


async def moved(session: ChatSession, model: Model) -> ChatSession:
    """The same conversation with a model that was loaded again."""
    other = await model.create_session()
    other.set_chat_history(session.get_chat_history())
    return other


def was_kept(reply: Reply) -> bool:
    return reply.usage.cached_tokens > 0.8 * reply.usage.prompt_tokens


def kept(directory: Path) -> list[Path]:
    return sorted(directory.glob("*/*.state"))


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.01)


async def kill(model: Model) -> None:
    """Kill the engine, and wait until that was noticed."""
    pid = model.pid
    assert pid
    os.kill(pid, signal.SIGKILL)
    await until(lambda: model.pid != pid)
