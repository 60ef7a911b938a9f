"""The programs behind two doors under torture: `llama-worker serve` and `llama-worker stdio`."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import msgspec

from tests.http.server import Address, exchange, fetch, request
from tests.ports.talk import TERMINAL

from ..attempt import LONGEST_SECONDS, UNTYPED, Outcome

GOOD_EVERY = 10
_HELLO = {"model": "good", "messages": [{"role": "user", "content": "la li"}], "max_tokens": 2}
_GOOD = request("POST", "/v1/chat/completions", _HELLO)


class Program:
    """A `llama-worker` process; whatever it leaves behind lies in a folder of its own."""

    arguments: tuple[str, ...] = ()

    def __init__(self, good: Path, folder: Path) -> None:
        self.good = good
        self.folder = folder
        self.tried = 0
        self.process: asyncio.subprocess.Process | None = None

    async def running(self) -> asyncio.subprocess.Process:
        if self.process is None or self.process.returncode is not None:
            offline = {"HF_HUB_OFFLINE": "1", "TMPDIR": mkdtemp(prefix="t", dir=self.folder)}
            self.process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "llama_worker", *self.arguments),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                env=os.environ | offline,
                cwd=mkdtemp(prefix="c", dir=self.folder),
                limit=1 << 26,
            )
            await self.begin(self.process)
        return self.process

    async def begin(self, process: asyncio.subprocess.Process) -> None:
        """What is to be done with a new one."""

    async def tell(self, name: str, data: bytes) -> Outcome:
        """What comes of one hostile piece of input, and then of a good one."""
        process = await self.running()
        self.tried += 1
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                outcome = await self.asked(process, name, data)
                if self.tried % GOOD_EVERY == 0 and not outcome.violation:
                    outcome.violation = await self.still_good(process)
        except TimeoutError:
            process.kill()
            await process.wait()
            outcome = Outcome(name, "hang", violation="no answer")
        if process.returncode is not None and not outcome.violation:
            outcome.violation = f"the program ended with {process.returncode}"
        return outcome

    async def asked(self, process: asyncio.subprocess.Process, name: str, data: bytes) -> Outcome:
        raise NotImplementedError

    async def still_good(self, process: asyncio.subprocess.Process) -> str:
        raise NotImplementedError

    async def close(self) -> str:
        """End it; what it leaves behind is told."""
        if self.process is not None and self.process.returncode is None:
            self.end(self.process)
            await asyncio.wait_for(self.process.communicate(), LONGEST_SECONDS)
        left = [path.name for path in self.folder.glob("t*/llama-worker-*")]
        return f"left behind: {left}" if left else ""

    def end(self, process: asyncio.subprocess.Process) -> None:
        process.terminate()


class HttpServer(Program):
    """`llama-worker serve`; a request is its bytes."""

    def __init__(self, good: Path, folder: Path) -> None:
        super().__init__(good, folder)
        self.arguments = ("serve", "--port", "0", "--data", ":memory:", "--model", f"good={good}")
        self._address = Address(0)

    async def begin(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout
        while not (found := re.search(rb"http://localhost:(\d+)", line := await process.stdout.readline())):
            assert line, "the server did not begin"
        self._address = Address(int(found[1]))

    async def asked(self, process: asyncio.subprocess.Process, name: str, data: bytes) -> Outcome:
        try:
            answer = await exchange(self._address, data)
        except (OSError, IndexError, ValueError) as error:  # a refusal may come while the rest is still sent
            lost = name.startswith("any/http raw/") or isinstance(error, ConnectionError)
            return Outcome(name, "connection closed", violation="" if lost else f"no answer: {error!r}")
        code, message = _error_of(answer.body)
        wrong = answer.status == 500 and code in ("internal_error", UNTYPED, "engine_died", "")
        told = message[:300].encode(errors="backslashreplace").decode()
        return Outcome(name, f"http {answer.status}", message=told, violation=f"{code}: {told}" if wrong else "")

    async def still_good(self, process: asyncio.subprocess.Process) -> str:
        answer = await exchange(self._address, _GOOD)
        health = await fetch(self._address, "GET", "/health")
        return "" if answer.status == health.status == 200 else f"a good request fails: {answer.body[:300]!r}"


def _error_of(body: bytes) -> tuple[str, str]:
    try:
        error = msgspec.json.decode(body)["error"]
        return str(error.get("code") or error.get("type")), str(error.get("message"))
    except (ValueError, KeyError, TypeError, AttributeError):
        return "", body[:200].decode(errors="replace")


class StdioProgram(Program):
    """`llama-worker stdio`; a request is a line."""

    arguments = ("stdio",)

    async def asked(self, process: asyncio.subprocess.Process, name: str, data: bytes) -> Outcome:
        await _send(process, {"type": "init", "id": "i"})
        await _send(
            process, {"type": "load_model", "id": "m", "modelPath": str(self.good), "options": {"contextSize": 256}}
        )
        await _send(process, {"type": "create_context", "id": "c"})
        assert process.stdin
        process.stdin.write(data + b"\n")
        await _send(process, {"type": "list_models", "id": "after"})
        ends = {"hostile"} if _is_request(data) else set()
        heard = await _until(process, {"after", *ends})
        last = [message for message in heard if message.get("id") == "hostile" and message["type"] in TERMINAL]
        told = last[0] if last else {"type": "refused"}
        await _send(process, {"type": "abort", "id": "a"})
        await _until(process, {"a"})
        code = str(told.get("code", told["type"]))
        wrong = f"{len(last)} ends" if len(last) > 1 else ""
        message = str(told.get("message", ""))[:300].encode(errors="backslashreplace").decode()
        wrong = wrong or (f"{code}: {message}" if code in (UNTYPED, "engine_died", "internal_error") else "")
        return Outcome(name, code, message=message, violation=wrong)

    async def still_good(self, process: asyncio.subprocess.Process) -> str:
        await _send(process, {"type": "init", "id": "i"})
        await _send(process, {"type": "load_model", "id": "good", "modelPath": str(self.good)})
        await _send(process, {"type": "complete", "id": "said", "prompt": "la", "options": {"maxTokens": 2}})
        heard = await _until(process, {"good", "said"})
        errors = [one for one in heard if one["type"] == "error"]
        return f"a good request fails: {errors}" if errors or not heard else ""

    def end(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin
        process.stdin.close()


async def _send(process: asyncio.subprocess.Process, message: dict[str, Any]) -> None:
    assert process.stdin
    process.stdin.write(msgspec.json.encode(message) + b"\n")
    await process.stdin.drain()


async def _until(process: asyncio.subprocess.Process, ids: set[str]) -> list[dict[str, Any]]:
    """All messages up to the ends of these requests; those of a program that has ended."""
    assert process.stdout
    heard: list[dict[str, Any]] = []
    while ids and (line := await process.stdout.readline()):
        heard.append(message := msgspec.json.decode(line))
        if message["type"] in TERMINAL:
            ids.discard(message.get("id"))
    if ids:
        await process.wait()
    return heard


def _is_request(data: bytes) -> bool:
    """Whether it can be read at all; what cannot be has no id to be answered under."""
    try:
        return bool(msgspec.json.decode(data)["id"] == "hostile")
    except (ValueError, KeyError, TypeError, RecursionError, IndexError):
        return False
