"""The one place where what was asked becomes a request to the engine."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from msgspec import Struct, field, structs

from ..engine.chunks import Chunk, parse_chat_chunk, parse_completion_chunk
from ..engine.engine import Engine
from ..errors import InvalidOptionsError
from ..options import PromptOptions
from .grammars import find_grammar
from .grammars.prefix import with_beginning
from .history import Message
from .said import Said
from .sampling import FORWARDED_AS_SAMPLING, SEEDS, sampling_fields
from .token_bias import resolve_bias
from .tokens import render, template_options

# What becomes of each option that is no sampler's; `sampling.py` accounts for the others. A test walks all of them.
FORWARDED_HERE = frozenset(
    {
        "max_tokens",
        "response_prefix",
        "grammar",
        "json_schema",
        "logprobs",
        "seed",
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
    "stop_sequences": "stop.py",
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
        "stop",
        "n",
        "n_cmpl",
        "n_probs",
        "tools",
        "id_slot",
        "response_fields",
        "echo",
    }
)


# The library that reads schemas of completions would else allow any white space, and a weak model then ends in it.
_NO_SPARE_BLANKS = {"x-guidance": {"whitespace_flexible": False, "key_separator": ": ", "item_separator": ", "}}


class Asked(Struct, frozen=True, kw_only=True):
    """What is asked for, the same before and after a pause.

    Either `messages` (answered with the model's chat template) or `prompt` (continued as it stands).
    `tools` are function definitions in the field's usual form. `seed` is the caller's, or chosen now, so that an
    answer that must be begun anew after a pause comes out the same.
    """

    options: PromptOptions
    messages: tuple[Message, ...] | None = None
    prompt: str = ""
    tools: tuple[dict[str, Any], ...] = ()
    tool_choice: str = "auto"
    schema: dict[str, Any] | None = None
    seed: int = field(default_factory=lambda: secrets.randbelow(SEEDS))

    def __post_init__(self) -> None:
        if self.options.seed is not None:
            structs.force_setattr(self, "seed", self.options.seed)


class Request(Struct, frozen=True):
    """What is sent where, and how its answer reads."""

    path: str
    body: dict[str, Any]
    parse: Callable[[bytes], Chunk]


def check_completion(options: PromptOptions) -> None:
    """As `check_options`, for a text without messages."""
    check_options(options)
    if options.response_prefix and (options.grammar is not None or options.json_schema is not None):
        message = "A completion cannot have both a response_prefix and a grammar: put the prefix into the prompt."
        raise InvalidOptionsError(message, path="response_prefix")


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
    body = sampling_fields(asked.options, engine.settings.context_size) | _common_fields(asked, said)
    body["seed"] = _seed(asked, said, engine)
    if asked.options.token_bias:
        body["logit_bias"] = await resolve_bias(asked.options.token_bias, engine)
    if asked.messages is None or _is_mere_text(asked, said):
        return _completion(await rendered_for(asked, engine), asked, said, body)
    if asked.options.grammar is not None and (said or asked.options.response_prefix):
        body |= await _grammar_from_here(asked, said, engine)
    return _chat(asked, said, body)


def _seed(asked: Asked, said: Said, engine: Engine) -> int:
    """The context's seed when the caller gave none; after a pause another one, so that the same is not said again."""
    chosen = asked.seed if asked.options.seed is not None or engine.settings.seed is None else engine.settings.seed
    return (chosen + said.tokens) % SEEDS


async def rendered_for(asked: Asked, engine: Engine) -> str:
    """The whole prompt as text, up to where the answer begins to be generated."""
    if asked.messages is None:
        return asked.prompt + asked.options.response_prefix
    fields = {"tools": list(asked.tools)} if asked.tools else {}
    return await render(engine, _messages(asked, None), template_options(asked.options), **fields)


def _is_mere_text(asked: Asked, said: Said) -> bool:
    """Whether the rest of an answer is text and nothing else, so that it can go on with the tokens of its beginning.

    The chat endpoint takes text only. It is needed to tell reasoning and function calls from text, and to go on
    within a grammar.
    """
    constrained = asked.schema is not None or asked.options.grammar is not None
    return bool(said) and not (asked.tools or said.reasoning or constrained)


async def _grammar_from_here(asked: Asked, said: Said, engine: Engine) -> dict[str, Any]:
    """A grammar that also describes the beginning of the answer: the engine reads it before it generates.

    It does so for grammars that it takes for its own, and from the template's opening of an answer on.
    """
    options = asked.options
    template = template_options(options)
    before = await render(engine, list(asked.messages or ()), template, add_generation_prompt=False)
    with_text = await render(engine, _messages(asked, said), template)
    opening = with_text.removeprefix(before).removesuffix(options.response_prefix + said.text)
    assert options.grammar is not None
    return {"grammar": with_beginning(find_grammar(options.grammar), opening), "grammar_type": "tool_calls"}


def _messages(asked: Asked, said: Said | None) -> list[Message]:
    """The conversation, and the beginning of the answer where there is one."""
    text = asked.options.response_prefix + (said.text if said else "")
    reasoning = said.reasoning if said else ""
    if not text and not reasoning:
        return list(asked.messages or ())
    answer: Message = {"role": "assistant", "content": text}
    if reasoning:
        answer["reasoning_content"] = reasoning
    return [*(asked.messages or ()), answer]


def _completion(before: str, asked: Asked, said: Said, body: dict[str, Any]) -> Request:
    body["prompt"] = [before, *said.prompt] if said else before
    if asked.schema is not None:
        body["json_schema"] = asked.schema | _NO_SPARE_BLANKS
    return Request("/completion", body | asked.options.engine_options, parse_completion_chunk)


def _chat(asked: Asked, said: Said, body: dict[str, Any]) -> Request:
    body["messages"] = _messages(asked, said)
    body["chat_template_kwargs"] = template_options(asked.options)
    if said or asked.options.response_prefix:
        # Said outright, or some versions of the engine would repeat the beginning that they go on with.
        body |= {"continue_final_message": True, "add_generation_prompt": False}
    if asked.tools:
        body["tools"] = list(asked.tools)
        body["tool_choice"] = asked.tool_choice
        body["parallel_tool_calls"] = asked.options.max_parallel_function_calls != 1
    if asked.options.reasoning_budget is not None:
        body["reasoning_budget_tokens"] = asked.options.reasoning_budget
    return Request("/v1/chat/completions", body | asked.options.engine_options, parse_chat_chunk)


def _common_fields(asked: Asked, said: Said) -> dict[str, Any]:
    options = asked.options
    fields: dict[str, Any] = {
        "max_tokens": options.max_tokens - said.tokens if options.max_tokens else 0,
        "cache_prompt": options.cache_prompt,
        "timings_per_token": True,  # counts and speed stay exact for an answer that is aborted
    }
    if options.grammar is not None:
        fields["grammar"] = find_grammar(options.grammar)
    if asked.schema is not None:
        fields["json_schema"] = asked.schema
    return fields | _token_fields(options)


def _token_fields(options: PromptOptions) -> dict[str, Any]:
    """Ask for the probabilities that the caller wants to see; else, of a greedy answer, for the id of each token.

    Only a greedy answer must go on after a pause as if there had been none. The engine sorts all candidates to tell
    the id, so there must be few; the best one is among the best 40.
    """
    if options.logprobs:
        return {"n_probs": options.logprobs}
    if options.temperature != 0 or options.top_k == 0 or options.mirostat:
        return {}
    return {"n_probs": 1, "post_sampling_probs": True, "top_k": options.top_k or 40}
