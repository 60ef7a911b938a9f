"""The scripted engine as a kind of engine that a worker may run."""

from __future__ import annotations

from collections.abc import Callable

from ...engine.process.endpoint import Endpoint
from ...engine.settings import EngineSettings
from .connection import Answer, Request
from .process import HostedProcess
from .scripted import Director, ScriptedEngine


class FakeKind:
    """Runs in the program's own process: starting it takes no time and needs nothing."""

    name = "fake"
    bundled = False

    def __init__(self, director: Director) -> None:
        self._director = director

    def version(self) -> str:
        return "1"

    def arguments(self, settings: EngineSettings, endpoint: Endpoint) -> list[str]:
        return []

    def environment(self, settings: EngineSettings, endpoint: Endpoint) -> dict[str, str]:
        return {}

    def told(self, settings: EngineSettings, endpoint: Endpoint) -> bytes:
        return b""

    def listing_arguments(self) -> list[str]:
        return []

    def host(self, settings: EngineSettings, endpoint: Endpoint, on_line: Callable[[bytes], None]) -> HostedProcess:
        """A fresh engine."""
        engine = ScriptedEngine(self._director, settings)

        async def serve(request: Request, answer: Answer) -> None:
            await engine.serve(request, answer, process)

        process = HostedProcess(endpoint, on_line, serve)
        process.start(engine.load(process))
        return process
