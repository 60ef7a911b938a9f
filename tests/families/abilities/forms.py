"""Answers of a form: the schema leaves noise no choice but to fit."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from llama_worker import Reply

from .laboratory import Laboratory, NotPossible


class Order(Struct):
    """Something of every kind that ends by itself."""

    dish: Literal["soup", "fish"]
    hot: bool
    table: Literal[1, 2, 3]
    drinks: Annotated[list[Literal["water", "wine"]], Meta(min_length=1, max_length=2)]


_QUESTION = [{"role": "user", "content": "What would you like?"}]
_OPTIONS: dict[str, Any] = {"response_format": Order, "temperature": 0, "max_tokens": 200}


async def json_answer(lab: Laboratory) -> None:
    """An answer with a schema is JSON that fits it."""
    _check(await lab.model.chat(_QUESTION, **_OPTIONS, reasoning_budget=0))


async def json_with_thinking(lab: Laboratory) -> None:
    """The model reasons first, as long as it may, and the answer fits the schema."""
    if not lab.family.thinks:
        raise NotPossible("its template has no reasoning")
    _check(await lab.model.chat(_QUESTION, **_OPTIONS, reasoning_budget=8))


async def json_completion(lab: Laboratory) -> None:
    """A text that is continued without a template, with a schema, is JSON that fits it."""
    _check(await lab.model.complete("The order:", **_OPTIONS))


def _check(reply: Reply[Order]) -> None:
    assert isinstance(reply.parsed, Order)
    assert reply.finish_reason == "stop"
