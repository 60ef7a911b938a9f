"""A user's program that keeps a journal: `python -m tests.worker.journal.app JOURNAL MODEL`.

After each thing it does it prints what it knows to be done: a line of JSON, {session id: its history}. The last line is
how many steps the disk took, for who counts them (`faults.py`).
"""

from __future__ import annotations

import asyncio
import json
import sys

from llama_worker import ChatSession, LlamaWorker
from llama_worker.errors import OperationAborted

from . import faults


def get_weather(city: str) -> str:
    """The current weather of a city."""
    return "sunny, 24 degrees"


def tell(*sessions: ChatSession) -> None:
    print(json.dumps({session.id: session.get_chat_history() for session in sessions}), flush=True)


async def main(journal: str, model_path: str) -> None:
    async with LlamaWorker(journal=journal) as worker:
        model = await worker.load_model(model_path, context_size=512, sequences=1)
        session = await model.create_session(system_prompt="You are a helpful assistant.")
        tell()
        await session.prompt("Hello!", temperature=0, max_tokens=12)
        tell(session)
        await session.prompt("What is the weather in Lisbon?", functions=[get_weather], temperature=0)
        tell(session)
        await abort_halfway(session)
        tell(session)
        session.set_chat_history([{"role": "user", "content": "A"}, {"role": "assistant", "content": "B"}])
        await session.flush()
        tell(session)
        other = session.fork()
        await other.flush()
        tell(session, other)
        await other.prompt("Hello again!", temperature=0, max_tokens=12)
        tell(session, other)
        await worker.remove_session(session.id)
        tell(other)
        other.reset_chat_history()
        await other.flush()
        tell(other)
    print(faults.steps(), flush=True)


async def abort_halfway(session: ChatSession) -> None:
    operation = session.prompt("Tell me a story.", temperature=0, max_tokens=200)
    async for _ in operation:
        operation.abort()
    try:
        await operation
    except OperationAborted:
        return


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
