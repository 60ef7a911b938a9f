"""Which servers run: each says so in a file of the state folder, for as long as it does."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import msgspec
import psutil
from msgspec import Struct

from ...config.folders import state_folder
from ...options.server import DEFAULT_PORT

DEFAULT_URL = f"http://127.0.0.1:{DEFAULT_PORT}"
_LARGEST = 64 << 10


class RunningServer(Struct, frozen=True, rename="camel"):
    """`created` is when its process began, by which another one with the same `pid` is known to be another; both times
    are Unix'. `log` is the file that it writes, if it does."""

    pid: int
    created: float
    url: str
    started: float
    log: str | None = None

    @property
    def process(self) -> psutil.Process | None:
        """Its process, while it runs."""
        try:
            found = psutil.Process(self.pid)
            same = abs(found.create_time() - self.created) < 1 and found.status() != psutil.STATUS_ZOMBIE
            return found if same else None
        except psutil.Error:
            return None


@contextlib.contextmanager
def announced(url: str, started: float, log: Path | None) -> Iterator[None]:
    """Say that a server runs here until the block ends. Where that cannot be written it runs all the same."""
    own = psutil.Process()
    server = RunningServer(own.pid, own.create_time(), _reachable(url), started, str(log) if log else None)
    file = _folder() / f"{own.pid}.json"
    with contextlib.suppress(OSError):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.write_bytes(msgspec.json.encode(server))
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            file.unlink()


def running_servers() -> list[RunningServer]:
    """Those that run, the newest first; what others left behind is swept away."""
    found = []
    for file in _files():
        server = _read(file)
        if server is not None and server.process is not None:
            found.append(server)
        else:
            with contextlib.suppress(OSError):
                file.unlink()
    return sorted(found, key=lambda server: -server.started)


def chosen_server(url: str | None) -> RunningServer | None:
    """The one at `url`, else the only one; None when there is none.

    Raises `click.UsageError` when several run and `url` does not say which.
    """
    servers = running_servers()
    if url is not None:
        return next((server for server in servers if same_address(server.url, url)), None)
    if len(servers) > 1:
        raise click.UsageError(f"Several servers run, say which: {_choices(servers)}.")
    return servers[0] if servers else None


def chosen_url(url: str | None) -> str:
    """Where to ask: `url`, else the only server's address, else the usual one. Raises as `chosen_server`."""
    if url is not None:
        return url.rstrip("/")
    server = chosen_server(None)
    return server.url if server else DEFAULT_URL


def same_address(one: str, other: str) -> bool:
    return _plain(one) == _plain(other)


def _reachable(url: str) -> str:
    """One that listens everywhere is asked on this machine."""
    return url.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//localhost:")


def _plain(url: str) -> str:
    return url.rstrip("/").removeprefix("http://").replace("localhost:", "127.0.0.1:")


def _choices(servers: Sequence[RunningServer]) -> str:
    return " or ".join(f"--url {server.url}" for server in servers)


def _folder() -> Path:
    return state_folder() / "servers"


def _files() -> list[Path]:
    try:
        return [file for file in _folder().iterdir() if file.suffix == ".json"]
    except OSError:
        return []


def _read(file: Path) -> RunningServer | None:
    try:
        with file.open("rb") as opened:
            return msgspec.json.decode(opened.read(_LARGEST), type=RunningServer)
    except (OSError, msgspec.MsgspecError):
        return None
