"""A model that reads slowly enough for keeping to pay, and what it says when nothing happens to it."""

from __future__ import annotations

from pathlib import Path

import pytest
import pytest_asyncio

from llama_worker import LlamaWorker
from tests.gguf_factory import write_gguf

from .talking import ask, begin, load, moved

TURNS = ("two", "three")


@pytest.fixture(scope="session")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("states")
    return write_gguf(
        folder / "talker.gguf", embedding_length=256, block_count=4, feed_forward_length=512, plain_text=True
    )


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def read_again(path: Path) -> str:
    """The answer to the first of them when all is read again: numbers are rounded otherwise then, so it may differ."""
    async with LlamaWorker(state_cache=False) as worker:
        session = await begin(await load(worker, path))
        return (await ask(await moved(session, await load(worker, path)), TURNS[0])).text


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def undisturbed(path: Path) -> list[str]:
    """The answers to `TURNS` of an engine that lives through the whole conversation."""
    async with LlamaWorker(state_cache=False) as worker:
        session = await begin(await load(worker, path))
        return [(await ask(session, text)).text for text in TURNS]
