"""An answer's headers: what of a request nothing here does, and that a stream is of lines."""

from __future__ import annotations

from starlette.types import Message, Send

from ..dialects.undone import HEADER

_LINES = b"application/x-ndjson"


class Telling:
    """Sends an answer with the names of the fields in `not_done`, as they are when it begins."""

    def __init__(self, send: Send, not_done: list[str], *, lines: bool = False) -> None:
        self._send = send
        self._not_done = not_done
        self._lines = lines
        self.started = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            message = {**message, "headers": [*map(self._header, message["headers"]), *self._more()]}
        await self._send(message)

    def _header(self, header: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
        return (header[0], _LINES) if self._lines and header[0] == b"content-type" else header

    def _more(self) -> list[tuple[bytes, bytes]]:
        return [(HEADER.lower().encode(), ", ".join(self._not_done).encode())] if self._not_done else []
