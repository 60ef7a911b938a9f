"""Responses that were stored: read and removed."""

from __future__ import annotations

import asyncio
from urllib.parse import parse_qs

from starlette.types import Receive, Scope, Send

from ..answers import send_json
from ..dialects.fields import Object
from ..problems import Problem
from ..storing.responses import ResponseStore, StoredResponse

_USUAL, _MOST = 20, 100


class ResponseRoutes:
    """The endpoints."""

    def __init__(self, store: ResponseStore) -> None:
        self._store = store

    async def get(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The response as it was answered."""
        await send_json(send, (await self._stored(scope)).response)

    async def input_items(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What it answers, newest first, or with `order=asc` oldest first: `limit` of them (20), from `after` an id."""
        query = {name: values[0] for name, values in parse_qs(scope["query_string"].decode("latin-1")).items()}
        items = (await self._stored(scope)).input
        if query.get("order", "desc") != "asc":
            items = items[::-1]
        await send_json(send, _page(items, query.get("after"), _limit(query.get("limit"))))

    async def delete(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Responses that went on with it cannot be gone on with any more."""
        if not await asyncio.to_thread(self._store.delete, scope["path_params"]["id"]):
            raise _missing(scope)
        await send_json(send, {"id": scope["path_params"]["id"], "object": "response", "deleted": True})

    async def _stored(self, scope: Scope) -> StoredResponse:
        stored = await asyncio.to_thread(self._store.get, scope["path_params"]["id"])
        if stored is None:
            raise _missing(scope)
        return stored


def _page(items: list[Object], after: str | None, limit: int) -> Object:
    start = next((at + 1 for at, item in enumerate(items) if item["id"] == after), 0)
    page = items[start : start + limit]
    ends = {"first_id": page[0]["id"], "last_id": page[-1]["id"]} if page else {"first_id": None, "last_id": None}
    return {"object": "list", "data": page, "has_more": start + limit < len(items)} | ends


def _limit(said: str | None) -> int:
    if said is None:
        return _USUAL
    if not said.isdigit() or not 1 <= int(said[:9]) <= _MOST:
        raise Problem(400, f"limit is a whole number from 1 to {_MOST}.", code="invalid_value", param="limit")
    return int(said)


def _missing(scope: Scope) -> Problem:
    message = f"Response with id {scope['path_params']['id']!r} not found."
    return Problem(404, message, code="response_not_found", param="response_id")
