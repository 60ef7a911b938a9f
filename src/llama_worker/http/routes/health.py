"""Whether the server is well, for whoever watches it."""

from __future__ import annotations

from starlette.types import Receive, Scope, Send

from ..answers import send_json
from ..pool import ModelPool


class HealthRoute:
    """200 while the server can answer; an engine that died is started again by the next request."""

    def __init__(self, pool: ModelPool) -> None:
        self._pool = pool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send_json(send, {"status": "ok"})
