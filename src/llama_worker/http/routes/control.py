"""What is said to an answer that is on its way."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct
from starlette.types import Scope

from ...engine.api.endpoints import end_reasoning
from ...worker.worker import LlamaWorker
from ..bodies import checked
from ..dialects.fields import Object


class ControlRequest(Struct):
    """As llama-server's: `id` is the chat completion's."""

    id: str
    action: Literal["reasoning_end"]


class ControlRoutes:
    """The endpoint; no engine is started for it, as none that rests has an answer on its way, and none is
    asked that serves nobody."""

    def __init__(self, worker: LlamaWorker) -> None:
        self._worker = worker

    async def control(self, scope: Scope, body: Object) -> Object:
        """End the reasoning of a chat completion, whichever model answers it."""
        request = checked(body, ControlRequest)
        for model in self._worker.models:
            if model.pid is not None and not model.runtime.idle:  # or asking would count as a use of it
                async with model.runtime.borrow_engine() as engine:
                    if await end_reasoning(engine, request.id):
                        return {"success": True}
        return {"success": False, "message": "No answer of this id is on its way."}
