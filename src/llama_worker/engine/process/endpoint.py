"""Where an engine listens: a Unix socket in a private directory, or loopback TCP with a random key."""

from __future__ import annotations

import os
import sys

from msgspec import Struct

from ...errors import EngineNotFoundError

_SOCKET_NAME = "engine.sock"
LOOPBACK = "127.0.0.1"


class Endpoint(Struct, frozen=True, kw_only=True):
    """An address and the directory that belongs to it.

    With `socket_path` the engine listens on that Unix socket and the directory's mode (0700) guards it. Without it
    the engine listens on 127.0.0.1:`port` and every request must carry `api_key`. State files of this engine
    (saved sequences) go into `directory`, which is removed with the engine.
    """

    directory: str
    socket_path: str | None = None
    port: int = 0
    api_key: str = ""

    @property
    def template_path(self) -> str:
        """The file that holds a chat template for the engine, where one was chosen: it may be too long for a command
        line or an environment."""
        return os.path.join(self.directory, "chat_template.jinja")

    def remove(self) -> None:
        """Delete the socket and the directory; a missing one, or one of another process, is fine."""
        from .directory import remove_directory

        remove_directory(self.directory)


def create_endpoint(*, unix_socket: bool | None = None) -> Endpoint:
    """A fresh endpoint; Unix sockets wherever asyncio has them, which is everywhere but Windows.

    Raises `EngineNotFoundError` when no directory can be made for it.
    """
    from .directory import create_directory  # not for the engine process, where an endpoint is only read

    try:
        directory = create_directory(_SOCKET_NAME)
    except OSError as error:
        raise EngineNotFoundError(
            f"The engine has no directory for its socket: {error}; free some space, or set TMPDIR to a directory that "
            "can be written to."
        ) from error
    if unix_socket is None:
        unix_socket = sys.platform != "win32"
    if unix_socket:
        return Endpoint(directory=directory, socket_path=os.path.join(directory, _SOCKET_NAME))
    import secrets

    return Endpoint(directory=directory, port=_free_port(), api_key=secrets.token_urlsafe(32))


def _free_port() -> int:
    import socket

    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port
