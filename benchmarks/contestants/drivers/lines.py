"""The contract of a contestant: requests as JSON lines on standard input, each answered by one line."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol, runtime_checkable

Fields = dict[str, Any]


class Driver(Protocol):
    """A library as its own documentation uses it."""

    def load(self, model: str, threads: int | None, context: int, sequences: int, embeddings: bool = False) -> Fields:
        """Everything up to the first request: `versions` and `settings` of what was loaded."""

    def answer(self, prompt: str, tokens: int, cached: bool) -> Fields:
        """One text continued; what a `Stopwatch` tells."""

    def chats(self, prompts: list[str], tokens: int) -> list[Fields]:
        """Several conversations of one question each, at once where the library can."""

    def embed(self, texts: list[str]) -> None:
        """The vectors of texts, made and dropped."""

    def close(self) -> None:
        """The end, as the library wants it."""


@runtime_checkable
class InAnEventLoop(Protocol):
    """What a library for Python also tells."""

    def lateness(self, prompts: list[str], tokens: int) -> Fields:
        """How late an event loop is in which as many texts are continued."""


class Stopwatch:
    """The times of one answer, from now on."""

    def __init__(self) -> None:
        self._began = time.perf_counter()
        self._first_byte: float | None = None
        self._first_token: float | None = None

    def hear(self, text: str | None) -> None:
        """Something has come, with or without text."""
        if self._first_token is None:
            now = time.perf_counter()
            self._first_byte = self._first_byte or now
            if text:
                self._first_token = now

    def read(self, tokens: int, prompt_tokens: int | None = None, cached_tokens: int | None = None) -> Fields:
        """The answer has ended. None is what the library does not tell."""
        ended = time.perf_counter()
        first = self._first_token or ended
        return {
            "firstByte": (self._first_byte or first) - self._began,
            "firstToken": first - self._began,
            "total": ended - self._began,
            "tokens": tokens,
            "promptTokens": prompt_tokens,
            "cachedTokens": cached_tokens,
        }


class Lines:
    """Standard input and output. What else writes to standard output goes to standard error."""

    def __init__(self) -> None:
        self._out = os.fdopen(os.dup(1), "w")
        os.dup2(2, 1)

    def read(self) -> Fields | None:
        """The next request; None at the end of the input."""
        line = sys.stdin.readline()
        request: Fields | None = json.loads(line) if line else None
        return request

    def __iter__(self) -> Iterator[Fields]:
        while (request := self.read()) is not None:
            yield request

    def write(self, answer: Fields) -> None:
        print(json.dumps(answer), file=self._out, flush=True)


def at_once(ask: Callable[[str], Fields], prompts: list[str]) -> list[Fields]:
    """What each of them is answered, asked by a thread of its own. Raises what asking the first raises that fails."""
    with ThreadPoolExecutor(max(1, len(prompts))) as threads:
        return list(threads.map(ask, prompts))


def serve(driver: Driver) -> None:
    """Answer requests until the end of the input, or until asked to quit."""
    lines = Lines()
    for request in lines:
        did = request.pop("do")
        if did == "quit":
            break
        try:
            lines.write(_done(driver, did, request))
        except Exception as error:  # whatever a library raises
            lines.write({"error": f"{type(error).__name__}: {error}"})
    driver.close()
    lines.write({})


def _done(driver: Driver, did: str, request: Fields) -> Fields:
    began = time.perf_counter()
    if did == "load":
        told = driver.load(**request)
        return {"seconds": time.perf_counter() - began} | told
    if did == "answer":
        return driver.answer(**request)
    if did == "chats":
        each = driver.chats(**request)
        return {"total": time.perf_counter() - began, "each": each}
    if did == "lateness" and isinstance(driver, InAnEventLoop):
        return driver.lateness(**request)
    if did != "embed":
        raise ValueError(f"there is no request {did!r}")
    driver.embed(**request)
    return {"total": time.perf_counter() - began}
