"""One request on its way to its answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from ..errors import LlamaWorkerError, OperationAborted
from ..messages import (
    CompletionDone,
    DownloadComplete,
    DownloadErrorMessage,
    DownloadModel,
    ErrorMessage,
    Id,
    Incoming,
    Info,
    Outgoing,
)
from ..worker.announce import Announcement, completion_done, download_error, error_message
from ..worker.operation import Operation
from .desk import Desk

if TYPE_CHECKING:
    from .roster import Roster

Send = Callable[[Outgoing], Awaitable[None]]


class Call:
    """A request, what it works on, and the one operation it started, if any. Knows how to end, not when."""

    def __init__(self, request: Incoming, desk: Desk, roster: Roster, send: Send, *, generates: bool) -> None:
        self.request = request
        self.desk = desk
        self.roster = roster
        self.generates = generates
        self.operation: Operation[Any, Any] | None = None
        self.task: asyncio.Task[None] | None = None
        self.begun = False
        self.dropped = False
        self.closing_info = ""
        self._send = send

    @property
    def id(self) -> Id | None:
        return self.request.id

    @property
    def request_id(self) -> Id | None:
        """A download's own id; the request's, where it has no other."""
        return self.request.request_id if isinstance(self.request, DownloadModel) else None

    @property
    def nameless(self) -> bool:
        """Whether nothing in the answers will tell which request they answer."""
        return self.id is None and self.request_id is None

    def is_called(self, request_id: Id | None, operation_id: str | None) -> bool:
        """Whether an `abort`, `pause` or `resume` means this request."""
        if operation_id is not None:
            return self.operation is not None and self.operation.id == operation_id
        return request_id is not None and request_id in (self.id, self.request_id)

    async def info(self, text: str) -> None:
        await self._send(Info(id=self.id, message=text))

    async def send(self, message: Outgoing) -> None:
        await self._send(message)

    async def follow(self, operation: Operation[Any, Any], opening: str, closing: str = "") -> Outgoing:
        """Send what happens during an operation and return its end."""
        self.operation = operation
        announcement = Announcement(operation, self.id, self.request_id, tells_all=self.id is not None)
        await self.info(opening)
        async for message in announcement:
            await self._send(message)
        self.closing_info = closing
        return announcement.end()

    def abort(self) -> None:
        """End it soon, whether it has begun or waits for its turn."""
        if self.operation is not None:
            self.operation.abort()
        elif self.begun and self.task is not None:
            self.task.cancel()
        else:  # a task that is cancelled before its first step could not even say so
            self.dropped = True

    def failed(self, error: LlamaWorkerError) -> Outgoing:
        """The end of a request that failed or was aborted before it began."""
        if isinstance(self.request, DownloadModel):
            return download_error(error, self.id, self.request_id)
        if self.generates and isinstance(error, OperationAborted):
            return completion_done(None, "", self.id)
        return error_message(error, self.id)

    def last_words(self, end: Outgoing) -> Info | None:
        """What the seeds say after the end; only where it cannot be mistaken for an answer to something else."""
        if self.id is not None:
            return None
        if isinstance(end, CompletionDone) and end.finish_reason == "abort":
            return Info(message="Generation aborted by the user")
        if isinstance(end, DownloadErrorMessage) and end.code == OperationAborted.code:
            return Info(message="Download aborted by the user")
        if isinstance(end, DownloadComplete):
            return Info(message=f"{self.closing_info}: {end.file_path}")
        failed = isinstance(end, ErrorMessage | DownloadErrorMessage)
        return Info(message=self.closing_info) if self.closing_info and not failed else None
