"""Calls the functions that a model asks for, and makes messages of what they return."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import msgspec

from ...errors import ApprovalError, FunctionCallError, InvalidOptionsError, McpServerError
from ...errors.general import printable
from ...loggers import OPERATIONS
from ...messages.events import ToolCalled, ToolReturned
from ...messages.values import ToolCall
from ...options import PromptOptions
from ..conversation import Message
from ..operations.operation import Operation
from ..reply import Reply
from .callbacks import CallbackFailed, called, called_aside, theirs
from .functions import Function
from .results import Parts, as_result

CHOICES = ("auto", "none", "required")
"""What `function_choice` may be beside the name of a function."""
Approval = Callable[[ToolCall], bool | Awaitable[bool]]
"""Asked before each call; False refuses it, and the model is told so. When it raises, no call is made and the prompt
fails with `ApprovalError`."""


class Toolbox:
    """The functions of one prompt."""

    def __init__(self, functions: Mapping[str, Function], options: PromptOptions, approve: Approval | None) -> None:
        self._functions = functions
        self._options = options
        self._approve = approve
        self.results: dict[str, str] = {}
        """What the calls that are being made have given so far, by their ids, as text."""
        self.modalities: Sequence[str] = ()
        """What beside text the model can read of a result."""
        self.on_result: Callable[[Sequence[Message]], object] = lambda _: None
        """Told all results of the calls that are being made, whenever there is another."""
        self._came: list[Message] = []

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
        self.results = {call.id: "Error: the call was aborted" for call in calls}
        self._came = []
        tasks = [asyncio.create_task(self._answer(call, operation, round)) for call in calls]
        try:
            messages = list(await asyncio.gather(*tasks))
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
        self.results = {}
        return messages

    async def _answer(self, call: ToolCall, operation: Operation[Reply, str], round: int) -> Message:
        operation.report(ToolCalled(call.id, call.name, call.arguments, round))
        name = call.name if call.name in self._functions else "of an unknown name"  # made up by the model
        OPERATIONS.debug("%s %s function %s called", operation.kind, operation.id, name)
        began = time.monotonic()
        try:
            given, failed = await self.result(call), False
        except CallRefused as refusal:
            given, failed = f"Error: {refusal}", True
        how, seconds = "failed" if failed else "returned", time.monotonic() - began
        OPERATIONS.debug("%s %s function %s %s after %.3f s", operation.kind, operation.id, name, how, seconds)
        self.results[call.id] = text = given.text if isinstance(given, Parts) else given
        operation.report(ToolReturned(call.id, call.name, text, failed, round))
        content = given.readable(self.modalities) if isinstance(given, Parts) else given
        message: Message = {"role": "tool", "tool_call_id": call.id, "name": call.name, "content": content}
        self._came.append(message)
        self.on_result(tuple(self._came))
        return message

    async def result(self, call: ToolCall) -> str | Parts:
        """What one call gives.

        Raises `CallRefused`, `ApprovalError`, and `FunctionCallError` when the options say so.
        """
        function = self._functions.get(call.name)
        if function is None or function.handler is None:
            raise CallRefused(f"there is no function {call.name!r}")
        try:
            with theirs():
                arguments = function.read_arguments(call.arguments)
        except CallbackFailed as failed:
            raise CallRefused(f"invalid arguments: {failed.error}") from failed.error
        asks = self._approve if function.needs_approval else None
        if asks is not None and not await approved(asks, msgspec.structs.replace(call, source=function.source)):
            raise CallRefused("the user refused this call")
        try:
            async with asyncio.timeout(self._options.function_timeout):
                result = await called_aside(function.handler, **arguments)
                with theirs():
                    return as_result(result)
        except CallbackFailed as failed:
            raise self._failure(call, failed.error, _describe(failed.error)) from failed.error
        except TimeoutError as error:
            raise self._failure(call, error, f"no result after {self._options.function_timeout:g} s") from error

    def _failure(self, call: ToolCall, error: BaseException, reason: str) -> Exception:
        """What the failure of a call becomes."""
        if isinstance(error, CallRefused):
            return error
        if isinstance(error, FunctionFailed) and error.unapproved:
            return ApprovalError(reason, function=call.name)
        if self._options.on_function_error == "raise":
            return FunctionCallError(f"The function {call.name!r} failed: {reason}.", function=call.name)
        return CallRefused(reason)


class CallRefused(Exception):
    """A call that has no result; the model is told why. A handler may raise it."""

    def __init__(self, reason: str) -> None:
        super().__init__(printable(reason))


class FunctionFailed(Exception):
    """For handlers that call a function elsewhere: its failure, in the words of whoever saw it. `unapproved` when it
    was `approve` that failed."""

    def __init__(self, reason: str, *, unapproved: bool = False) -> None:
        super().__init__(reason)
        self.unapproved = unapproved


async def approved(approve: Approval, call: ToolCall) -> bool:
    """What whoever is to approve a call says. Raises `CallRefused` where they give a reason, and `ApprovalError`."""
    try:
        approved = await called(approve, call)
        with theirs():
            return bool(approved)
    except CallbackFailed as failed:
        if isinstance(failed.error, CallRefused):
            raise failed.error from None
        message = f"The function {call.name!r} was not called: `approve` failed with {failed}."
        raise ApprovalError(message, function=call.name) from failed.error


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


def _describe(error: BaseException) -> str:
    if isinstance(error, McpServerError):
        return error.message.rstrip(".")
    return str(error) if isinstance(error, FunctionFailed) else str(CallbackFailed(error))
