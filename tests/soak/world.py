"""What the operations of a soak work on: a worker, or one over a bridge, model files, sessions, saved conversations."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from pathlib import Path
from typing import Any

from msgspec import Struct

from llama_worker import LlamaWorker
from llama_worker.errors import LlamaWorkerError, ModelNotLoadedError
from llama_worker.ports import LlamaWorkerBridge
from tests.gguf_factory import write_gguf
from tests.worker.chat.strict_order import is_strictly_ordered, write_strict_model

from .hub import FILES
from .record import Record

MOST_SESSIONS = 10
_ATTEMPTS = 3
STALLS = {"load_stall_timeout": 10.0, "response_stall_timeout": 5.0, "num_threads": 1}
"""Of every worker here: an engine that is stopped for good is given up before a step is."""
Worker = LlamaWorker | LlamaWorkerBridge
Models = dict[str, Path]


class Known(Struct):
    """A session, and how many prompts run in it."""

    session: Any
    asking: int = 0


def write_models(folder: Path) -> Models:
    """Two that talk noise, one of them slow enough to be in the middle of an answer, and one with a strict template."""
    return {
        "noise": write_gguf(folder / "noise.gguf", plain_text=True),
        "slow": write_gguf(folder / "slow.gguf", embedding_length=256, block_count=8, head_count=8, endless=True),
        "strict": write_strict_model(folder / "strict.gguf"),
    }


class World:
    """One worker and what is done with it. `name` tells the doors apart in the record."""

    def __init__(self, name: str, worker: Worker, models: Models, folder: Path, record: Record) -> None:
        self.name = name
        self.worker = worker
        self.models = models
        self.folder = folder
        self.record = record
        self._furnishing = asyncio.Lock()
        self.open = asyncio.Event()
        """Not while it is cleaned up; most steps wait for that."""
        self.open.set()
        self.files = list(range(FILES))
        """Of the hub: those that no step downloads just now."""
        self.sessions: list[Known] = []
        self.begun: list[Any] = []

    def path(self, chance: random.Random) -> Path:
        return self.models[chance.choice(list(self.models))]

    async def model(self, chance: random.Random) -> Any:
        """One of the loaded models; one is loaded when there is none."""
        async with self._furnishing:
            if not self.worker.models:
                await self.worker.load_model(self.path(chance), context_size=384, sequences=2)
        if not self.worker.models:
            raise ModelNotLoadedError
        return chance.choice(self.worker.models)

    async def known(self, chance: random.Random) -> Known:
        """One of the sessions that there are; one is begun when there is none to ask."""
        self.forget_sessions()
        if not any(known.session.model.loaded for known in self.sessions):
            self.keep(await (await self.model(chance)).create_session())
        return chance.choice(self.sessions)

    def keep(self, session: Any) -> None:
        self.sessions = [*self.sessions, Known(session)][-MOST_SESSIONS:]

    def forget_sessions(self) -> None:
        """Those of models that are gone; a few stay, for what is asked of a model that was unloaded."""
        gone = [known for known in self.sessions if not known.session.model.loaded]
        for known in gone[1:]:
            self.sessions.remove(known)

    def engines(self) -> list[int]:
        """The process ids of the engines that run."""
        return [model.pid for model in self.worker.models if model.pid]

    async def idle(self) -> list[str]:
        """Abort what runs; then the queues have all their slots, and nobody waits. Tells what is not so."""
        for begun in self.begun:
            begun.abort()
        for begun in self.begun:
            await begun.wait()
        self.begun.clear()
        if not isinstance(self.worker, LlamaWorker):
            return []
        queues = [(model.runtime.queue, model.sequences) for model in self.worker.models]
        return [
            f"{queue.free} of {slots} slots are free, {queue.waiting} wait"
            for queue, slots in queues
            if (queue.free, queue.waiting) != (slots, 0)
        ]

    async def end(self) -> list[str]:
        """Everything; tells what is left of it."""
        self.sessions.clear()
        await self.worker.cleanup()
        return []

    async def begin(self) -> None:
        """Open it again; a fault may have taken the other end of a bridge meanwhile."""
        for _ in range(_ATTEMPTS):
            with suppress(LlamaWorkerError):
                return await self.worker.initialize()
        await self.worker.initialize()

    def check_history(self, known: Known) -> str:
        """Why a strict template would not take a session's history."""
        messages = known.session.get_chat_history()
        if is_strictly_ordered(messages, may_wait=True):
            return ""
        return f"a history that a strict template refuses: {[message['role'] for message in messages]}"
