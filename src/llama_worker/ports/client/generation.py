"""Generations at the other end of a port: what is sent of their arguments, their functions and their replies."""

from __future__ import annotations

import asyncio
import contextvars
import math
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from msgspec import structs

from ...errors import ApprovalError, FunctionCallError, InvalidOptionsError
from ...errors.general import printable
from ...messages import (
    CompletionDone,
    FunctionApproval,
    FunctionCall,
    FunctionResult,
    FunctionSpec,
    Incoming,
    Outgoing,
)
from ...messages.values import ToolCall
from ...worker.generation.prompt_arguments import PromptArguments
from ...worker.operations.operation import Kind, Operation
from ...worker.reply import Reply, text_of
from ...worker.reporting import reply_of
from ...worker.structured.schemas import encode
from ...worker.tools.functions import Function
from ...worker.tools.results import Parts
from ...worker.tools.toolbox import CallRefused, approved
from .operation import RequestFollower
from .requester import Requester


def sent_functions(arguments: PromptArguments) -> dict[str, FunctionSpec] | None:
    """What the other end must know of the functions. Raises `InvalidOptionsError` for those that would have to be asked
    for first: what is sent goes out at once."""
    if arguments.sources:
        advice = "give `functions=await server.functions()`, or name it in the worker's `mcp_servers`"
        raise InvalidOptionsError(f"A server's tools cannot be found out over a port: {advice}.", path="functions")
    if arguments.functions is None:
        return None
    return {name: _spec(function) for name, function in arguments.functions.items()}


class RemoteGeneration:
    """One generation: its reply so far, and the functions that it calls here."""

    def __init__(
        self,
        requester: Requester,
        arguments: PromptArguments,
        make: Callable[..., Incoming],
        after: Callable[[], Awaitable[None]],
    ) -> None:
        self._requester = requester
        self._arguments = arguments
        # Limits and what to do about failures are the other end's business.
        unlimited = structs.replace(arguments.options, on_function_error="raise", function_timeout=math.inf)
        self._toolbox = arguments.toolbox(unlimited)
        self._follower = RequestFollower(requester, make, self._watch)
        self._after = after
        self._context = contextvars.copy_context()
        self._calls: set[asyncio.Task[None]] = set()
        self._failure: BaseException | None = None
        self._reply: Reply | None = None

    def begin(self, kind: Kind) -> Operation[Reply[Any], str]:
        """Ask, and give the operation that follows the answer."""
        operation: Operation[Reply[Any], str] = Operation(
            kind,
            self._run,
            to_item=text_of,
            partial=lambda: self._reply,
            partial_is_result=self._arguments.options.stop_on_abort,
            pausable=True,
        )
        self._follower.begin(operation)
        return operation

    async def _run(self, operation: Operation[Reply, str]) -> Reply:
        try:
            await self._follower.run()
        except FunctionCallError as error:
            raise error from self._failure
        finally:
            for call in self._calls:
                call.cancel()
            self._take_reply()
            await self._after()
        assert self._reply is not None
        return self._parsed(self._reply)

    def _take_reply(self) -> None:
        sent = self._follower.sent
        if sent is not None and sent.end.done() and isinstance(end := sent.end.result(), CompletionDone):
            self._reply = reply_of(end)

    def _parsed(self, reply: Reply) -> Reply:
        """`parsed` as a value of the type that was asked for."""
        form = self._arguments.response_format
        return form.parse(reply) if form is not None and form.kind is not Any else reply

    def _watch(self, message: Outgoing) -> None:
        if isinstance(message, FunctionCall | FunctionApproval):
            answer = self._call(message) if isinstance(message, FunctionCall) else self._approve(message)
            call = asyncio.get_running_loop().create_task(answer, context=self._context)
            self._calls.add(call)
            call.add_done_callback(self._calls.discard)

    async def _call(self, message: FunctionCall) -> None:
        facts = await self._outcome(ToolCall(message.call_id, message.name, encode(message.arguments)))
        self._requester.ask(partial(FunctionResult, call_id=message.call_id, **facts))

    async def _approve(self, message: FunctionApproval) -> None:
        """Of a tool that runs at the other end; without an `approve` all are called, as with a worker of one's own."""
        call = ToolCall(message.call_id, message.name, encode(message.arguments), message.source)
        facts: dict[str, Any] = {"result": True}
        try:
            if self._arguments.approve is not None:
                facts["result"] = await approved(self._arguments.approve, call)
        except CallRefused as refusal:
            facts = {"refused": str(refusal)}
        except ApprovalError as error:
            self._failure, facts = error.__cause__, {"unapproved": error.message}
        self._requester.ask(partial(FunctionResult, call_id=message.call_id, **facts))

    async def _outcome(self, call: ToolCall) -> dict[str, Any]:
        assert self._toolbox is not None
        try:
            result = await self._toolbox.result(call)
            return {"content": result.parts} if isinstance(result, Parts) else {"result": result}
        except CallRefused as refusal:
            return {"refused": str(refusal)}
        except ApprovalError as error:
            self._failure = error.__cause__
            return {"unapproved": error.message}
        except FunctionCallError as error:
            self._failure = error.__cause__
            return {"error": printable(_reason(error.__cause__))}


def _reason(error: BaseException | None) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _spec(function: Function) -> FunctionSpec:
    return FunctionSpec(description=function.description, params=function.schema, handled=function.handler is not None)
