"""The same answer in the forms of llama-server's three endpoints that generate."""

from __future__ import annotations

import secrets
import time
from typing import Any, Protocol

from msgspec import Struct, json

from ...engine.api.endpoints import CHAT_COMPLETIONS, COMPLETIONS
from .tokens import VOCABULARY_OF_ALL

Object = dict[str, Any]


class Spoken(Struct, frozen=True):
    """A piece of an answer: of its text, its `reasoning`, or of the call with that number, whose `name` comes first."""

    text: str
    reasoning: bool = False
    call: int | None = None
    name: str | None = None


class Ending(Struct, frozen=True):
    """How an answer ended: "stop", "length" or "tool_calls"; `word` is the stop sequence that ended it."""

    reason: str
    word: str = ""


class Form(Protocol):
    """Events as JSON."""

    def piece(self, spoken: Spoken, timings: Object) -> bytes: ...

    def progress(self, progress: Object, timings: Object) -> bytes: ...

    def end(self, ending: Ending, timings: Object) -> list[bytes]: ...

    @property
    def done(self) -> list[bytes]:
        """What comes after all answers."""


def form_of(path: str, body: Object, model: str, slot: int, index: int) -> Form:
    """That of the endpoint that was asked, for the answer with the number `index`."""
    if path == CHAT_COMPLETIONS:
        return ChatForm(body, model, index)
    return TextForm(body, model, index) if path == COMPLETIONS else CompletionForm(body, model, slot, index)


def usage_of(timings: Object) -> Object:
    """OpenAI's counts."""
    prompt, completion = timings["cache_n"] + timings["prompt_n"], timings["predicted_n"]
    counts = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}
    return counts | {"prompt_tokens_details": {"cached_tokens": timings["cache_n"]}}


class _OfOpenAi:
    kind, prefix = "", ""

    def __init__(self, body: Object, model: str, index: int) -> None:
        self._body = body
        self._index = index
        self._about = {
            "id": f"{self.prefix}-{secrets.token_urlsafe(16)}",
            "object": self.kind,
            "created": int(time.time()),
            "model": model,
        }

    def _event(self, choices: list[Object], **more: Any) -> bytes:
        return json.encode({**self._about, "choices": choices, **more})

    def progress(self, progress: Object, timings: Object) -> bytes:
        return self._event([], prompt_progress=progress, timings=timings)

    @property
    def done(self) -> list[bytes]:
        return [b"[DONE]"]

    def _counted(self, timings: Object) -> list[bytes]:
        wanted = (self._body.get("stream_options") or {}).get("include_usage")
        return [self._event([], usage=usage_of(timings))] if wanted else []


class ChatForm(_OfOpenAi):
    """`/v1/chat/completions`."""

    kind, prefix = "chat.completion.chunk", "chatcmpl"

    def __init__(self, body: Object, model: str, index: int) -> None:
        super().__init__(body, model, index)
        self._begun = False
        self._ids: dict[int, str] = {}

    def piece(self, spoken: Spoken, timings: Object) -> bytes:
        first = {} if self._begun else {"role": "assistant"}
        self._begun = True
        choice: Object = {"index": self._index, "delta": first | self._delta(spoken), "finish_reason": None}
        if self._body.get("logprobs") or self._body.get("n_probs"):
            choice["logprobs"] = {"content": _probabilities(spoken)}
        return self._event([choice], timings=timings)

    def _delta(self, spoken: Spoken) -> Object:
        if spoken.call is not None:
            function = {"arguments": spoken.text} | ({"name": spoken.name} if spoken.name else {})
            begins = {"id": f"fake{spoken.call:05d}", "type": "function"} if spoken.name else {}
            return {"tool_calls": [{"index": spoken.call, **begins, "function": function}]}
        return {"reasoning_content" if spoken.reasoning else "content": spoken.text}

    def end(self, ending: Ending, timings: Object) -> list[bytes]:
        delta = {} if self._begun else {"role": "assistant", "content": ""}
        choice = {"index": self._index, "delta": delta, "finish_reason": ending.reason}
        verbose = {"stopping_word": ending.word}
        return [self._event([choice], timings=timings, __verbose=verbose), *self._counted(timings)]


class TextForm(_OfOpenAi):
    """`/v1/completions`."""

    kind, prefix = "text_completion", "cmpl"

    def piece(self, spoken: Spoken, timings: Object) -> bytes:
        choice: Object = {"index": self._index, "text": spoken.text, "finish_reason": None, "logprobs": None}
        if self._body.get("logprobs") or self._body.get("n_probs"):
            choice["logprobs"] = {"content": _probabilities(spoken)}
        return self._event([choice], timings=timings)

    def end(self, ending: Ending, timings: Object) -> list[bytes]:
        choice = {"index": self._index, "text": "", "finish_reason": ending.reason, "logprobs": None}
        return [self._event([choice], timings=timings, usage=usage_of(timings))]


class CompletionForm:
    """`/completion`."""

    def __init__(self, body: Object, model: str, slot: int, index: int) -> None:
        self._body = body
        self._about = {"index": index, "id_slot": slot, "model": model}

    def piece(self, spoken: Spoken, timings: Object) -> bytes:
        tokens = VOCABULARY_OF_ALL.tokenize(spoken.text)
        event = {**self._about, "content": spoken.text, "tokens": tokens, "stop": False, "timings": timings}
        if self._body.get("n_probs"):
            event["completion_probabilities"] = _probabilities(spoken)
        return json.encode(event)

    def progress(self, progress: Object, timings: Object) -> bytes:
        event = {"content": "", "stop": False, "prompt_progress": progress, "timings": timings}
        return json.encode(self._about | event)

    def end(self, ending: Ending, timings: Object) -> list[bytes]:
        kind = "word" if ending.word else "limit" if ending.reason == "length" else "eos"
        event = {"content": "", "stop": True, "stop_type": kind, "stopping_word": ending.word, "timings": timings}
        counts = {"tokens_predicted": timings["predicted_n"], "tokens_evaluated": timings["prompt_n"]}
        return [json.encode(self._about | counts | event)]

    @property
    def done(self) -> list[bytes]:
        return []


def _probabilities(spoken: Spoken) -> list[Object]:
    """Every token was certain."""
    tokens = VOCABULARY_OF_ALL.tokenize(spoken.text)
    named = [(token, VOCABULARY_OF_ALL.piece(token)) for token in tokens]
    each = [{"id": token, "token": text, "bytes": list(text.encode()), "logprob": 0.0} for token, text in named]
    return [one | {"top_logprobs": [one]} for one in each]
