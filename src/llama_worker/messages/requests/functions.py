"""What a client answers when a function of its own is called."""

from __future__ import annotations

from typing import Any

from ..base import Name
from ..ends import ends_with
from ..replies import Result
from .base import Request

__all__ = ["FunctionResult"]


@ends_with(Result)
class FunctionResult(Request, frozen=True, kw_only=True):
    """What the function returned that a `function_call` asked for.

    Or the `error` it failed with, to which `onFunctionError` applies; or the reason why it was `refused`, which the
    model is told; or `unapproved`, why it could not be asked whether the call may be made, which ends the prompt.
    """

    call_id: Name
    result: Any = None
    error: str | None = None
    refused: str | None = None
    unapproved: str | None = None
