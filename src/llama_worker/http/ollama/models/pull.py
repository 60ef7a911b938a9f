"""`/api/pull`: a model fetched from the hub, its progress as lines."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from msgspec import Meta, Struct
from starlette.types import Receive, Scope, Send

from ....messages.events import Downloading
from ...answers import EventSender, send_events, send_json
from ...bodies import checked, read_json
from ...dialects.fields import Object
from ...disconnect import while_connected
from ...pool import ModelPool
from ...problems import Problem
from ..bodies import as_json
from ..forms import line_of
from ..names import hub_name, own_name
from ..told import Telling

_SUCCESS: Object = {"status": "success"}


class PullRequest(Struct):
    """Which model; what else Ollama's clients say of a registry concerns none here."""

    model: Annotated[str, Meta(max_length=1024)] = ""
    name: Annotated[str, Meta(max_length=1024)] = ""
    stream: bool = True


class PullRoute:
    """The endpoint. A client that leaves pauses its download, and the next pull goes on."""

    def __init__(self, pool: ModelPool) -> None:
        self._pool = pool

    async def pull(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = checked(await read_json(as_json(scope), receive, self._pool.options), PullRequest)
        await while_connected(receive, self._answer(request, send))

    async def _answer(self, request: PullRequest, send: Send) -> None:
        lines = self._lines(request.model or request.name)
        if request.stream:
            sender = EventSender(Telling(send, [], lines=True), self._pool.options.write_timeout)
            return await send_events(sender, sender.send(lines), lambda problem: line_of(problem.ollama()))
        async for _ in lines:
            pass
        return await send_json(send, _SUCCESS)

    async def _lines(self, name: str) -> AsyncIterator[bytes]:
        """Leaving this generator aborts the download."""
        hub = hub_name(name)
        if hub is None and own_name(name, self._pool) in ("builtin", *self._pool.names):
            yield line_of(_SUCCESS)
            return
        if hub is None:
            raise _elsewhere(name)
        operation, digest = self._pool.worker.download_within(self._pool.reach, hub), None
        try:
            async for event in operation:
                digest = digest or event.digest
                yield line_of(_told(event, digest))
            await operation
            yield line_of(_SUCCESS)
        finally:
            operation.abort()


def _told(event: Downloading, digest: str | None) -> Object:
    """How far all files are, under the digest of the first: clients draw a bar for each digest."""
    told: Object = {"status": f"pulling {event.stage}", "completed": event.downloaded_bytes}
    told |= {"digest": digest} if digest else {}
    return told | ({"total": event.total_bytes} if event.total_bytes is not None else {})


def _elsewhere(name: str) -> Problem:
    message = f"{name!r} cannot be pulled: models come from Hugging Face, as hf.co/org/repo or hf.co/org/repo:Q4_K_M."
    return Problem(400, message, code="invalid_value", param="model")
