"""One hostile file in the hands of a worker: loaded, and if it loads asked for a completion and an answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from llama_worker import LlamaWorker, Model
from llama_worker.errors import LlamaWorkerError

LONGEST_SECONDS = 90.0
"""How long each step may take: several times what the stalls below allow. Beyond it is a hang."""
LOAD_STALL_SECONDS = 6.0
RESPONSE_STALL_SECONDS = 6.0
UNTYPED = LlamaWorkerError.code


class Outcome(Struct):
    """What came of one trial: the code of its error or "answered", how far it got, and what was wrong with that."""

    name: str
    code: str
    step: str = ""
    seconds: float = 0.0
    violation: str = ""
    message: str = ""


class Attempt:
    """`change` is called at `moment` with the file's path; see `corpus.recipes`."""

    def __init__(self, worker: LlamaWorker, path: Path, moment: str, change: Callable[[Path], object]) -> None:
        self._worker = worker
        self._path = path
        self._moment = moment
        self._change = change
        self._step = "load"

    async def outcome(self, name: str) -> Outcome:
        began = time.monotonic()
        outcome = await self._ended(name)
        outcome.step, outcome.seconds = self._step, round(time.monotonic() - began, 3)
        return outcome

    async def _ended(self, name: str) -> Outcome:
        limit = asyncio.timeout(LONGEST_SECONDS)
        try:
            async with limit:
                await self._use()
        except LlamaWorkerError as error:
            message = error.message[:300].encode(errors="backslashreplace").decode()
            untyped = f"untyped: {message}" if error.code == UNTYPED else ""
            return Outcome(name, error.code, violation=untyped, message=message)
        except BaseException as error:
            what = "hang" if limit.expired() else f"untyped: {type(error).__name__}: {error}"
            return Outcome(name, "hang" if limit.expired() else "untyped", violation=what)
        return Outcome(name, "answered")

    async def _use(self) -> None:
        model = await self._load()
        try:
            self._now("loaded")
            await self._answer(model)
        finally:
            await model.unload()

    async def _load(self) -> Model:
        loading = self._worker.load_model(self._path, context_size=128, sequences=1, batch_size=32)
        await asyncio.sleep(0)
        self._now("opened")
        async for _ in loading:
            self._now("loading")
        return await loading

    async def _answer(self, model: Model) -> None:
        self._step = "complete"
        completing = model.complete("la li lo", max_tokens=4)
        async for _ in completing:
            self._now("generating")
        await completing
        self._step = "chat"
        session = await model.create_session(system_prompt="Be brief.")
        await session.prompt("la li", max_tokens=4)

    def _now(self, moment: str) -> None:
        if moment == self._moment:
            self._moment = ""
            self._change(self._path)
