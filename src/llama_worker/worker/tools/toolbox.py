"""Calls the functions that a model asks for, and makes messages of what they return."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from ...errors import FunctionCallError, InvalidOptionsError
from ...loggers import OPERATIONS
from ...messages.events import ToolCalled, ToolReturned
from ...messages.values import ToolCall
from ...options import PromptOptions
from ..conversation import Message
from ..operation import Operation
from ..reply import Reply
from ..structured.schemas import encode
from .functions import Function

CHOICES = ("auto", "none", "required")
"""What `function_choice` may be beside the name of a function."""
Approval = Callable[[ToolCall], bool | Awaitable[bool]]
"""Asked before each call; False refuses it, and the model is told so."""


class Toolbox:
    """The functions of one prompt."""

    def __init__(self, functions: Mapping[str, Function], options: PromptOptions, approve: Approval | None) -> None:
        self._functions = functions
        self._options = options
        self._approve = approve

    @property
    def tools(self) -> tuple[dict[str, Any], ...]:
        """The definitions that the model sees."""
        return tuple(function.tool for function in self._functions.values())

    def waits(self, calls: Sequence[ToolCall]) -> bool:
        """Whether one of the calls is of a function that somebody else must run."""
        known = (self._functions.get(call.name) for call in calls)
        return any(function is not None and function.handler is None for function in known)

    async def run(self, calls: Sequence[ToolCall], operation: Operation[Reply, str], round: int) -> list[Message]:
        """Make the calls, all at once; one message for each, in their order.

        Raises `FunctionCallError` when one fails and the options say "raise"; the others are then cancelled.
        """
        tasks = [asyncio.create_task(self._answer(call, operation, round)) for call in calls]
        try:
            return list(await asyncio.gather(*tasks))
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    async def _answer(self, call: ToolCall, operation: Operation[Reply, str], round: int) -> Message:
        operation.report(ToolCalled(call.id, call.name, call.arguments, round))
        name = call.name if call.name in self._functions else "of an unknown name"  # made up by the model
        OPERATIONS.debug("%s %s function %s called", operation.kind, operation.id, name)
        began = time.monotonic()
        try:
            result, failed = await self.result(call), False
        except CallRefused as refusal:
            result, failed = f"Error: {refusal}", True
        how, seconds = "failed" if failed else "returned", time.monotonic() - began
        OPERATIONS.debug("%s %s function %s %s after %.3f s", operation.kind, operation.id, name, how, seconds)
        operation.report(ToolReturned(call.id, call.name, result, failed, round))
        return {"role": "tool", "tool_call_id": call.id, "name": call.name, "content": result}

    async def result(self, call: ToolCall) -> str:
        """What one call gives, as text. Raises `CallRefused`, and `FunctionCallError` when the options say so."""
        function = self._functions.get(call.name)
        if function is None or function.handler is None:
            raise CallRefused(f"there is no function {call.name!r}")
        try:
            arguments = function.read_arguments(call.arguments)
        except ValueError as error:
            raise CallRefused(f"invalid arguments: {error}") from error
        if self._approve is not None and not await _value(self._approve(call)):
            raise CallRefused("the user refused this call")
        try:
            async with asyncio.timeout(self._options.function_timeout) as limit:
                return _as_text(await _call(function.handler, arguments))
        except CallRefused:
            raise
        except Exception as error:
            reason = f"no result after {self._options.function_timeout:g} s" if limit.expired() else _describe(error)
            if self._options.on_function_error == "raise":
                message = f"The function {call.name!r} failed: {reason}."
                raise FunctionCallError(message, function=call.name) from error
            raise CallRefused(reason) from error


class CallRefused(Exception):
    """A call that has no result; the model is told why. A handler may raise it."""


class FunctionFailed(Exception):
    """For handlers that call a function elsewhere: its failure, in the words of whoever saw it."""


def choose_functions(functions: Mapping[str, Function], options: PromptOptions) -> dict[str, Function]:
    """Those that `function_choice` allows. Raises `InvalidOptionsError`."""
    chosen = dict(functions)
    choice = options.function_choice
    if choice not in CHOICES:
        if choice not in chosen:
            raise InvalidOptionsError(f"There is no function {choice!r} to choose.", path="function_choice")
        chosen = {choice: chosen[choice]}
    if chosen and options.grammar is not None:
        raise InvalidOptionsError("A grammar leaves no room for function calls.", path="grammar")
    return chosen


async def _call(handler: Callable[..., Any], arguments: dict[str, Any]) -> Any:
    """Functions that are not async run in a thread, so that they may block; a thread cannot be cancelled."""
    if inspect.iscoroutinefunction(handler):
        return await handler(**arguments)
    return await _value(await asyncio.to_thread(handler, **arguments))


async def _value(result: Any) -> Any:
    return await result if inspect.isawaitable(result) else result


def _as_text(result: Any) -> str:
    return result if isinstance(result, str) else encode(result)


def _describe(error: Exception) -> str:
    if isinstance(error, FunctionFailed):
        return str(error)
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
