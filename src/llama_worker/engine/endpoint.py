"""Where an engine listens: a Unix socket in a private directory, or loopback TCP with a random key."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import sys
import tempfile
from pathlib import Path

from msgspec import Struct

_PREFIX = "llama-worker-"
# sockaddr_un.sun_path holds 104 bytes on macOS and 108 on Linux, the closing zero included.
_LONGEST_SOCKET_PATH = 103


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
    def base_url(self) -> str:
        return "http://engine" if self.socket_path else f"http://127.0.0.1:{self.port}"

    def remove(self) -> None:
        """Delete the socket and the directory; a missing one is fine."""
        shutil.rmtree(self.directory, ignore_errors=True)


def create_endpoint(*, unix_socket: bool | None = None) -> Endpoint:
    """A fresh endpoint; Unix sockets wherever asyncio has them, which is everywhere but Windows."""
    directory = _create_directory()
    if unix_socket is None:
        unix_socket = sys.platform != "win32"
    if unix_socket:
        return Endpoint(directory=directory, socket_path=str(Path(directory) / "engine.sock"))
    return Endpoint(directory=directory, port=_free_port(), api_key=secrets.token_urlsafe(32))


def _create_directory() -> str:
    """A 0700 directory that names its owner, so that one whose owner was killed can be swept away later."""
    prefix = f"{_PREFIX}{os.getpid()}-"
    directory = tempfile.mkdtemp(prefix=prefix)
    if len(os.fsencode(directory)) + len("/engine.sock") <= _LONGEST_SOCKET_PATH or sys.platform == "win32":
        return directory
    shutil.rmtree(directory)
    return tempfile.mkdtemp(prefix=prefix, dir="/tmp")


def sweep_abandoned_directories() -> None:
    """Remove the directories of workers that were killed before they could do it themselves."""
    import psutil  # here, as the engine process imports this module and has no use for it

    for directory in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*-*"):
        owner = directory.name.removeprefix(_PREFIX).partition("-")[0]
        if owner.isdigit() and not psutil.pid_exists(int(owner)):
            shutil.rmtree(directory, ignore_errors=True)


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
