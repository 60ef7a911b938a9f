"""The page's conversations over HTTP."""

from __future__ import annotations

import asyncio
import re
from urllib.parse import parse_qs

from starlette.types import Receive, Scope, Send

from ..answers import send_json
from ..bodies import checked
from ..dialects.fields import Object
from ..problems import Problem
from ..storing.conversations import Conversation, ConversationStore

_ID = re.compile(r"[0-9A-Za-z-]{1,64}")


class ConversationRoutes:
    """The endpoints."""

    def __init__(self, store: ConversationStore) -> None:
        self._store = store

    async def index(self, scope: Scope, receive: Receive, send: Send) -> None:
        search = parse_qs(scope["query_string"].decode("latin-1")).get("search", [""])[0]
        await send_json(send, {"data": await asyncio.to_thread(self._store.list, search[:200])})

    async def get(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = await asyncio.to_thread(self._store.get, _id(scope))
        if found is None:
            raise _missing()
        await send_json(send, found)

    async def put(self, scope: Scope, body: Object) -> Object:
        conversation = checked(body, Conversation)
        return {"updated": await asyncio.to_thread(self._store.put, _id(scope), conversation)}

    async def delete(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not await asyncio.to_thread(self._store.delete, _id(scope)):
            raise _missing()
        await send_json(send, {"deleted": True})


def _id(scope: Scope) -> str:
    value = scope["path_params"]["id"]
    if not _ID.fullmatch(value):
        raise _missing()
    return str(value)


def _missing() -> Problem:
    return Problem(404, "There is no such conversation.", code="not_found")
