"""Functions that live at the other end of a port."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from ..errors import InvalidOptionsError
from ..messages import FunctionCall, FunctionResult, FunctionSpec, Outgoing, Result
from ..worker.toolbox import CallRefused, FunctionFailed
from .answers import answers
from .call import Call


def extras(call: Call, functions: dict[str, FunctionSpec] | None) -> dict[str, Any]:
    """The keyword arguments of a prompt whose functions are called by messages."""
    return {"functions": {name: _definition(call, name, it) for name, it in functions.items()}} if functions else {}


@answers(FunctionResult, turn="now")
async def take_result(call: Call, request: FunctionResult) -> Outgoing:
    waiting = call.roster.awaited_results.get(request.call_id)
    if waiting is None or waiting.done():
        raise InvalidOptionsError(f"Nobody waits for the result of call {request.call_id!r}.", path="callId")
    if request.refused is not None:
        waiting.set_exception(CallRefused(request.refused))
    elif request.error is not None:
        waiting.set_exception(FunctionFailed(request.error))
    else:
        waiting.set_result(request.result)
    return Result(id=call.id)


def _definition(call: Call, name: str, spec: FunctionSpec) -> dict[str, Any]:
    definition: dict[str, Any] = {"description": spec.description, "params": spec.params}
    return definition | ({"handler": _handler(call, name)} if spec.handled else {})


def _handler(call: Call, name: str) -> Callable[..., Awaitable[Any]]:
    async def ask(**arguments: Any) -> Any:
        call_id = uuid.uuid4().hex
        result: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        call.roster.awaited_results[call_id] = result
        operation_id = call.operation.id if call.operation else ""
        try:
            await call.send(
                FunctionCall(id=call.id, call_id=call_id, name=name, arguments=arguments, operation_id=operation_id)
            )
            return await result
        finally:
            del call.roster.awaited_results[call_id]

    return ask
