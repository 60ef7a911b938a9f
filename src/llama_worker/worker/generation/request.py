"""The one place where what was asked becomes a request to the engine."""

from __future__ import annotations

import secrets
from typing import Any

from msgspec import Struct, field, structs

from ...engine.api.endpoints import (
    EngineRequest,
    apply_template,
    chat_request,
    completion_request,
    renderable,
)
from ...engine.api.media import media_data, with_media, without_bytes
from ...engine.api.option_fields import FORWARDED_AS_SAMPLING, SEEDS, sampling_fields, template_options, token_fields
from ...engine.engine import Engine
from ...options import PromptOptions
from ..conversation import Message
from ..structured.grammars import find_grammar
from ..structured.grammars.prefix import with_beginning
from .forced.answers import schema_fields
from .forced.asked import Asked, check_template, constrained, is_constrained_here, prompt_for
from .generated import Generated
from .reproducible import SEED
from .token_bias import resolve_bias

# What becomes of each option: a test walks all of them, and looks for each where it is said to be read.
FORWARDED = frozenset(
    {
        "max_tokens",
        "response_prefix",
        "grammar",
        "json_schema",
        "logprobs",
        "seed",
        "function_choice",
        "max_parallel_function_calls",
        "lora",
        "reasoning_budget",
        "cache_prompt",
        "reproducible",
        "chat_template_options",
        "engine_options",
        *FORWARDED_AS_SAMPLING,
    }
)
HANDLED_ELSEWHERE = {
    "stop_sequences": "generation/output.py",
    "system_prompt": "model.py",
    "trim_whitespace_suffix": "generation/output.py",
    "max_function_rounds": "chat/turn.py",
    "function_timeout": "tools/toolbox.py",
    "on_function_error": "tools/toolbox.py",
    "mcp": "mcp/servers.py",
    "evaluation_priority": "generation/generation.py",
    "stop_on_abort": "runtime.py",
    "reasoning_effort": "generation/reasoning/effort.py",
    "special_tokens": "inert/policy.py",
    "system_special_tokens": "inert/policy.py",
}
"""The file below `worker/` that each of the other options is read in."""


class GenerationRequest(Struct, frozen=True, kw_only=True):
    """What is asked for, the same before and after a pause.

    Either `messages` (answered with the model's chat template) or `prompt` (continued as it stands).
    `media` are the images and sounds of the messages, or of which `prompt` has the marks.
    `tools` are function definitions in the field's usual form. `seed` is the caller's, or chosen now, so that an
    answer that must be begun anew after a pause comes out the same.
    """

    options: PromptOptions
    messages: tuple[Message, ...] | None = None
    prompt: str = ""
    tools: tuple[dict[str, Any], ...] = ()
    tool_choice: str = "auto"
    schema: dict[str, Any] | None = None
    media: tuple[str, ...] = ()
    seed: int = field(default_factory=lambda: secrets.randbelow(SEEDS))

    def __post_init__(self) -> None:
        if self.messages is not None:
            structs.force_setattr(self, "media", media_data(self.messages))
        if self.options.seed is not None:
            structs.force_setattr(self, "seed", self.options.seed)
        elif self.options.reproducible:
            structs.force_setattr(self, "seed", SEED)

    @property
    def as_read(self) -> str | list[dict[str, Any]]:
        """The prompt or the messages for people, without the bytes of images."""
        return self.prompt if self.messages is None else without_bytes(self.messages)

    @property
    def asked(self) -> Asked:
        """The answer's form, and what decides it; `messages` must be there."""
        options = self.options
        return Asked(
            messages=tuple(_messages(self, None)),
            template=template_options(options),
            tools=self.tools,
            tool_choice=self.tool_choice,
            schema=self.schema,
            most_calls=options.max_parallel_function_calls,
            reasoning_budget=options.reasoning_budget,
            begun=bool(options.response_prefix),
            grammar=options.grammar is not None,
        )


async def build_request(request: GenerationRequest, generated: Generated, engine: Engine) -> EngineRequest:
    """A request for what is missing from the answer of which `generated` is there already.

    Raises `InvalidOptionsError` for what the chat template cannot render.
    """
    check_template(engine, request.tools, begun=request.messages is not None and bool(request.options.response_prefix))
    body = sampling_fields(request.options, engine.settings.context_size) | _common_fields(request, generated)
    body["seed"] = _seed(request, generated, engine)
    if request.options.token_bias:
        body["logit_bias"] = await resolve_bias(request.options.token_bias, engine)
    if (
        request.messages is None
        or request.options.max_tokens == 0
        or (generated.begun and _is_mere_text(request, generated))
    ):
        return _completion(await rendered_for(request, engine), request, generated, body)
    asked = request.asked
    if await is_constrained_here(asked, engine):
        formed = await constrained(asked, engine, body)
        formed = structs.replace(formed, body=with_media(formed.body, request.media))
        return _changed(formed, request.options)
    if asked.is_text_without_reasoning and (prompt := await prompt_for(asked, engine)).closed:
        return _completion(prompt.text, request, generated, body)
    if request.options.grammar is not None and (generated.begun or request.options.response_prefix):
        body |= await _grammar_from_here(request, generated, engine)
    body["messages"] = await renderable(engine, _messages(request, generated))
    return _chat(request, generated, body)


