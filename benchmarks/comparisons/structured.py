"""Answers in a form: the same engine and number of tokens, with a JSON schema, and as a call of a function."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from benchmarks.measuring.comparison import Bar, Comparison, Figure, Figures, Run, Side
from benchmarks.sides.contestants import model_of
from llama_worker import LlamaWorker, Model

FREE, SCHEMA, TOOLS = "free text", "JSON schema", "tools"
_FEWEST, _LONGEST = 16, 800  # tokens of an answer
_MESSAGES = [{"role": "user", "content": "Write down what you know of rivers."}]
_RIVER = {
    "type": "object",
    "properties": {"name": {"type": "string", "maxLength": 24}, "length": {"type": "integer"}},
    "required": ["name", "length"],
}
_FORM = {
    "type": "object",
    "properties": {"rivers": {"type": "array", "items": _RIVER, "minItems": 6, "maxItems": 6}},
    "required": ["rivers"],
}
_TOOL = {
    "type": "function",
    "function": {"name": "note", "description": "Notes rivers.", "parameters": _FORM},
}
_OPTIONS: dict[str, dict[str, Any]] = {
    FREE: {"engine_options": {"ignore_eos": True}},
    SCHEMA: {"json_schema": _FORM},
    TOOLS: {"functions": [_TOOL], "function_choice": "required"},
}


@asynccontextmanager
async def forms(run: Run, *, model: str) -> AsyncIterator[list[Side]]:
    tokens = 64 if run.quick else 128  # of the free text, about as many as the form has
    async with LlamaWorker() as worker:
        loaded = await worker.load_model(model_of(run, model), context_size=1024, sequences=1, threads=1)
        yield [Side(name, partial(_speed, loaded, options, tokens)) for name, options in _OPTIONS.items()]


async def _speed(model: Model, options: dict[str, Any], tokens: int) -> Figures:
    limit = tokens if "engine_options" in options else _LONGEST
    reply = await model.chat(_MESSAGES, max_tokens=limit, temperature=1.0, **options)
    if reply.usage.completion_tokens < _FEWEST:
        raise RuntimeError(f"The answer has {reply.usage.completion_tokens} tokens only.")
    return {"decode": reply.timings.tokens_per_second}


COMPARISONS = [
    Comparison(
        name=f"structured output, {what}",
        sentence="A long text, the same in JSON under a schema, and as the argument of a function that must be called.",
        figures=(Figure("decode", "tokens/s"),),
        sides=partial(forms, model=model),
        bars=tuple(Bar(f"{form} over free text", "decode", form, (FREE,), at_least=0.9) for form in (SCHEMA, TOOLS)),
        rounds=7,
    )
    for what, model in (("350M", "350M"), ("built-in", "builtin"))
]
