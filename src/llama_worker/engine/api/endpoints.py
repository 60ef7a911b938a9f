"""Every path of llama-server that is asked, and the requests that several parts of the package make, once each.

The functions take whoever sends requests: an `Engine`, or a stand-in for one. Bodies of generations are put together
by whoever knows what is wanted (`worker/generation/request.py`, `http/dialects/`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, NamedTuple, Protocol
from weakref import WeakKeyDictionary

from msgspec import Struct, json

from ...errors import EngineRequestError
from .calls import has_calls_at_once, in_rounds, with_short_ids
from .chunks import Chunk, parse_chat_chunk, parse_completion_chunk
from .media import has_media, without_bytes

CHAT_COMPLETIONS = "/v1/chat/completions"
CONTROL = "/v1/chat/completions/control"
COUNT_CHAT_TOKENS = "/v1/chat/completions/input_tokens"
COMPLETION = "/completion"
COMPLETIONS = "/v1/completions"
INFILL = "/infill"
EMBEDDINGS = "/v1/embeddings"
RERANK = "/v1/rerank"
TOKENIZE = "/tokenize"
DETOKENIZE = "/detokenize"
APPLY_TEMPLATE = "/apply-template"
METRICS = "/metrics"
PROPS = "/props"
SLOTS = "/slots"
_NO_SUCH_ROUTE = 404

Body = dict[str, Any]
ChatMessages = Iterable[Mapping[str, Any]]


class RequestSender(Protocol):
    """Who carries requests to a running engine."""

    async def request(self, path: str, body: Body | None = None) -> bytes:
        """POST `body`, or GET without one; the whole answer."""

    def stream(self, path: str, body: Body) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """POST `body`; the answer's events as JSON texts while they come."""


_KNOWN_PROPERTIES: WeakKeyDictionary[RequestSender, Body] = WeakKeyDictionary()
_KNOWN_BLANKS: WeakKeyDictionary[RequestSender, bool] = WeakKeyDictionary()


class EngineRequest(Struct, frozen=True):
    """A request whose answer is streamed: what is sent where, and how each event reads."""

    path: str
    body: Body
    parse: Callable[[bytes], Chunk]


def chat_request(body: Body) -> EngineRequest:
    """An answer to messages, through the model's chat template."""
    return EngineRequest(CHAT_COMPLETIONS, body, parse_chat_chunk)


def completion_request(body: Body) -> EngineRequest:
    """A text continued as it stands."""
    return EngineRequest(COMPLETION, body, parse_completion_chunk)


async def tokenize(
    engine: RequestSender, text: str, *, add_special: bool = False, parse_special: bool = False
) -> list[int]:
    """The ids of the tokens of `text`.

    `add_special` puts those before it that the model wants at a beginning; `parse_special` reads texts such as
    `<|im_end|>` as the one token that they are the name of.
    """
    body = {"content": text, "add_special": add_special, "parse_special": parse_special}
    tokens: list[int] = json.decode(await engine.request(TOKENIZE, body))["tokens"]
    return tokens


async def detokenize(engine: RequestSender, tokens: Sequence[int]) -> str:
    """The text of tokens."""
    text: str = json.decode(await engine.request(DETOKENIZE, {"tokens": list(tokens)}))["content"]
    return text


async def renderable(engine: RequestSender, messages: ChatMessages) -> list[Body]:
    """The messages as the model's chat template takes them: ids of calls, and calls at once, in the form it can render.

    Every request with messages passes here, or a conversation that was begun could not go on.
    """
    fitting = with_short_ids(messages)
    if not has_calls_at_once(fitting):
        return fitting
    able = (await capabilities(engine)).get("supports_parallel_tool_calls", True)
    return fitting if able else in_rounds(fitting)


async def capabilities(engine: RequestSender) -> dict[str, bool]:
    """What the engine found that the model's chat template can render, by llama.cpp's names ("supports_tools")."""
    found: dict[str, bool] = (await _properties(engine)).get("chat_template_caps", {})
    return found


async def chat_template(engine: RequestSender) -> str:
    """The template that the engine renders conversations with."""
    template: str = (await _properties(engine)).get("chat_template", "")
    return template


async def _properties(engine: RequestSender) -> Body:
    """What the engine says of itself, asked once: it stays the same for as long as it runs."""
    if (known := _KNOWN_PROPERTIES.get(engine)) is None:
        _KNOWN_PROPERTIES[engine] = known = json.decode(await engine.request(PROPS))
    return known


async def adds_blanks(engine: RequestSender) -> bool:
    """Whether the vocabulary puts a blank before a text; asked once of each engine."""
    if (known := _KNOWN_BLANKS.get(engine)) is None:
        _KNOWN_BLANKS[engine] = known = len(await tokenize(engine, "\n")) > 1
    return known


