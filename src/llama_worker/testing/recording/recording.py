"""A reply function that asks a real model once, and a file ever after."""

from __future__ import annotations

import asyncio
import json
import threading
from collections import Counter
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self

from msgspec import structs

from ..guard import unguarded
from ..script.replies import FakeCall, FakeReply
from ..script.request import FakeRequest
from .file import Answered, Recorded, RecordedReply, asked_of, read_recording, write_recording

if TYPE_CHECKING:
    from ...sync import LlamaWorker, Model
    from ...worker.reply import Reply

Mode = Literal["none", "once", "new", "all"]
# Of what an engine is sent, the options that a person gave.
_SAMPLING = ("temperature", "top_k", "top_p", "min_p")


class NotRecorded(Exception):
    """The file has no answer to this request, and no real model is to be asked."""


class Recording(AbstractContextManager["Recording"]):
    """To be given to a `FakeModel` as its reply: says what the real model `model` says, loaded with `options`, and
    keeps that in the file `path`.

    `mode`: "once" (default) asks the real model when there is no file yet, "none" never, "new" for what the file does
    not hold, "all" for everything, which writes the file anew. An answer is found by the messages, the functions, and
    the form that it is to have; asked again in the same words, the answers come in the order in which they were
    recorded, and the last one remains.
    """

    def __init__(self, path: str | Path, model: str, *, mode: Mode = "once", **options: Any) -> None:
        self._path = Path(path)
        self._name = model
        self._options = options
        self._asks = mode in ("new", "all") or (mode == "once" and not self._path.exists())
        self._recorded = Recorded(model) if mode == "all" or not self._path.exists() else read_recording(self._path)
        self._given: Counter[str] = Counter()
        self._lock, self._loading, self._writing = (threading.Lock() for _ in range(3))
        self._worker: LlamaWorker | None = None
        self._model: Model | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the real model, if one was asked."""
        if self._worker:
            self._worker.cleanup()
        self._worker = self._model = None

    async def __call__(self, request: FakeRequest) -> FakeReply:
        """The answer to a request. Raises `NotRecorded`, and what a real model raises."""
        asked = asked_of(request)
        with self._lock:
            known = [one for one in self._recorded.answers if one.request.key == asked.key]
            at, self._given[asked.key] = self._given[asked.key], self._given[asked.key] + 1
        if at < len(known) or (known and not self._asks):
            return known[min(at, len(known) - 1)].reply.fake()
        self._must_ask(request.text)
        reply = await asyncio.to_thread(self._ask, request)
        with self._lock:
            self._recorded.answers.append(Answered(asked, reply))
        await asyncio.to_thread(self._write)
        return reply.fake()

    async def embed(self, text: str) -> list[float]:
        """The real model's vector of a text, to be given to a `FakeModel` of the kind "embedding" as its `embed`; of
        length 1. Raises `NotRecorded`, and what a real model raises."""
        with self._lock:
            known = self._recorded.vectors.get(text)
        if known is not None:
            return known
        self._must_ask(text)
        vector = await asyncio.to_thread(self._vector, text)
        with self._lock:
            self._recorded.vectors[text] = vector
        await asyncio.to_thread(self._write)
        return vector

    async def rank(self, query: str, document: str) -> float:
        """Likewise the real model's score of a document, as a `FakeModel`'s `rank`."""
        with self._lock:
            known = self._recorded.scores.get(query, {}).get(document)
        if known is not None:
            return known
        self._must_ask(query)
        score = await asyncio.to_thread(lambda: float(self._real().rerank(query, [document])[0].score))
        with self._lock:
            self._recorded.scores.setdefault(query, {})[document] = score
        await asyncio.to_thread(self._write)
        return score

    def _vector(self, text: str) -> list[float]:
        return [round(float(number), 6) for number in self._real().embed(text)]

    def _must_ask(self, text: str) -> None:
        if not self._asks:
            raise NotRecorded(
                f"{self._path} has no answer to {text[:80]!r}: run the tests with --llama-record=new, or make the "
                'Recording with mode="new".'
            )

    def _write(self) -> None:
        with self._writing:
            write_recording(self._path, self._recorded)

    def _ask(self, request: FakeRequest) -> RecordedReply:
        """The real model's answer; in a thread."""
        model = self._real()
        options = {name: request.body[name] for name in _SAMPLING if name in request.body}
        if request.max_tokens is not None:
            options["max_tokens"] = request.max_tokens
        if request.schema is not None:
            options["json_schema"] = request.schema
        elif request.grammar is not None:
            options["grammar"] = request.grammar
        if not request.messages:
            return _recorded(model.complete(request.prompt, **options).result())
        if request.begun:
            options["response_prefix"] = request.begun
        if request.tools:
            options |= {
                "functions": [_function(tool) for tool in request.tools],
                "function_choice": request.tool_choice,
            }
        reply = model.chat(request.messages, **options).result()
        return _recorded(structs.replace(reply, text=reply.text.removeprefix(request.begun)))

    def _real(self) -> Model:
        from ...sync import LlamaWorker

        with self._loading:
            if self._model is None:
                self._worker = LlamaWorker()
                with unguarded():
                    self._model = self._worker.load_model(self._name, **self._options)
            return self._model


def _function(tool: dict[str, Any]) -> dict[str, Any]:
    function: dict[str, Any] = tool["function"]
    return function


def _read(arguments: Any) -> Any:
    """Arguments that a person can read, where they are JSON."""
    try:
        read = json.loads(arguments) if isinstance(arguments, str) else arguments
    except ValueError:
        return arguments
    return read if isinstance(read, dict) else arguments


def _recorded(reply: Reply) -> RecordedReply:
    return RecordedReply(
        text="" if reply.tool_calls else reply.text,
        reasoning=reply.reasoning,
        calls=tuple(FakeCall(call.name, _read(call.arguments)) for call in reply.tool_calls),
        finish_reason=reply.finish_reason if reply.finish_reason == "length" else None,
        prompt_tokens=reply.usage.prompt_tokens,
        completion_tokens=reply.usage.completion_tokens,
    )
