"""One streamed piece of an answer, the same whether it came from the chat or the completion endpoint."""

from __future__ import annotations

from msgspec import Struct, field, json


class PromptProgress(Struct, frozen=True):
    """Prompt tokens: in all, taken from the cache, and ready so far (cached ones included)."""

    total: int = 0
    cache: int = 0
    processed: int = 0


class EngineTimings(Struct, frozen=True):
    """The engine's own counts and clocks of one request; times in milliseconds."""

    cache_n: int = 0
    prompt_n: int = 0
    prompt_ms: float = 0.0
    predicted_n: int = 0
    predicted_ms: float = 0.0
    draft_n: int = 0
    draft_n_accepted: int = 0


class ToolCallFunction(Struct, frozen=True):
    name: str | None = None
    arguments: str = ""


class ToolCallDelta(Struct, frozen=True):
    """A piece of a call: the name comes once, the arguments are JSON text in pieces."""

    index: int = 0
    id: str | None = None
    function: ToolCallFunction = ToolCallFunction()


class TokenProbability(Struct, frozen=True):
    """A token that could have come: its id, its text and the natural logarithm of its probability."""

    id: int
    token: str = ""
    logprob: float = 0.0


class SampledToken(TokenProbability, frozen=True):
    """The token that came, and the likeliest ones in its place, which are known when `n_probs` was asked for."""

    top_logprobs: tuple[TokenProbability, ...] = ()


class Chunk(Struct, frozen=True):
    """What one server-sent event says; fields that it does not mention keep their defaults.

    `finish_reason` is the engine's ("stop", "length", "tool_calls"), `stop_sequence` the text that ended it.
    `completion_id` is what the engine calls the chat.
    """

    text: str = ""
    reasoning: str = ""
    tool_calls: tuple[ToolCallDelta, ...] = ()
    finish_reason: str | None = None
    stop_sequence: str | None = None
    prompt_progress: PromptProgress | None = None
    timings: EngineTimings | None = None
    tokens: tuple[SampledToken, ...] = ()
    completion_id: str = ""


class ChatDelta(Struct):
    """What an event of a chat adds."""

    content: str | None = None
    reasoning_content: str | None = None
    tool_calls: tuple[ToolCallDelta, ...] = ()


class ChatLogprobs(Struct):
    """The tokens of this event."""

    content: tuple[SampledToken, ...] = ()


class ChatChoice(Struct):
    """One answer of possibly several, as far as this event goes."""

    delta: ChatDelta
    finish_reason: str | None = None
    logprobs: ChatLogprobs | None = None


class Verbose(Struct):
    """What the engine says beyond OpenAI's fields when it is asked to be verbose."""

    stop_type: str = ""
    stopping_word: str = ""


class ChatEvent(Struct, rename={"verbose": "__verbose"}):
    """An event of `/v1/chat/completions` as the engine sends it."""

    id: str = ""
    choices: list[ChatChoice] = field(default_factory=list)
    prompt_progress: PromptProgress | None = None
    timings: EngineTimings | None = None
    verbose: Verbose | None = None


class _CompletionEvent(Struct):
    content: str = ""
    stop: bool = False
    stop_type: str = ""
    stopping_word: str = ""
    prompt_progress: PromptProgress | None = None
    timings: EngineTimings | None = None
    completion_probabilities: tuple[SampledToken, ...] = ()
    tokens: tuple[int, ...] = ()

    @property
    def sampled(self) -> tuple[SampledToken, ...]:
        """The tokens of this event, of which only the ids are known where no probabilities were asked for, and of those
        that were drafted."""
        return self.completion_probabilities or tuple(map(SampledToken, self.tokens))


_decode_chat = json.Decoder(ChatEvent).decode
_decode_completion = json.Decoder(_CompletionEvent).decode
_FINISH_REASONS = {"eos": "stop", "word": "stop", "limit": "length"}


def parse_chat_chunk(event: bytes) -> Chunk:
    """An event of `/v1/chat/completions`."""
    data = _decode_chat(event)
    choice = data.choices[0] if data.choices else ChatChoice(ChatDelta())
    return Chunk(
        text=choice.delta.content or "",
        reasoning=choice.delta.reasoning_content or "",
        tool_calls=choice.delta.tool_calls,
        finish_reason=choice.finish_reason,
        stop_sequence=(data.verbose.stopping_word or None) if data.verbose else None,
        prompt_progress=data.prompt_progress,
        timings=data.timings,
        tokens=choice.logprobs.content if choice.logprobs else (),
        completion_id=data.id,
    )


def parse_completion_chunk(event: bytes) -> Chunk:
    """An event of `/completion`."""
    data = _decode_completion(event)
    return Chunk(
        text=data.content,
        finish_reason=_FINISH_REASONS.get(data.stop_type, "stop") if data.stop else None,
        stop_sequence=data.stopping_word or None,
        prompt_progress=data.prompt_progress,
        timings=data.timings,
        tokens=data.sampled,
    )
