"""The message port over a WebSocket, and the ports that outlive one."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Coroutine
from typing import Any

from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from ...options.server import ServerOptions
from ...ports.server.connection import Connection
from ...ports.server.websocket import WebSocketEndpoint
from ...worker.worker import LlamaWorker
from ..problems import Problem
from ..resumable import ResumablePort

_SESSION = re.compile(r"[0-9A-Za-z-]{16,64}")
_GRACE_SECONDS = 60.0
_MOST_CLIENTS = 1000


class PortRoute:
    """`/ws` speaks the protocol until the socket ends.

    `/ws?session=ID` goes on for a minute without a socket, and `&from=N` sends again from message N; the ID is chosen
    by the client, and whoever knows it is that client.
    """

    def __init__(self, worker: LlamaWorker, options: ServerOptions) -> None:
        self._worker = worker
        self._write_timeout = options.write_timeout
        self._download_from = options.download_from
        self._plain = WebSocketEndpoint(worker, send_timeout=options.write_timeout, download_from=options.download_from)
        self._ports: dict[str, ResumablePort] = {}
        self._closings: dict[str, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        socket = WebSocket(scope, receive, send)
        session, start = _query(socket)
        if session is None:
            return await self._plain(scope, receive, send)
        await socket.accept()
        self._keep_open(session)
        port = self._ports.get(session)
        if port is None:
            port, start = self._open(session), 0
        await port.attach(socket, start)
        if not port.attached:
            self._close_later(session)

    def _open(self, session: str) -> ResumablePort:
        if len(self._tasks) >= _MOST_CLIENTS:
            raise Problem(503, "Too many clients are connected.", code="queue_full")
        port = self._ports[session] = ResumablePort(self._write_timeout)
        self._start(Connection(self._worker, port, shared=True, download_from=self._download_from).serve())
        return port

    def _keep_open(self, session: str) -> None:
        if closing := self._closings.pop(session, None):
            closing.cancel()

    def _close_later(self, session: str) -> None:
        self._keep_open(session)
        self._closings[session] = asyncio.get_running_loop().call_later(_GRACE_SECONDS, self._close, session)

    def _close(self, session: str) -> None:
        del self._closings[session]
        self._start(self._ports.pop(session).close())

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _query(socket: WebSocket) -> tuple[str | None, int | None]:
    session, start = socket.query_params.get("session"), socket.query_params.get("from", "")
    if session is not None and not _SESSION.fullmatch(session):
        raise Problem(400, "A session is 16 to 64 letters, digits and dashes.", code="invalid_value", param="session")
    return session, int(start) if start.isdigit() and len(start) < 16 else None