def _changed(engine_request: EngineRequest, options: PromptOptions) -> EngineRequest:
    """With the caller's own words for the engine."""
    return structs.replace(engine_request, body=engine_request.body | options.engine_options)


def _seed(request: GenerationRequest, generated: Generated, engine: Engine) -> int:
    """The context's seed when the caller gave none; after a pause another one, or the same would come again."""
    chosen = request.seed if request.options.seed is not None or engine.settings.seed is None else engine.settings.seed
    return (chosen + generated.tokens) % SEEDS


async def rendered_for(request: GenerationRequest, engine: Engine) -> str:
    """The whole prompt as text, up to where the answer begins to be generated."""
    if request.messages is None:
        return request.prompt + request.options.response_prefix
    return (await prompt_for(request.asked, engine)).text


def _is_mere_text(request: GenerationRequest, generated: Generated) -> bool:
    """Whether the rest of an answer is text and nothing else, so that it can go on with the tokens of its beginning.

    The chat endpoint takes text only. It is needed to tell reasoning and function calls from text, and to go on
    within a grammar.
    """
    constrained = request.schema is not None or request.options.grammar is not None
    return bool(generated.closing) or not (request.tools or generated.reasoning or constrained)


async def follows_the_prompt(request: GenerationRequest, generated: Generated, engine: Engine) -> bool:
    """Whether nothing stands between the prompt and the text of the answer, neither reasoning nor marks."""
    with_text = await apply_template(engine, _messages(request, generated), template_options(request.options))
    return with_text == await rendered_for(request, engine) + generated.text


async def _grammar_from_here(request: GenerationRequest, generated: Generated, engine: Engine) -> dict[str, Any]:
    """A grammar that also describes the beginning of the answer: the engine reads it before it generates.

    It does so for grammars that it takes for its own, and from the template's opening of an answer on.
    """
    options = request.options
    template = template_options(options)
    before = await apply_template(engine, list(request.messages or ()), template, add_generation_prompt=False)
    with_text = await apply_template(engine, _messages(request, generated), template)
    opening = with_text.removeprefix(before).removesuffix(options.response_prefix + generated.text)
    assert options.grammar is not None
    return {"grammar": with_beginning(find_grammar(options.grammar), opening), "grammar_type": "tool_calls"}


def _messages(request: GenerationRequest, generated: Generated | None) -> list[Message]:
    """The conversation, and the beginning of the answer where there is one."""
    text = request.options.response_prefix + (generated.text if generated and generated.begun else "")
    reasoning = generated.reasoning if generated and generated.begun else ""
    if not text and not reasoning:
        return list(request.messages or ())
    answer: Message = {"role": "assistant", "content": text}
    if reasoning:
        answer["reasoning_content"] = reasoning
    return [*(request.messages or ()), answer]


def _completion(before: str, request: GenerationRequest, generated: Generated, body: dict[str, Any]) -> EngineRequest:
    if request.media:
        body |= with_media({"prompt": generated.text_after(before)}, request.media)
    else:
        body["prompt"] = generated.prompt_after(before)
    if request.schema is not None:
        del body["json_schema"]
        body |= schema_fields(request.schema)
    return _changed(completion_request(body), request.options)


def _chat(request: GenerationRequest, generated: Generated, body: dict[str, Any]) -> EngineRequest:
    body["chat_template_kwargs"] = template_options(request.options)
    body["reasoning_control"] = True  # so that it can be ended
    body |= token_fields(request.options)
    if generated.begun or request.options.response_prefix:
        # Said outright, or some versions of the engine would repeat the beginning that they go on with.
        body |= {"continue_final_message": True, "add_generation_prompt": False}
    if request.tools:
        body["tools"] = list(request.tools)
        body["tool_choice"] = request.tool_choice
        if request.options.max_parallel_function_calls == 1:
            body["parallel_tool_calls"] = False  # else the engine does what the template can render
    if request.options.reasoning_budget is not None:
        body["reasoning_budget_tokens"] = request.options.reasoning_budget
    return _changed(chat_request(body), request.options)


def _common_fields(request: GenerationRequest, generated: Generated) -> dict[str, Any]:
    options = request.options
    fields: dict[str, Any] = {
        "cache_prompt": options.cache_prompt and not options.reproducible,
        "timings_per_token": True,  # counts and speed stay exact for an answer that is aborted
    }
    if options.lora is not None:
        fields["lora"] = options.lora
    if options.max_tokens is not None:
        fields["max_tokens"] = max(options.max_tokens - generated.tokens, 0)
    if options.grammar is not None:
        fields["grammar"] = find_grammar(options.grammar)
    if request.schema is not None:
        fields["json_schema"] = request.schema
    if options.logprobs:
        fields["n_probs"] = options.logprobs
    return fields
