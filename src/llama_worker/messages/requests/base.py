"""What requests are made of."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct

from ...options import PromptOptions
from ..base import Message, Name


class Request(Message, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of all messages to a worker."""


class FunctionSpec(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A function that the model may call. `params` is the JSON schema of an object.

    `handled`: true asks for its result with `function_call` while the answer is made; false ends the answer with the
    call, and `answer_calls` goes on.
    """

    description: str = ""
    params: dict[str, Any] | None = None
    handled: bool = True


class RequestWithFunctions(Request, frozen=True, kw_only=True):
    """Base of the requests whose answer may call functions."""

    options: PromptOptions | None = None
    functions: Annotated[dict[Name, FunctionSpec], Meta(description="What the model may call, by name.")] | None = None
