"""Serves the app with uvicorn."""

from __future__ import annotations

import ipaddress
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from ...errors import InvalidOptionsError
from ...options.server import ServerOptions
from .connections import Connections
from .protocol import LimitedProtocol, LimitedWebSocket

_SHUTDOWN_SECONDS = 5
_BACKLOG = 2048
_DEFAULTS = ServerOptions()


class Server(uvicorn.Server):
    """Ends when it is told to, and leaves the process to whoever runs it: uvicorn's would raise the signal again."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self._end) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _end(self, *_: object) -> None:
        """The second signal waits for no client."""
        self.force_exit = self.should_exit
        self.should_exit = True


def create_server(app: ASGIApp, options: ServerOptions = _DEFAULTS, *, access_log: bool = False) -> Server:
    """A server for `app`; `await server.serve(sockets=[...])` runs it until a signal or `server.should_exit`."""
    limits: dict[str, Any] = {"others": Connections(options.max_connections), "write_seconds": options.write_timeout}
    http: Any = partial(LimitedProtocol, **limits)
    websocket: Any = partial(LimitedWebSocket, **limits)
    config = uvicorn.Config(
        app,
        http=http,
        ws=websocket,
        lifespan="off",
        log_level="warning",
        access_log=access_log,
        server_header=False,
        proxy_headers=False,
        ws_max_size=64 * 2**20,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
    )
    return Server(config)


def listen(host: str, port: int, *, has_key: bool) -> socket.socket:
    """A listening socket, so that the port is known before the first request.

    Raises `InvalidOptionsError` for an address that others can reach while there is no API key, and for one that
    cannot be bound.
    """
    if not has_key and not is_loopback(host):
        raise InvalidOptionsError(
            f"Refusing to listen on {host} without an API key: set LLAMA_WORKER_API_KEY or --api-key-file.",
            path="host",
        )
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        raise InvalidOptionsError(f"Cannot listen on {host}:{port}: {error.strerror}.", path="port") from error


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach `host`."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
