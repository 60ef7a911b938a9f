"""Requests that share one context: each may use all of it."""

from __future__ import annotations

import asyncio

import pytest
import pytest_asyncio

from llama_worker import LlamaWorker, Model
from tests.gguf_factory import write_gguf

pytestmark = pytest.mark.asyncio(loop_scope="module")

CONTEXT = 512


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sharing(shared_worker: LlamaWorker, tmp_path_factory: pytest.TempPathFactory) -> Model:
    """A model that never ends an answer; three sequences share a small context."""
    path = write_gguf(tmp_path_factory.mktemp("sharing") / "sharing.gguf", endless=True, plain_text=True)
    return await shared_worker.load_model(path, context_size=CONTEXT, sequences=3, kv_unified=True)


async def test_one_request_may_use_all_of_it(sharing: Model) -> None:
    reply = await sharing.complete("a", temperature=0)
    assert (reply.finish_reason, reply.usage.total_tokens) == ("length", CONTEXT)


async def test_a_long_prompt_waits_for_room_and_does_not_drive_others_out(sharing: Model) -> None:
    room = sharing.runtime.queue.room
    assert room == CONTEXT
    replies = await asyncio.gather(*(sharing.complete(f"{letter} a" * 150, max_tokens=3) for letter in "abc"))
    assert all(reply.usage.completion_tokens == 3 for reply in replies)


async def test_idle_conversations_keep_what_was_read_of_them(sharing: Model) -> None:
    sessions = [await sharing.create_session() for _ in range(3)]
    for session in sessions:
        await session.prompt("la la la la", max_tokens=3)
    for session in sessions:
        assert (await session.prompt("mi", max_tokens=3)).usage.cached_tokens > 20
