"""Turns whatever goes wrong into an answer in the caller's dialect."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ...errors import LlamaWorkerError
from ...loggers import HTTP
from ..answers import send_json
from ..bodies import ClientGone
from ..problems import Problem, problem_from


class ProblemMiddleware:
    """Outermost of ours: no error leaves without a status and a body that client libraries can read."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return await self._app(scope, receive, send)
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] in ("http.response.start", "websocket.accept")
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except ClientGone:
            return  # nobody is there to be answered
        except Exception as error:
            if not isinstance(error, Problem | LlamaWorkerError | TimeoutError):
                HTTP.exception("%s failed", scope["path"])
            if not started:
                await answer(scope, send, problem_from(error))


async def answer(scope: Scope, send: Send, problem: Problem) -> None:
    """Send `problem`; a WebSocket is refused with the same status."""
    if scope["type"] == "http":
        return await send_json(send, problem.at(scope["path"]), problem.status, problem.headers)
    if "websocket.http.response" in scope.get("extensions", {}):
        start = {"type": "websocket.http.response.start", "status": problem.status, "headers": []}
        await send(start)
        await send({"type": "websocket.http.response.body", "body": problem.message.encode()})
    else:
        await send({"type": "websocket.close", "code": 1008, "reason": problem.message[:120]})
