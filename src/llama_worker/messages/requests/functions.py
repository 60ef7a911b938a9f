"""What a client answers when a function of its own is called."""

from __future__ import annotations

from typing import Any

from ..base import Content, Name
from ..ends import ends_with
from ..mcp import McpServerInfo
from ..replies import Result
from .base import Request

__all__ = ["FunctionResult", "ListMcpServers"]


@ends_with(Result)
class FunctionResult(Request, frozen=True, kw_only=True):
    """What the function returned that a `function_call` asked for; true to a `function_approval` that may be called.

    In place of `result`, `content`: parts, as `prompt` has them, for a function that shows an image or plays a sound.
    Or the `error` it failed with, to which `onFunctionError` applies; or the reason why it was `refused`, which the
    model is told; or `unapproved`, why it could not be asked whether the call may be made, which ends the prompt.
    """

    call_id: Name
    result: Any = None
    content: Content | None = None
    error: str | None = None
    refused: str | None = None
    unapproved: str | None = None


@ends_with(Result, value=list[McpServerInfo])
class ListMcpServers(Request, frozen=True, kw_only=True):
    """The worker's MCP servers, started if need be, with their tools; of one that cannot be used, the problem."""
