"""llama.cpp's own server on a Unix socket, in a child process, for checks and evaluation."""

import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

CHILD = """
import sys, time, xllamacpp
params = xllamacpp.CommonParams()
params.model.path, params.hostnames = sys.argv[1], [sys.argv[2]]
params.n_ctx, params.n_parallel, params.use_jinja = int(sys.argv[3]), 1, True
params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
server = xllamacpp.Server(params)
sys.stdin.read()
"""


class EngineError(Exception):
    """Raised when the engine answers a request with an error."""


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=120)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class Engine:
    """`with Engine(path) as engine: engine.post("/v1/chat/completions", {...})`"""

    def __init__(self, model: Path, context: int = 2048) -> None:
        self._model, self._context = model, context

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory()
        self._socket = f"{self._folder.name}/engine.sock"
        self._log = Path(f"{self._folder.name}/log").open("wb")
        self._child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(self._model), self._socket, str(self._context)],
            stdin=subprocess.PIPE,
            stdout=self._log,
            stderr=self._log,
            env={**os.environ, "GOMP_SPINCOUNT": "1000", "GGML_NO_BACKTRACE": "1"},
        )
        self._wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._child.kill()
        self._child.wait()
        self._log.close()
        self._folder.cleanup()

    def log(self) -> str:
        return Path(self._log.name).read_text(errors="replace")

    def _wait(self, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                if self.request("GET", "/health")[0] == 200:
                    return
            except OSError:
                pass
            if self._child.poll() is not None:
                break
            time.sleep(0.1)
        raise RuntimeError(self.log()[-3000:])

    def request(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        connection = _UnixConnection(self._socket)
        try:
            connection.request(
                method,
                path,
                json.dumps(body) if body is not None else None,
                {"Content-Type": "application/json"},
            )
            response = connection.getresponse()
            return response.status, json.loads(response.read() or b"null")
        finally:
            connection.close()

    def post(self, path: str, body: Any) -> Any:
        status, answer = self.request("POST", path, body)
        if status != 200:
            raise EngineError(f"{path}: {status} {answer}")
        return answer

    def chat(self, messages: list[dict[str, Any]], **options: Any) -> dict[str, Any]:
        """The first choice of a chat completion: `message` and `finish_reason`."""
        choice: dict[str, Any] = self.post("/v1/chat/completions", {"messages": messages, **options})["choices"][0]
        return choice