async def apply_template(
    engine: RequestSender, messages: ChatMessages, template_options: Mapping[str, Any], **fields: Any
) -> str:
    """The text that the model's chat template makes of `messages`, with a mark for each image and sound."""
    shown = without_bytes(await renderable(engine, messages))
    body = {"messages": shown, "chat_template_kwargs": template_options, **fields}
    prompt: str = json.decode(await engine.request(APPLY_TEMPLATE, body))["prompt"]
    return prompt


async def count_chat_tokens(
    engine: RequestSender,
    messages: ChatMessages,
    template_options: Mapping[str, Any],
    tools: Sequence[Mapping[str, Any]] = (),
) -> int:
    """Tokens of a whole prompt, the beginning of the answer included, exactly as the engine will count them."""
    fields = {"tools": list(tools)} if tools else {}
    messages = list(messages)
    if has_media(messages):  # whose tokens only the engine can count
        body = {"messages": await renderable(engine, messages), "chat_template_kwargs": template_options, **fields}
        return int(json.decode(await engine.request(COUNT_CHAT_TOKENS, body))["input_tokens"])
    prompt = await apply_template(engine, messages, template_options, **fields)
    return len(await tokenize(engine, prompt, add_special=True, parse_special=True))


async def end_reasoning(engine: RequestSender, completion_id: str) -> bool:
    """Have the engine end the reasoning of a chat that was asked for with `reasoning_control`; whether it knows it. One
    that does not reason stays as it is, and so does one of a `llama-server` that has no such route."""
    body = {"id": completion_id, "action": "reasoning_end"}
    try:
        known: bool = json.decode(await engine.request(CONTROL, body)).get("success", False)
    except EngineRequestError as error:
        if error.status != _NO_SUCH_ROUTE:
            raise
        return False
    return known


async def read_into_slot(engine: RequestSender, prompt: str | Sequence[int] | Mapping[str, Any]) -> int:
    """Let the engine read a prompt and generate nothing; gives the number of the slot that holds it now."""
    slot = 0
    async with engine.stream(COMPLETION, {"prompt": prompt, "max_tokens": 0}) as events:
        async for event in events:
            slot = json.decode(event)["id_slot"]
    return slot


class TaskParameters(Struct, frozen=True):
    """What a slot was asked. Nothing that generates is asked without `stream`."""

    stream: bool = False


class Slot(Struct, frozen=True):
    """One sequence of the engine: its last task, and how many tokens it holds, those of the answer included."""

    id: int
    is_processing: bool = False
    id_task: int = -1
    n_prompt_tokens: int = 0
    params: TaskParameters = TaskParameters()


class Work(NamedTuple):
    """What the engine has done since it began: tokens read, the seconds that took, and tokens generated."""

    prompt_tokens: float
    prompt_seconds: float
    generated_tokens: float


async def slots(engine: RequestSender) -> list[Slot]:
    """All slots of the engine."""
    return json.decode(await engine.request(SLOTS), type=list[Slot])


async def work_done(engine: RequestSender) -> Work:
    """The engine's own counts; cached tokens are none that it read."""
    names = ("prompt_tokens_total", "prompt_seconds_total", "tokens_predicted_total")
    lines = (line.rpartition(" ") for line in (await engine.request(METRICS)).decode().splitlines())
    values = {name.removeprefix("llamacpp:"): value for name, _, value in lines}
    return Work(*(float(values.get(name, 0)) for name in names))


async def emptiest_slot(engine: RequestSender) -> int:
    """The number of the slot whose loss costs least: of those that compute nothing the one with the shortest prompt."""
    every = await slots(engine)
    idle = [slot for slot in every if not slot.is_processing] or every  # the engine waits for a busy one
    return min(idle, key=lambda slot: slot.n_prompt_tokens).id


class PlainRequests(Protocol):
    """Who carries a request to the engine without keeping account of it."""

    async def request(self, path: str, body: Body | None = None) -> bytes: ...


async def compute_one_token(engine: PlainRequests, *, embeds: bool) -> None:
    """The least that makes it compute; a model that `embeds` generates nothing. Every vocabulary has a token 0."""
    if embeds:
        await engine.request(EMBEDDINGS, {"input": [[0]]})
    else:
        await engine.request(COMPLETION, {"prompt": [0], "n_predict": 1, "cache_prompt": False})


async def save_slot(engine: RequestSender, slot: int, file_name: str) -> None:
    """Write what a slot holds to a file of that name in the engine's directory."""
    await engine.request(f"{SLOTS}/{slot}?action=save", {"filename": file_name})


async def restore_slot(engine: RequestSender, slot: int, file_name: str) -> None:
    """Read a slot from a file that `save_slot` wrote. Raises `EngineRequestError` when the engine refuses it."""
    await engine.request(f"{SLOTS}/{slot}?action=restore", {"filename": file_name})
