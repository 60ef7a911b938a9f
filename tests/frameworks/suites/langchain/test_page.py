"""The examples of docs/frameworks/langchain.md."""

from __future__ import annotations

from collections.abc import Awaitable, Callable


async def test_the_page(run_page: Callable[[str], Awaitable[None]]) -> None:
    await run_page("langchain.md")


async def test_what_all_providers_share(run_page: Callable[[str], Awaitable[None]]) -> None:
    await run_page("index.md")
