"""Functions that live at the other end of a port."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from msgspec import to_builtins

from ....messages import (
    FunctionApproval,
    FunctionCall,
    FunctionResult,
    FunctionSpec,
    ListMcpServers,
    Outgoing,
    Result,
)
from ....messages.values import ToolCall
from ....options import PromptOptions
from ....worker.generation.prompt_arguments import PromptArguments
from ....worker.structured.schemas import decode
from ..open_requests import OpenRequest
from ..registry import handles

_NOTHING_CHOSEN = PromptOptions()


def prompt_arguments(
    request: OpenRequest, options: PromptOptions | None, functions: dict[str, FunctionSpec] | None = None
) -> PromptArguments:
    """What a prompt was given; its functions are called by messages, and of tools of the worker's own servers it is
    asked whether they may be called."""
    by_name = {name: _definition(request, name, spec) for name, spec in functions.items()} if functions else None
    asked = options or _NOTHING_CHOSEN
    return PromptArguments.of(asked, functions=by_name, approve=_approval(request) if asked.mcp else None)


@handles(FunctionResult, order="now")
async def take_result(request: OpenRequest, message: FunctionResult) -> Outgoing:
    outcome = {"error": message.error, "refused": message.refused, "unapproved": message.unapproved}
    request.others.settle_call(message.call_id, message.result, content=message.content, **outcome)
    return Result(id=request.id)


def _definition(request: OpenRequest, name: str, spec: FunctionSpec) -> dict[str, Any]:
    definition: dict[str, Any] = {"description": spec.description, "params": spec.params, "needs_approval": False}
    return definition | ({"handler": _handler(request, name)} if spec.handled else {})


def _approval(request: OpenRequest) -> Callable[[ToolCall], Awaitable[bool]]:
    async def ask(call: ToolCall) -> bool:
        question = FunctionApproval(
            id=request.id,
            call_id=uuid.uuid4().hex,
            name=call.name,
            arguments=decode(Any, call.arguments),
            source=call.source,
            operation_id=request.operation.id if request.operation else "",
        )
        return await request.others.await_result(question.call_id, request.send(question)) is True

    return ask


@handles(ListMcpServers)
async def list_mcp_servers(request: OpenRequest, message: ListMcpServers) -> Outgoing:
    return Result(id=request.id, value=to_builtins(await request.workspace.worker.list_mcp_servers()))


def _handler(request: OpenRequest, name: str) -> Callable[..., Awaitable[Any]]:
    async def ask(**arguments: Any) -> Any:
        call_id = uuid.uuid4().hex
        operation_id = request.operation.id if request.operation else ""
        question = FunctionCall(
            id=request.id, call_id=call_id, name=name, arguments=arguments, operation_id=operation_id
        )
        return await request.others.await_result(call_id, request.send(question))

    return ask
