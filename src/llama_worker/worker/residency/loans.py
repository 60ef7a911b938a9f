"""Requests that have been given the engine, so that what ends it can cut them short first."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from ...errors import OperationAborted
from ...loggers import OPERATIONS


class Loans:
    """One for each loaded model."""

    def __init__(self) -> None:
        self._lent: dict[asyncio.Timeout, asyncio.Future[None]] = {}

    @property
    def count(self) -> int:
        return len(self._lent)

    @property
    def recalled(self) -> bool:
        """Whether one is being cut short."""
        return any(scope.expired() for scope in self._lent)

    @asynccontextmanager
    async def lent(self, still_there: Callable[[], object]) -> AsyncIterator[None]:
        """A block that `recall` cuts short, with what `still_there` raises, else with `OperationAborted`."""
        began = time.monotonic()
        scope = asyncio.timeout(None)  # never by time
        self._lent[scope] = asyncio.get_running_loop().create_future()
        try:
            async with scope:
                yield
        except TimeoutError as error:
            if not scope.expired():
                raise
            still_there()
            raise OperationAborted("The model was given another context meanwhile: ask again.") from error
        finally:
            self._lent.pop(scope).set_result(None)
            OPERATIONS.debug("engine given back after %.3f s", time.monotonic() - began)

    def recall(self) -> None:
        """Cut all of them short."""
        for scope in [scope for scope in self._lent if not scope.expired()]:
            scope.reschedule(0)

    async def returned(self) -> None:
        """Wait until all are over."""
        if self._lent:
            await asyncio.wait(self._lent.values())

    def forget(self) -> None:
        """For when the event loop is gone."""
        self._lent.clear()
