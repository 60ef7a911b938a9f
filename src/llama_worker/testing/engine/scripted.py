"""The scripted engine: what llama-server answers to each of its paths, of a model that is none."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Protocol

from msgspec import Struct, json

from ...engine.api import endpoints
from ...engine.settings import EngineSettings
from ..script.faults import LoadFails
from ..script.replies import FakeReply
from ..script.request import FakeRequest
from .asked import Asked, Prompts
from .connection import Answer, Request
from .generating import Generating, Refused, too_long
from .process import HostedProcess
from .slots import HeldTexts
from .template import CAPABILITIES, SOURCE
from .tokens import VOCABULARY, VOCABULARY_OF_ALL, text_of
from .vectors import as_base64

_GENERATING = (endpoints.CHAT_COMPLETIONS, endpoints.COMPLETION, endpoints.COMPLETIONS, endpoints.INFILL)
_SLOTS = "/slots"
_LOADING_STEPS = 4


class Cut(Struct, frozen=True):
    """An answer that was left before its end, which began with what was `given`. It goes on when it is asked for again
    with more of its beginning, or with the same `seed`, of which a real model says the same again."""

    reply: FakeReply
    given: str
    seed: Any

    def said_of(self, request: FakeRequest) -> int | None:
        """How many characters of it a request brings; None when that asks for another answer."""
        if not request.begun.startswith(self.given):
            return None
        said = len(request.begun) - len(self.given)
        again = self.seed is not None and request.body.get("seed") == self.seed
        return said if said or request.begun_reasoning or again else None


class Director(Protocol):
    """Who decides what a scripted engine says."""

    prompts: Prompts
    cut: dict[str, Cut]
    load_seconds: float
    load_fault: LoadFails | None
    dimensions: int

    async def reply_to(self, request: FakeRequest) -> FakeReply:
        """The next reply. Raises `Refused`."""

    async def vector(self, text: str) -> list[float]:
        """Raises `Refused`."""

    async def score(self, query: str, document: str) -> float:
        """Raises `Refused`."""


class ScriptedEngine:
    """Serves one engine's requests."""

    def __init__(self, director: Director, settings: EngineSettings) -> None:
        self._director = director
        self._settings = settings
        self._slots = HeldTexts(settings.sequences)
        self._read = self._written = 0
        self._whole: dict[str, Callable[[dict[str, Any]], Any]] = {
            endpoints.TOKENIZE: _tokenized,
            endpoints.DETOKENIZE: lambda body: {"content": VOCABULARY_OF_ALL.detokenize(body["tokens"])},
            endpoints.APPLY_TEMPLATE: lambda body: {"prompt": director.prompts.render(body)},
            endpoints.COUNT_CHAT_TOKENS: lambda body: {
                "input_tokens": len(VOCABULARY_OF_ALL.tokenize(director.prompts.render(body)))
            },
            endpoints.EMBEDDINGS: self._embedded,
            endpoints.RERANK: self._ranked,
            endpoints.CONTROL: lambda body: {"success": False},
            "/props": lambda body: {"chat_template": SOURCE, "chat_template_caps": CAPABILITIES},
            _SLOTS: lambda body: self._slots.listed(),
        }

    async def load(self, process: HostedProcess) -> None:
        """Say what a real one says while it loads."""
        step = self._director.load_seconds / _LOADING_STEPS
        for number in range(1, _LOADING_STEPS + 1):
            if step:
                await asyncio.sleep(step)
            if number == _LOADING_STEPS and (fault := self._director.load_fault):
                self._fail(process, fault)
                return
            process.say("loading", stages=["text_model"], current="text_model", value=number / _LOADING_STEPS)
        context = self._settings.context_size
        process.say("ready", meta={"n_ctx": context, "n_ctx_train": context, "n_vocab": VOCABULARY})

    def _fail(self, process: HostedProcess, fault: LoadFails) -> None:
        if fault.out_of_memory:
            process.write_log("llama_kv_cache: failed to allocate buffer for kv cache")
        process.write_log(f"0.00.001.000 E srv    load_model: {fault.message}")
        process.die(signal=fault.dies, exit_code=None if fault.dies else 1)

    async def serve(self, request: Request, answer: Answer, process: HostedProcess) -> None:
        """Answer one request."""
        path = request.path
        body = json.decode(request.body) if request.body else {}
        try:
            if path in _GENERATING:
                await self._generate(path, body, answer, process)
            elif path == endpoints.METRICS:
                await answer.whole(200, self._metrics())
            elif path.startswith(f"{_SLOTS}/"):
                await answer.whole(200, self._state(path, body, Path(process.directory)))
            elif path in self._whole:
                given = self._whole[path](body)
                await answer.whole(200, json.encode(await given if inspect.isawaitable(given) else given))
            else:
                raise Refused(404, {"type": "not_found_error", "message": "File Not Found"})
        except Refused as refused:
            await answer.refuse(refused.status, refused.body)
        except Exception as error:  # which would look like an engine that died, and is a request that nobody meant
            reason = f"the fake engine cannot answer {path}: {type(error).__name__}: {error}"
            await answer.refuse(400, Refused(400, {"type": "invalid_request_error", "message": reason}).body)

    async def _generate(self, path: str, body: dict[str, Any], answer: Answer, process: HostedProcess) -> None:
        asked = Asked(path, body, self._director.prompts)
        if asked.tokens >= self._settings.context_size:
            raise too_long(asked.tokens, self._settings.context_size)
        if not body.get("stream"):  # a sign of life that the supervision asks for
            await answer.whole(200, b"{}")
            return
        for index in range(asked.answers):
            generating = Generating(asked, path, self._settings, self._slots, index)
            await self._generated(asked, generating, answer, process)

    async def _generated(self, asked: Asked, generating: Generating, answer: Answer, process: HostedProcess) -> None:
        self._slots.begin(generating.slot)
        self._read += asked.tokens
        try:
            if asked.most == 0:
                await generating.read_only(answer)
            else:
                await self._answer(asked, generating, answer, process)
        finally:
            self._written += generating.tokens
            self._slots.end(generating.slot, asked.prompt + generating.said)

    async def _answer(self, asked: Asked, generating: Generating, answer: Answer, process: HostedProcess) -> None:
        reply, said = await self._reply(asked)
        given = asked.request.begun[: len(asked.request.begun) - said]
        skipped = said + (len(given) if reply.whole.startswith(given) else 0)
        try:
            await generating.run(reply, skipped, len(asked.request.begun_reasoning), answer, process)
        except asyncio.CancelledError:
            if not (reply.fault or generating.ended):
                self._director.cut[asked.before] = Cut(reply, given, asked.body.get("seed"))
            raise

    async def _reply(self, asked: Asked) -> tuple[FakeReply, int]:
        """What is to be said, and how many characters of it were said before."""
        cut = self._director.cut.pop(asked.before, None)
        if cut and (said := cut.said_of(asked.request)) is not None:
            return cut.reply, said
        if not asked.request.messages and (before := self._continued(asked.prompt)):
            return self._director.cut.pop(before).reply, len(asked.prompt) - len(before)
        reply = await self._director.reply_to(asked.request)
        if asked.must_call and not reply.calls and not reply.fault:
            message = f"The request demands a call, and the reply {reply.whole!r} is none: give a FakeCall."
            raise Refused(500, {"type": "server_error", "message": message})
        return reply, 0

    def _continued(self, prompt: str) -> str | None:
        """The text of which an answer was left that `prompt` goes on with."""
        cut = self._director.cut.items()
        return next((text for text, left in cut if _goes_on(prompt, text, left.reply.whole)), None)

    async def _embedded(self, body: dict[str, Any]) -> dict[str, Any]:
        given = body["input"] if isinstance(body["input"], list) else [body["input"]]
        texts = [given] if given and isinstance(given[0], int) else given
        vectors = [await self._director.vector(text_of(text)) for text in texts]
        as_text = body.get("encoding_format") == "base64"
        data = [
            {"object": "embedding", "index": index, "embedding": as_base64(vector) if as_text else vector}
            for index, vector in enumerate(vectors)
        ]
        return {"object": "list", "data": data, "usage": self._usage(map(text_of, texts))}

    async def _ranked(self, body: dict[str, Any]) -> dict[str, Any]:
        query, documents = body["query"], body["documents"]
        scores = [await self._director.score(query, document) for document in documents]
        results = [{"index": index, "relevance_score": score} for index, score in enumerate(scores)]
        return {"object": "list", "results": results, "usage": self._usage([query, *documents])}

    def _usage(self, texts: Iterable[str]) -> dict[str, Any]:
        tokens = sum(len(VOCABULARY_OF_ALL.tokenize(text)) for text in texts)
        self._read += tokens
        return {"prompt_tokens": tokens, "total_tokens": tokens}

    def _metrics(self) -> bytes:
        counts = {"prompt_tokens_total": self._read, "prompt_seconds_total": 0, "tokens_predicted_total": self._written}
        return "".join(f"llamacpp:{name} {value}\n" for name, value in counts.items()).encode()

    def _state(self, path: str, body: dict[str, Any], directory: Path) -> bytes:
        number, _, action = path.removeprefix(f"{_SLOTS}/").partition("?action=")
        file = directory / body["filename"]
        try:
            (self._slots.save if action == "save" else self._slots.restore)(int(number), file)
        except (OSError, ValueError, KeyError) as error:
            raise Refused(400, {"type": "invalid_request_error", "message": f"no such state: {error}"}) from error
        return json.encode({"id_slot": int(number), "filename": body["filename"]})


def _goes_on(prompt: str, text: str, more: str) -> bool:
    return prompt.startswith(text) and prompt != text and more.startswith(prompt[len(text) :])


def _tokenized(body: dict[str, Any]) -> dict[str, Any]:
    tokens = VOCABULARY_OF_ALL.tokenize(body["content"], special=body.get("parse_special", False))
    if not body.get("with_pieces"):
        return {"tokens": tokens}
    return {"tokens": [{"id": token, "piece": VOCABULARY_OF_ALL.piece(token)} for token in tokens]}
