"""Answers to searches for models."""

from __future__ import annotations

from msgspec import to_builtins

from ....messages import Outgoing, Result, Search
from ..open_requests import OpenRequest
from ..registry import handles


@handles(Search)
async def search(request: OpenRequest, message: Search) -> Outgoing:
    found = await request.workspace.search(message.query, fits=message.fits, limit=message.limit, site=message.site)
    return Result(id=request.id, value=to_builtins(found))
