"""A contestant that is a server: its process, and OpenAI's routes as any client asks them, streamed.

The client is Python's own, with a connection for each request, and a thread for each of several chats.
"""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from typing import Any

from benchmarks.contestants.drivers.lines import Fields

_LONGEST_START = 120.0


class HttpServer:
    """`command` with the port in place of "PORT", started and waited for until `ready` answers."""

    def __init__(self, command: Sequence[str], ready: str) -> None:
        self._port = _free_port()
        told = [str(self._port) if word == "PORT" else word for word in command]
        self._process = subprocess.Popen(told, stdin=subprocess.DEVNULL)
        self._wait_until(ready)

    def stream(self, path: str, body: Fields) -> Iterator[Fields]:
        """The events of a streamed answer as they come. Raises RuntimeError when it is refused."""
        response = self._post(path, body | {"stream": True})
        for line in response:
            if line.startswith(b"data: ") and not line.startswith(b"data: [DONE]"):
                yield json.loads(line[6:])

    def ask(self, path: str, body: Fields) -> Any:
        """A whole answer."""
        return json.loads(self._post(path, body).read())

    def get(self, path: str) -> Any:
        connection = self._connection()
        connection.request("GET", path)
        return json.loads(connection.getresponse().read())

    def close(self) -> None:
        """End the server."""
        self._process.terminate()
        self._process.wait()

    def _post(self, path: str, body: Fields) -> http.client.HTTPResponse:
        connection = self._connection()
        connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
        response = connection.getresponse()
        if response.status >= 400:
            raise RuntimeError(f"The server refused {path}: {response.read().decode(errors='replace')}")
        return response

    def _connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self._port)

    def _wait_until(self, ready: str) -> None:
        end = time.monotonic() + _LONGEST_START
        while time.monotonic() < end and self._process.poll() is None:
            try:
                connection = self._connection()
                connection.request("GET", ready)
                if connection.getresponse().status == 200:
                    return
            except OSError:
                pass
            time.sleep(0.01)
        self._process.kill()
        raise RuntimeError("The server did not start.")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
