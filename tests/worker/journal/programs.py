"""Programs that keep a journal and leave in their own ways: `python -m tests.worker.journal.programs MODE JOURNAL`."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from llama_worker import ChatSession, LlamaWorker, Message
from llama_worker.errors import WorkerClosedError
from llama_worker.worker.journal.journal import Journal

TOLD: list[Message] = [{"role": "user", "content": "A"}, {"role": "assistant", "content": "B"}]
OTHER: list[Message] = [{"role": "user", "content": "C"}, {"role": "assistant", "content": "D"}]


async def fork(journal: str) -> None:
    """A child with the session: nothing that it does to it comes into its parent's journal."""
    async with LlamaWorker(journal=journal) as worker:
        model = await worker.load_model("builtin", context_size=256, sequences=1)
        session = await model.create_session()
        session.set_chat_history(TOLD)
        pid = os.fork()  # while it is being written
        if pid == 0:
            await in_a_child(session)
            sys.exit(0)
        assert os.waitpid(pid, 0)[1] == 0  # noqa: ASYNC222 - what is being written goes on in its thread
        await session.flush()
        tell(journal)
        await session.prompt("E", max_tokens=1)
        tell(journal)


async def in_a_child(session: ChatSession) -> None:
    session.set_chat_history(OTHER)
    try:
        await session.flush()
    except WorkerClosedError:
        return
    os._exit(9)


async def leave(journal: str) -> None:
    """What is written in the background is there when the worker has been cleaned up."""
    async with LlamaWorker(journal=journal) as worker:
        model = await worker.load_model("builtin", context_size=256, sequences=1)
        (await model.create_session()).set_chat_history(TOLD)
    tell(journal)


async def begin(worker: LlamaWorker) -> ChatSession:
    model = await worker.load_model("builtin", context_size=256, sequences=1)
    session = await model.create_session()
    await session.prompt("A", max_tokens=1)
    session.set_chat_history(TOLD)
    return session


async def go_on(worker: LlamaWorker, session: ChatSession) -> None:
    await session.flush()
    model = await worker.load_model("builtin", context_size=256, sequences=1)
    resumed = await model.resume_session(session.id)
    assert resumed.get_chat_history() == TOLD
    await resumed.prompt("E", max_tokens=1)
    await worker.cleanup()


def two_loops(journal: str) -> None:
    """The first `asyncio.run` ends without cleaning up, and while it writes."""
    worker = LlamaWorker(journal=journal)
    session = asyncio.run(begin(worker))
    asyncio.run(go_on(worker, session))
    tell(journal)


def tell(journal: str) -> None:
    """How many messages each conversation has."""
    print(*(info.messages for info in Journal(Path(journal)).list()))


if __name__ == "__main__":
    mode, where = sys.argv[1:]
    if mode == "two_loops":
        two_loops(where)
    else:
        asyncio.run({"fork": fork, "leave": leave}[mode](where))
