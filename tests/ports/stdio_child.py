"""`llama-worker stdio` as a child process, spoken to in lines."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

Json = dict[str, Any]
COMMAND = (sys.executable, "-m", "llama_worker", "stdio")


class StdioChild:
    """Lines in, messages out; use it in a `with` block."""

    def __init__(self, command: tuple[str, ...] = COMMAND, **popen: Any) -> None:
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, **popen)
        self.heard: list[Json] = []

    def __enter__(self) -> StdioChild:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream:
                stream.close()

    def write(self, data: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def send(self, type: str, **fields: Any) -> None:
        self.write(json.dumps({"type": type, **fields}).encode() + b"\n")

    def read(self) -> Json:
        """The next message."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the process closed its output"
        message: Json = json.loads(line)
        self.heard.append(message)
        return message

    def until(self, type: str, **fields: Any) -> Json:
        """The next message of that type with those fields."""
        while True:
            message = self.read()
            if message["type"] == type and all(message.get(name) == value for name, value in fields.items()):
                return message

    def rest(self) -> list[Json]:
        """End the input and read to the end of the output."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        while line := self.process.stdout.readline():
            self.heard.append(json.loads(line))
        return self.heard
