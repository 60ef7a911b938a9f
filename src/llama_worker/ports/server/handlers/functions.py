"""Functions that live at the other end of a port."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from ....messages import FunctionCall, FunctionResult, FunctionSpec, Outgoing, Result
from ....options import PromptOptions
from ....worker.generation.prompt_arguments import PromptArguments
from ..open_requests import OpenRequest
from ..registry import handles

_NOTHING_CHOSEN = PromptOptions()


def prompt_arguments(
    request: OpenRequest, options: PromptOptions | None, functions: dict[str, FunctionSpec] | None = None
) -> PromptArguments:
    """What a prompt was given; its functions are called by messages."""
    by_name = {name: _definition(request, name, spec) for name, spec in functions.items()} if functions else None
    return PromptArguments.of(options or _NOTHING_CHOSEN, functions=by_name)


@handles(FunctionResult, order="now")
async def take_result(request: OpenRequest, message: FunctionResult) -> Outgoing:
    outcome = {"error": message.error, "refused": message.refused, "unapproved": message.unapproved}
    request.others.settle_call(message.call_id, message.result, **outcome)
    return Result(id=request.id)


def _definition(request: OpenRequest, name: str, spec: FunctionSpec) -> dict[str, Any]:
    definition: dict[str, Any] = {"description": spec.description, "params": spec.params}
    return definition | ({"handler": _handler(request, name)} if spec.handled else {})


def _handler(request: OpenRequest, name: str) -> Callable[..., Awaitable[Any]]:
    async def ask(**arguments: Any) -> Any:
        call_id = uuid.uuid4().hex
        operation_id = request.operation.id if request.operation else ""
        question = FunctionCall(
            id=request.id, call_id=call_id, name=name, arguments=arguments, operation_id=operation_id
        )
        return await request.others.await_result(call_id, request.send(question))

    return ask
