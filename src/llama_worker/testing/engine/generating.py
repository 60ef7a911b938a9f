"""One answer of the scripted engine, from what was asked to its last event."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from msgspec import json

from ...engine.settings import EngineSettings
from ..script.faults import ContextOverflows, EngineDies, EngineRefuses, Fault, MalformedCall
from ..script.replies import FakeReply
from .asked import Asked
from .connection import Answer
from .forms import Ending, Form, Spoken, form_of
from .process import HostedProcess
from .slots import HeldTexts
from .speaking import Struck, spoken
from .tokens import VOCABULARY_OF_ALL

_MALFORMED = "The model produced output that does not match the expected peg-native format"


class Refused(Exception):
    """The engine answers with an error."""

    def __init__(self, status: int, error: dict[str, Any]) -> None:
        super().__init__(status, error)
        self.status, self.error = status, {"code": status, **error}

    @property
    def body(self) -> bytes:
        return json.encode({"error": self.error})


def too_long(tokens: int, context: int) -> Refused:
    """In the words of llama-server."""
    message = f"request ({tokens} tokens) exceeds the available context size ({context} tokens), try increasing it"
    counts = {"n_prompt_tokens": tokens, "n_ctx": context}
    return Refused(400, {"type": "exceed_context_size_error", "message": message, **counts})


class Generating:
    """`said` is the text so far, `tokens` how many it has, with reasoning and calls; `ended`: all of it was said."""

    def __init__(self, asked: Asked, path: str, settings: EngineSettings, slots: HeldTexts, index: int) -> None:
        self.said = ""
        self.ended = False
        self._asked = asked
        self._slots = slots
        self.slot = slots.choose(asked.body.get("id_slot"))
        self._cached = slots.cached(self.slot, asked.prompt) if asked.body.get("cache_prompt", True) else 0
        self._form: Form = form_of(path, asked.body, settings.alias, self.slot, index)
        self._last = index == asked.answers - 1
        room = settings.context_size - asked.tokens
        self._most = room if asked.most is None else min(asked.most, room)
        self._stops = [asked.body["stop"]] if isinstance(asked.body.get("stop"), str) else asked.body.get("stop") or []
        self._counts = FakeReply()
        self.tokens = 0
        self._times = [time.monotonic()] * 2
        self._called = False

    async def run(self, reply: FakeReply, said: int, reasoned: int, answer: Answer, process: HostedProcess) -> None:
        """Say it all. Raises `Refused` when there is nothing yet that was said."""
        self._counts = reply
        if reply.fault and not reply.fault.after:
            await self._refuse_at_once(reply.fault)
        await self._begin(answer)
        try:
            ending = await self._say(reply, said, reasoned, answer)
        except Struck as struck:
            await self._strike(struck.fault, answer, process)
            return
        await self.end(ending, answer)

    async def read_only(self, answer: Answer) -> None:
        """Read the prompt and say nothing."""
        await self._begin(answer)
        await self.end(Ending("length"), answer)

    async def end(self, ending: Ending, answer: Answer) -> None:
        self.ended = True
        done = self._form.done if self._last else []
        for event in [*self._form.end(ending, self._timings()), *done]:
            await answer.event(event)
        if self._last:
            await answer.end()

    async def _begin(self, answer: Answer) -> None:
        await answer.begin()
        timings = self._timings()
        total = timings["cache_n"] + timings["prompt_n"]
        progress = {"total": total, "cache": timings["cache_n"], "processed": total, "time_ms": 0}
        await answer.event(self._form.progress(progress, timings))

    async def _say(self, reply: FakeReply, said: int, reasoned: int, answer: Answer) -> Ending:
        async for piece in spoken(reply, said, reasoned, as_text=not self._asked.is_chat):
            piece, ending = self._cut(piece)
            if piece.text or piece.name:
                self._take(piece)
                await answer.event(self._form.piece(piece, self._timings()))
            if ending:
                return ending
        return Ending(reply.finish_reason or ("tool_calls" if self._called else "stop"))

    def _take(self, piece: Spoken) -> None:
        self.tokens += len(VOCABULARY_OF_ALL.tokenize(piece.text))
        self._times[1] = time.monotonic()
        self._called = self._called or piece.call is not None
        if not piece.reasoning:
            self.said += piece.text

    def _cut(self, piece: Spoken) -> tuple[Spoken, Ending | None]:
        """The piece as far as it may be said, and how the answer ends if it ends with that."""
        tokens = VOCABULARY_OF_ALL.tokenize(piece.text)
        left = self._most - self.tokens
        if len(tokens) > left:
            text = VOCABULARY_OF_ALL.detokenize(tokens[:left])
            return Spoken(text, piece.reasoning, piece.call, piece.name), Ending("length")
        for stop in self._stops if piece.call is None and not piece.reasoning else ():
            at = (self.said + piece.text).find(stop)
            if at >= 0:
                return Spoken(piece.text[: max(0, at - len(self.said))]), Ending("stop", stop)
        return piece, None

    def _timings(self) -> dict[str, Any]:
        prompt = self._asked.tokens if self._counts.prompt_tokens is None else self._counts.prompt_tokens
        cached = min(self._cached, prompt)
        told = self._counts.completion_tokens
        generated = self.tokens if told is None else min(told, self.tokens) if self.tokens == 0 else told
        seconds = self._times[1] - self._times[0]
        return {
            "cache_n": cached,
            "prompt_n": prompt - cached,
            "prompt_ms": 0.0,
            "predicted_n": generated,
            "predicted_ms": seconds * 1000,
        }

    async def _refuse_at_once(self, fault: Fault) -> None:
        if isinstance(fault, EngineRefuses):
            raise Refused(fault.status, {"type": fault.kind, "message": fault.message})
        if isinstance(fault, ContextOverflows):
            context = fault.context_size or self._asked.tokens + self._most
            raise too_long(fault.prompt_tokens or context + 1, context)

    async def _strike(self, fault: Fault, answer: Answer, process: HostedProcess) -> None:
        if isinstance(fault, EngineDies):
            process.write_log(*fault.log)
            process.die(signal=None if fault.exit_code is not None else fault.signal, exit_code=fault.exit_code)
        elif isinstance(fault, MalformedCall):
            await self._misspell(fault, answer)
        elif isinstance(fault, EngineRefuses):
            await self._fail(Refused(fault.status, {"type": fault.kind, "message": fault.message}), answer)
        elif isinstance(fault, ContextOverflows):
            await self._fail(
                Refused(500, {"type": "server_error", "message": "Context size has been exceeded."}), answer
            )
        else:
            await asyncio.get_running_loop().create_future()  # until whoever waits leaves

    async def _misspell(self, fault: MalformedCall, answer: Answer) -> None:
        for piece in (Spoken("", call=0, name=fault.name), Spoken(fault.arguments, call=0)):
            self._take(piece)
            await answer.event(self._form.piece(piece, self._timings()))
        await self._fail(Refused(500, {"type": "server_error", "message": _MALFORMED}), answer)

    async def _fail(self, refused: Refused, answer: Answer) -> None:
        await answer.refuse(refused.status, refused.body)
