"""Answers in a form: how fast they are written, over free text of as many tokens by the same engine.

Models of random weights, and the built-in one that was never taught this form, want to write something else at nearly
every token, so that the engine looks through its whole vocabulary for what the grammar allows: this is the slowest
that a form can be.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from statistics import median
from typing import Any

from benchmarks.measuring.comparison import Bar, Comparison, Figure, Figures, Run, Side
from benchmarks.sides.contestants import model_of
from llama_worker import LlamaWorker, Model, Reply

SCHEMA, TOOLS = "JSON schema", "tools"
_DECODE, _OF_FREE = "decode", "of free text"
_LONGEST = 1600  # tokens of an answer
_MESSAGES = [{"role": "user", "content": "Write down what you know of rivers."}]
_TO_THE_LIMIT: dict[str, Any] = {"engine_options": {"ignore_eos": True}}
_RIVER = {
    "type": "object",
    "properties": {"name": {"type": "string", "maxLength": 24}, "length": {"type": "integer"}},
    "required": ["name", "length"],
}


def _form(rivers: int) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"rivers": {"type": "array", "items": _RIVER, "minItems": rivers, "maxItems": rivers}},
        "required": ["rivers"],
    }


def _tool(rivers: int) -> dict[str, Any]:
    function = {"name": "note", "description": "Notes rivers.", "parameters": _form(rivers)}
    return {"type": "function", "function": function}


@asynccontextmanager
async def forms(run: Run, *, model: str, rivers: int, times: int) -> AsyncIterator[list[Side]]:
    asked: dict[str, dict[str, Any]] = {
        SCHEMA: {"json_schema": _form(rivers)},
        TOOLS: {"functions": [_tool(rivers)], "function_choice": "required"},
    }
    async with LlamaWorker() as worker:
        loaded = await worker.load_model(model_of(run, model), context_size=2048, sequences=1, threads=1)
        yield [Side(name, partial(_speeds, loaded, options, times)) for name, options in asked.items()]


async def _speeds(model: Model, options: dict[str, Any], times: int) -> Figures:
    """Medians of so many pairs: each token takes longer the more stand before it, so that a free text is as long as the
    form before it came out."""
    speeds = [await _pair(model, options) for _ in range(times)]
    return {_DECODE: median(form for form, _ in speeds), _OF_FREE: median(form / free for form, free in speeds)}


async def _pair(model: Model, options: dict[str, Any]) -> tuple[float, float]:
    formed = await _answer(model, _LONGEST, options)
    free = await _answer(model, formed.usage.completion_tokens, _TO_THE_LIMIT)
    return formed.timings.tokens_per_second, free.timings.tokens_per_second


async def _answer(model: Model, tokens: int, options: dict[str, Any]) -> Reply:
    return await model.chat(_MESSAGES, max_tokens=tokens, temperature=1.0, **options)


COMPARISONS = [
    Comparison(
        name=f"structured output, {what}",
        sentence="A list in JSON under a schema, and the same as the argument of a function that must be called, each "
        "over free text of as many tokens.",
        figures=(Figure(_DECODE, "tokens/s"), Figure(_OF_FREE, "of its speed")),
        sides=partial(forms, model=model, rivers=rivers, times=times),
        bars=tuple(Bar(f"{form} over free text", _OF_FREE, form, at_least=0.9) for form in (SCHEMA, TOOLS)),
        rounds=7,
    )
    for what, model, rivers, times in (("350M", "350M", 3, 1), ("built-in", "builtin", 8, 5))
]
