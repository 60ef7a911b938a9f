"""The one place where what was asked becomes a request to the engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from ..engine.chunks import Chunk, parse_chat_chunk, parse_completion_chunk
from ..engine.engine import Engine
from ..errors import InvalidOptionsError
from ..options import PromptOptions
from .grammars import find_grammar
from .history import Message
from .said import Said
from .sampling import FORWARDED_AS_SAMPLING, sampling_fields
from .token_bias import resolve_bias
from .tokens import render

# What becomes of each option that is no sampler's; `sampling.py` accounts for the others. A test walks all of them.
FORWARDED_HERE = frozenset(
    {
        "max_tokens",
        "stop_sequences",
        "response_prefix",
        "grammar",
        "json_schema",
        "logprobs",
        "function_choice",
        "max_parallel_function_calls",
        "reasoning_budget",
        "cache_prompt",
        "chat_template_options",
        "engine_options",
        *FORWARDED_AS_SAMPLING,
    }
)
HANDLED_ELSEWHERE = {
    "system_prompt": "model.py, worker.py",
    "trim_whitespace_suffix": "generation.py",
    "max_function_rounds": "turn.py",
    "function_timeout": "toolbox.py",
    "on_function_error": "toolbox.py",
    "evaluation_priority": "slot_queue.py",
    "stop_on_abort": "operation.py",
}


# What llama-worker itself relies on in the engine's requests and answers.
_OWNED = frozenset(
    {
        "messages",
        "prompt",
        "stream",
        "return_progress",
        "timings_per_token",
        "verbose",
        "n",
        "n_cmpl",
        "n_probs",
        "tools",
        "id_slot",
        "response_fields",
        "echo",
    }
)


class Asked(Struct, frozen=True, kw_only=True):
    """What is asked for, the same before and after a pause.

    Either `messages` (answered with the model's chat template) or `prompt` (continued as it stands).
    `tools` are function definitions in the field's usual form.
    """

    options: PromptOptions
    messages: tuple[Message, ...] | None = None
    prompt: str = ""
    tools: tuple[dict[str, Any], ...] = ()
    tool_choice: str = "auto"
    schema: dict[str, Any] | None = None


class Request(Struct, frozen=True):
    """What is sent where, and how its answer reads."""

    path: str
    body: dict[str, Any]
    parse: Callable[[bytes], Chunk]


def check_options(options: PromptOptions) -> None:
    """Raises `InvalidOptionsError` for what no single field can know to be wrong."""
    if options.grammar is not None:
        find_grammar(options.grammar)
    if options.grammar is not None and options.json_schema is not None:
        raise InvalidOptionsError("A grammar and a schema cannot both decide the form.", path="grammar")
    if owned := _OWNED & options.engine_options.keys():
        name = min(owned)
        raise InvalidOptionsError(f"The engine's field {name!r} is set by llama-worker.", path="engine_options")


async def build_request(asked: Asked, said: Said, engine: Engine) -> Request:
    """A request for what is missing from the answer of which `said` is there already."""
    body = sampling_fields(asked.options, engine.settings.context_size, said.tokens) | _common_fields(asked, said)
    if asked.options.token_bias:
        body["logit_bias"] = await resolve_bias(asked.options.token_bias, engine)
    if asked.messages is None:
        return _completion([asked.prompt + asked.options.response_prefix], asked, said, body)
    if _is_plain_text(asked, said):
        rendered = await render(engine, _with_prefix(asked), asked.options.chat_template_options)
        return _completion([rendered], asked, said, body)
    return _chat(asked, said, body)


def _is_plain_text(asked: Asked, said: Said) -> bool:
    """Whether the answer goes on as mere text.

    The chat endpoint is needed to tell reasoning and function calls from text. It can go on with a text too, but
    it tokenizes the text anew, and cannot go on within a grammar of the caller's.
    """
    if asked.tools or said.reasoning:
        return False
    return bool(said) or bool(asked.options.grammar and asked.options.response_prefix)


def _with_prefix(asked: Asked) -> list[Message]:
    messages = list(asked.messages or ())
    if asked.options.response_prefix:
        messages.append({"role": "assistant", "content": asked.options.response_prefix})
    return messages


def _completion(before: list[int | str], asked: Asked, said: Said, body: dict[str, Any]) -> Request:
    body["prompt"] = [*before, *said.pieces] if said.pieces else before[0]
    if "grammar" in body or "json_schema" in body:
        # Both describe the whole answer, so the engine's parser must first read what is there already; it does so
        # only for grammars that it takes for its own.
        body["generation_prompt"] = asked.options.response_prefix + said.text
        body["grammar_type"] = "tool_calls"
    return Request("/completion", _with_engine_options(body, asked), parse_completion_chunk)


def _chat(asked: Asked, said: Said, body: dict[str, Any]) -> Request:
    body["messages"] = _with_prefix(asked) if not said else [*(asked.messages or ()), _spoken(asked, said)]
    body["chat_template_kwargs"] = asked.options.chat_template_options
    body["verbose"] = bool(asked.options.stop_sequences)  # the last chunk then names the text that ended the answer
    if asked.tools:
        body["tools"] = list(asked.tools)
        body["tool_choice"] = asked.tool_choice
        body["parallel_tool_calls"] = asked.options.max_parallel_function_calls != 1
    if asked.options.reasoning_budget is not None:
        body["reasoning_budget_tokens"] = asked.options.reasoning_budget
    return Request("/v1/chat/completions", _with_engine_options(body, asked), parse_chat_chunk)


def _spoken(asked: Asked, said: Said) -> Message:
    message: Message = {"role": "assistant", "content": asked.options.response_prefix + said.text}
    if said.reasoning:
        message["reasoning_content"] = said.reasoning
    return message


def _common_fields(asked: Asked, said: Said) -> dict[str, Any]:
    options = asked.options
    fields: dict[str, Any] = {
        "max_tokens": options.max_tokens - said.tokens if options.max_tokens else 0,
        "cache_prompt": options.cache_prompt,
        "timings_per_token": True,  # counts and speed stay exact for an answer that is aborted
    }
    if options.stop_sequences:
        fields["stop"] = list(options.stop_sequences)
    if options.grammar is not None:
        fields["grammar"] = find_grammar(options.grammar)
    if asked.schema is not None:
        fields["json_schema"] = asked.schema
    return fields | _token_fields(options)


def _token_fields(options: PromptOptions) -> dict[str, Any]:
    """Ask for the id of each token, and for the probabilities that the caller wants to see."""
    if options.logprobs:
        return {"n_probs": options.logprobs}
    if options.top_k == 0 or options.mirostat:
        return {}  # the engine would sort its whole vocabulary for each token
    return {"n_probs": 1, "post_sampling_probs": True}


def _with_engine_options(body: dict[str, Any], asked: Asked) -> dict[str, Any]:
    return body | asked.options.engine_options
