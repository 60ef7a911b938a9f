"""Many texts asked of one engine: in parts, two of them on their way at once, each in its turn of the fair queue."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Hashable
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

from ...engine.engine import Engine
from ...errors import ContextOverflowError, SharedContextFullError, TextTooLongError
from ...messages.events import Progress
from ..operations.operation import Operation
from ..runtime import ModelRuntime
from .parts import Parts

Answer = TypeVar("Answer")
# While one is computed the next one waits in the engine, so that it is never without work.
_ON_THEIR_WAY = 2
_BYTES_PER_TOKEN = 3


class Asked(Protocol[Answer]):
    """What is asked of the engine for some items: those with the numbers of `part`."""

    async def __call__(self, engine: Engine, part: range, *, counted: bool) -> list[Answer]:
        """One answer for each. `counted`: the engine found one too long, so no guess at their length will do."""


class BulkJob(Generic[Answer]):
    """Answers to items of these sizes, in bytes, in their order."""

    def __init__(self, runtime: ModelRuntime, owner: Hashable, sizes: list[int], ask: Asked[Answer]) -> None:
        self._runtime = runtime
        self._owner = owner
        self._sizes = sizes
        self._ask = ask
        self._parts = Parts(sizes, runtime.settings.sequences)
        self._answers: dict[int, Answer] = {}

    async def run(self, operation: Operation[Any, Progress]) -> list[Answer]:
        """All answers. Raises what the engine raises, and what `ask` raises."""
        tasks = [asyncio.create_task(self._work(operation)) for _ in range(_ON_THEIR_WAY)]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        finally:  # also when the operation is aborted
            for task in tasks:
                task.cancel()
            ends = await asyncio.gather(*tasks, return_exceptions=True)
        for end in ends:
            if isinstance(end, Exception):
                raise end
        return [self._answers[index] for index in range(self._parts.count)]

    async def _work(self, operation: Operation[Any, Progress]) -> None:
        while (part := self._parts.take()) is not None:
            answers = await self._answered(part, operation)
            self._answers.update(zip(part, answers, strict=True))
            operation.report(Progress(len(self._answers) / self._parts.count))

    async def _answered(self, part: range, operation: Operation[Any, Progress]) -> list[Answer]:
        try:
            async with self._runtime.borrow_engine(
                self._owner, tokens=self._tokens(part), bulk=True, part=True
            ) as engine:
                operation.mark("running")
                began = time.monotonic()
                answers = await self._asked(engine, part)
                self._parts.took(part, began)
                return answers
        except SharedContextFullError:
            async with self._runtime.borrow_engine(self._owner, alone=True, part=True) as engine:
                return [answer for index in part for answer in await self._asked(engine, range(index, index + 1))]

    async def _asked(self, engine: Engine, part: range) -> list[Answer]:
        ask = partial(self._ask, engine, part)
        try:
            return await ask(counted=False)
        except TextTooLongError:
            raise
        except ContextOverflowError:
            return await ask(counted=True)

    def _tokens(self, part: range) -> int:
        """What of a shared context they are likely to take at once."""
        settings = self._runtime.settings
        if settings.shared_cells is None:
            return 0
        longest = sorted((self._sizes[index] for index in part), reverse=True)[: settings.sequences]
        return min(sum(longest) // _BYTES_PER_TOKEN, settings.shared_cells)
