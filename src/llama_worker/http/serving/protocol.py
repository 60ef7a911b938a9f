"""uvicorn's HTTP protocol with the limits that it leaves out: slow and oversized heads."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

_HEADER_COUNT = 100
_HEADER_BYTES = 64 * 1024
_READ_SECONDS = 30.0


class LimitedProtocol(HttpToolsProtocol):
    """Answers 431 to more than 100 headers or 64 KiB of them, and drops a request that is not complete in time.

    `read_seconds` is for one whole request, body included.
    """

    read_seconds = _READ_SECONDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._head_bytes = 0
        self._refusal = 400
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._start_deadline()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_deadline()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        self._head_bytes = 0
        self._start_deadline()
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        self._count(len(url))
        super().on_url(url)
        if not self.url.startswith(b"/"):  # an absolute target would name a host that nobody checks
            self._refuse(400)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(len(name) + len(value))
        if len(self.headers) >= _HEADER_COUNT:
            self._refuse(431)
        super().on_header(name, value)

    def on_message_complete(self) -> None:
        self._stop_deadline()
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        self._stop_deadline()
        super().handle_websocket_upgrade()

    def send_400_response(self, msg: str) -> None:
        if self._refusal == 400:
            return super().send_400_response(msg)
        head = [STATUS_LINE[self._refusal], b"content-length: 0\r\n", b"connection: close\r\n\r\n"]
        self.transport.write(b"".join(head))
        self.transport.close()

    def _count(self, size: int) -> None:
        self._head_bytes += size
        if self._head_bytes > _HEADER_BYTES:
            self._refuse(431)

    def _refuse(self, status: int) -> None:
        """Stop the parser, which makes uvicorn call `send_400_response`."""
        self._refusal = status
        raise ValueError(f"refused with {status}")

    def _start_deadline(self) -> None:
        self._stop_deadline()
        self._deadline = self.loop.call_later(self.read_seconds, self.transport.abort)

    def _stop_deadline(self) -> None:
        if self._deadline:
            self._deadline.cancel()
            self._deadline = None
