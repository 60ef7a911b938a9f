"""What an engine is asked of the process that it runs in, whichever that is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol, runtime_checkable

from ..devices.placement import PlacementReader
from ..settings import EngineSettings
from .endpoint import Endpoint
from .log_tail import LogTail


class RunningEngine(Protocol):
    """As `EngineProcess`, which is one. `ended` is done as soon as it is gone."""

    @property
    def ended(self) -> asyncio.Future[None]: ...

    @property
    def log(self) -> LogTail: ...

    @property
    def placement(self) -> PlacementReader: ...

    @property
    def directory(self) -> str: ...

    @property
    def pid(self) -> int: ...

    @property
    def closed_output(self) -> bool: ...

    @property
    def exit_code(self) -> int | None: ...

    @property
    def signal_name(self) -> str | None: ...

    @property
    def killed_for_memory(self) -> bool: ...

    def computes(self) -> bool: ...

    async def connect(self, protocol: asyncio.BufferedProtocol) -> None:
        """A connection to the server that it is. Raises OSError."""

    async def stop(self) -> None: ...

    async def kill(self) -> None: ...

    def end_now(self) -> None: ...


@runtime_checkable
class HostedKind(Protocol):
    """A kind of engine that needs no process of its own: it runs in the program's."""

    def host(self, settings: EngineSettings, endpoint: Endpoint, on_line: Callable[[bytes], None]) -> RunningEngine: ...
