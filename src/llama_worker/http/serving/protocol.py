"""uvicorn's protocols with the limits that they leave out: clients that send or read too slowly, too much of them."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState

from ..problems import Problem
from .connections import Connections, WriteWatch

_HEADER_COUNT = 100
_HEADER_BYTES = 64 * 1024
_READ_SECONDS = 30.0
_GOODBYE_SECONDS = 1.0
_NO_HTTP = msgspec.json.encode(Problem(400, "This is no HTTP request that can be read.", code="invalid_http").openai())


class _Limited(asyncio.Protocol):
    """What both protocols count: their connections, and how long a client takes nothing of what is written."""

    transport: asyncio.Transport

    def __init__(self, *args: Any, others: Connections, write_seconds: float, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._others = others
        self._write_seconds = write_seconds
        self._watch: WriteWatch | None = None

    def _watch_writing(self, transport: asyncio.Transport) -> None:
        self._watch = WriteWatch(transport, self._write_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        self._others.remove(self.transport)
        self.resume_writing()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._watch:
            self._watch.pause()

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._watch:
            self._watch.resume()


class LimitedProtocol(_Limited, HttpToolsProtocol):
    """Answers 431 to more than 100 headers or 64 KiB of them, and drops a request that is not complete in time.

    `read_seconds` is for one whole request, body included; `write_seconds` for reading anything of its answer.
    """

    read_seconds = _READ_SECONDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._head_bytes = 0
        self._refusal = 400
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._start_deadline(self.read_seconds)
        self._watch_writing(transport)
        if not self._others.add(transport):
            self._turn_away()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_deadline()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        self._head_bytes = 0
        self._start_deadline(self.read_seconds)
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
        self._others.busy(self.transport)
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.cycle.response_complete:  # else it is another request's turn, which came too early
            self._others.idle(self.transport)

    def handle_websocket_upgrade(self) -> None:
        self._stop_deadline()
        self.resume_writing()
        super().handle_websocket_upgrade()

    def send_400_response(self, msg: str) -> None:
        if self._refusal == 400:
            self._write_status(400, _NO_HTTP)
        else:
            self._write_status(self._refusal)
        self.transport.close()

    def _write_status(self, status: int, body: bytes = b"") -> None:
        kind = b"content-type: application/json\r\n" if body else b""
        length = b"content-length: %d\r\nconnection: close\r\n\r\n" % len(body)
        self.transport.write(STATUS_LINE[status] + kind + length + body)

    def _turn_away(self) -> None:
        """Closed at once, it would be reset by the request that comes, and the status lost."""
        self._write_status(503)
        self.transport.write_eof()
        self.transport.pause_reading()
        self._start_deadline(_GOODBYE_SECONDS)

    def _count(self, size: int) -> None:
        self._head_bytes += size
        if self._head_bytes > _HEADER_BYTES:
            self._refuse(431)

    def _refuse(self, status: int) -> None:
        """Stop the parser, which makes uvicorn call `send_400_response`."""
        self._refusal = status
        raise ValueError(f"refused with {status}")

    def _start_deadline(self, seconds: float) -> None:
        self._stop_deadline()
        self._deadline = self.loop.call_later(seconds, self.transport.abort)

    def _stop_deadline(self) -> None:
        if self._deadline:
            self._deadline.cancel()
            self._deadline = None


class LimitedWebSocket(_Limited, WebSocketsSansIOProtocol):
    """A WebSocket that is dropped when its client reads nothing; without traffic it counts as idle."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._watch_writing(transport)
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        self._others.idle(self.transport)
        super().data_received(data)

    def shutdown(self) -> None:
        """As uvicorn's, which fails, and the server's end with it, where the client is closing the socket just now."""
        try:
            super().shutdown()
        except InvalidState:
            self.transport.close()

    def send_receive_event_to_app(self) -> None:
        """Close for a text frame that is no text, as the protocol wants it; that is no failure of the server's."""
        if self.curr_msg_data_type != "text" or self.close_sent or _is_text(b"".join(self.frames)):
            return super().send_receive_event_to_app()
        self.frames = []
        self.conn.send_close(1007)
        self.handle_parser_exception()


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
