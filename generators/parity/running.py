"""What a running engine says of itself: which paths it has, and which fields a request may have."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterable
from functools import cache
from http.client import HTTPConnection
from pathlib import Path

from msgspec import Struct, json

from llama_worker import LlamaWorker

METHODS = ("GET", "POST", "DELETE")
_NOT_THERE = b"File Not Found"
_SECONDS = 20


class Told(Struct, frozen=True):
    """Methods with paths, and fields."""

    routes: frozenset[str]
    fields: frozenset[str]


class _Settings(Struct):
    params: dict[str, object]


class _Properties(Struct):
    default_generation_settings: _Settings


@cache
def ask(candidates: frozenset[str]) -> Told:
    """Start the built-in model and try every one of these paths."""
    return asyncio.run(_ask(candidates))


async def _ask(candidates: Iterable[str]) -> Told:
    async with LlamaWorker(state_cache=False, gpu=False) as worker:
        model = await worker.load_model("builtin", context_size=512, sequences=1)
        async with model.runtime.borrow_engine("parity") as engine:
            path = Path(engine.directory, "engine.sock")
            return await asyncio.to_thread(_told, path, candidates)


def _told(path: Path, candidates: Iterable[str]) -> Told:
    routes = (f"{method} {name}" for name in candidates for method in METHODS if _has(path, method, name))
    properties = json.decode(_request(path, "GET", "/props"), type=_Properties)
    return Told(frozenset(routes), frozenset(properties.default_generation_settings.params))


def _has(path: Path, method: str, name: str) -> bool:
    return _NOT_THERE not in _request(path, method, name)


def _request(path: Path, method: str, name: str) -> bytes:
    """The body is no JSON, so that nothing is done."""
    connection = _Connection(path)
    try:
        connection.request(method, name, body=None if method == "GET" else b"{")
        return connection.getresponse().read()
    finally:
        connection.close()


class _Connection(HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=_SECONDS)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(_SECONDS)
        self.sock.connect(str(self._path))
