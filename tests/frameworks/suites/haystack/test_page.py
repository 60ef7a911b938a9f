"""The examples of docs/frameworks/haystack.md."""

from __future__ import annotations

from collections.abc import Awaitable, Callable


async def test_the_page(run_page: Callable[[str], Awaitable[None]]) -> None:
    await run_page("haystack.md")
