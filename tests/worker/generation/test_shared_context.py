"""Requests that share one context: each may use all of it, and when all do, nothing is lost and all come to an end."""

from __future__ import annotations

import asyncio

import pytest
import pytest_asyncio

from llama_worker import LlamaWorker, Model
from llama_worker.errors import SharedContextFullError
from llama_worker.worker.generation.generation import Generation
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


async def test_what_does_not_fit_together_is_whole_in_the_end(sharing: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    attempt, cut = Generation._attempt, []

    async def noticed(*arguments: object) -> None:
        try:
            return await attempt(*arguments)  # type: ignore[arg-type]
        except SharedContextFullError:
            cut.append(arguments)
            raise

    monkeypatch.setattr(Generation, "_attempt", noticed)
    for _ in range(30):
        operations = [sharing.complete(f"{letter} a", temperature=0, max_tokens=300) for letter in "abc"]
        streamed = await asyncio.gather(*(_text(operation) for operation in operations))
        replies = [await operation for operation in operations]
        assert [reply.text for reply in replies] == streamed
        assert [(reply.finish_reason, reply.usage.completion_tokens) for reply in replies] == [("length", 300)] * 3
        assert sharing.runtime.queue.idle
        if cut:  # else one had ended before another began
            return
    pytest.fail("they fitted together")


async def test_answers_without_an_end_each_get_all_of_it(sharing: Model) -> None:
    replies = await asyncio.gather(
        *(sharing.complete(f"{letter} a" * length) for length, letter in enumerate("abc", 1))
    )
    for reply in replies:
        assert reply.finish_reason == "length"
        assert reply.usage.total_tokens > 0.9 * CONTEXT  # what is read again may come to fewer tokens


async def _text(operation: object) -> str:
    return "".join([text async for text in operation])  # type: ignore[attr-defined]


async def test_what_waits_for_the_rest_to_end_can_be_aborted(sharing: Model) -> None:
    operations = [sharing.complete(f"{letter} a", stop_on_abort=True) for letter in "abc"]
    await asyncio.wait(
        [asyncio.ensure_future(operation.wait()) for operation in operations], return_when="FIRST_COMPLETED"
    )
    for operation in operations:
        operation.abort()
    assert {(await operation).finish_reason for operation in operations} <= {"abort", "length"}
    assert sharing.runtime.queue.idle


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
