"""One hostile file in the hands of a worker: a model is loaded and asked, another file is given to a sound model."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

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


class Use(Protocol):
    """Something that is done with a worker; `step` is set to how far it got."""

    async def __call__(self, worker: LlamaWorker, steps: list[str]) -> None: ...


async def judged(name: str, worker: LlamaWorker, use: Use) -> Outcome:
    """What came of it."""
    began, steps = time.monotonic(), ["load"]
    outcome = await _ended(name, worker, use, steps)
    outcome.step, outcome.seconds = steps[-1], round(time.monotonic() - began, 3)
    return outcome


async def _ended(name: str, worker: LlamaWorker, use: Use, steps: list[str]) -> Outcome:
    limit = asyncio.timeout(LONGEST_SECONDS)
    try:
        async with limit:
            await use(worker, steps)
    except LlamaWorkerError as error:
        message = error.message[:300].encode(errors="backslashreplace").decode()
        untyped = f"untyped: {message}" if error.code == UNTYPED else ""
        return Outcome(name, error.code, violation=untyped, message=message)
    except BaseException as error:
        what = "hang" if limit.expired() else f"untyped: {type(error).__name__}: {error}"
        return Outcome(name, "hang" if limit.expired() else "untyped", violation=what)
    return Outcome(name, "answered")


class Loading:
    """A hostile model file, loaded and asked. `change` is called at `moment` with its path; see `corpus.recipes`."""

    def __init__(self, path: Path, moment: str, change: Callable[[Path], object]) -> None:
        self._path = path
        self._moment = moment
        self._change = change

    async def use(self, worker: LlamaWorker, steps: list[str]) -> None:
        model = await self._load(worker)
        try:
            self._now("loaded")
            await self._answer(model, steps)
        finally:
            await model.unload()

    async def _load(self, worker: LlamaWorker) -> Model:
        loading = worker.load_model(self._path, context_size=128, sequences=1, batch_size=32)
        await asyncio.sleep(0)
        self._now("opened")
        async for _ in loading:
            self._now("loading")
        return await loading

    async def _answer(self, model: Model, steps: list[str]) -> None:
        steps.append("complete")
        completing = model.complete("la li lo", max_tokens=4)
        async for _ in completing:
            self._now("generating")
        await completing
        steps.append("chat")
        session = await model.create_session(system_prompt="Be brief.")
        await session.prompt("la li", max_tokens=4)

    def _now(self, moment: str) -> None:
        if moment == self._moment:
            self._moment = ""
            self._change(self._path)


def file_use(door: str, path: Path, good: Path) -> Use:
    """What is done with another hostile file, in the hands of a sound model."""

    async def use(worker: LlamaWorker, steps: list[str]) -> None:
        model = await worker.load_model(good, context_size=256, sequences=1)
        steps.append(door)
        try:
            await _with_model(door, path, model)
        finally:
            await model.unload()

    return use


async def _with_model(door: str, path: Path, model: Model) -> None:
    if door == "session":
        session = await model.load_session(path, any_model=True)
        await session.prompt("la li", max_tokens=2)
        return
    options: dict[str, Any] = json.loads(path.read_bytes())
    if door == "complete":
        await model.complete("la li lo", **options)
    else:
        await model.chat([{"role": "user", "content": "la li"}], **options)
