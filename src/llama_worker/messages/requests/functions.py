"""What a client answers when a function of its own is called."""

from __future__ import annotations

from typing import Any

from ..base import Name
from .base import Request


class FunctionResult(Request, frozen=True, kw_only=True):
    """What the function returned that a `function_call` asked for.

    Or the `error` it failed with, to which `onFunctionError` applies; or the reason why it was `refused`, which the
    model is told.
    """

    call_id: Name
    result: Any = None
    error: str | None = None
    refused: str | None = None
