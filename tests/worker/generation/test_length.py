"""How long an answer becomes when nobody says how long: to its end, or to the end of the context."""

from __future__ import annotations

import pytest
import pytest_asyncio

from llama_worker import LlamaWorker, Model
from llama_worker.errors import InvalidOutputError, OperationAborted
from tests.gguf_factory import write_gguf
from tests.worker.generation.test_pause import paused_again_and_again

pytestmark = pytest.mark.asyncio(loop_scope="module")

CONTEXT = 768
"""Tokens: more than the 512 that an answer had at most when there was a default."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def endless(shared_worker: LlamaWorker, tmp_path_factory: pytest.TempPathFactory) -> Model:
    """A model that never ends an answer, in a context that is soon full."""
    path = write_gguf(tmp_path_factory.mktemp("endless") / "endless.gguf", endless=True, plain_text=True)
    return await shared_worker.load_model(path, context_size=CONTEXT, sequences=2)


async def test_an_endless_answer_ends_with_the_context(endless: Model) -> None:
    reply = await endless.complete("a", temperature=0)
    assert (reply.finish_reason, reply.usage.total_tokens) == ("length", CONTEXT)


async def test_it_does_so_over_a_pause_too(endless: Model) -> None:
    whole = await endless.complete("a", temperature=0)
    reply = await paused_again_and_again(endless.complete("a", temperature=0), 200)
    assert (reply.finish_reason, reply.text) == ("length", whole.text)
    assert reply.usage.completion_tokens == whole.usage.completion_tokens


async def test_it_can_be_aborted(endless: Model) -> None:
    operation = endless.complete("a", temperature=0)
    async for _ in operation:
        operation.abort()
    with pytest.raises(OperationAborted):
        await operation


async def test_a_conversation_goes_on_after_an_answer_that_filled_the_context(endless: Model) -> None:
    session = await endless.create_session()
    for _ in range(2):
        reply = await session.prompt("Hello!", temperature=0)
        assert (reply.finish_reason, reply.usage.total_tokens) == ("length", CONTEXT)
    assert reply.dropped_messages == 2


async def test_a_form_that_the_context_cuts_off_is_an_error_that_says_what_to_do(endless: Model) -> None:
    with pytest.raises(InvalidOutputError, match="raise max_tokens or context_size"):
        await endless.complete("a", json_schema={"type": "array", "minItems": 500, "items": {"type": "integer"}})


async def test_what_ends_by_itself_ends(small: Model) -> None:
    reply = await small.chat([{"role": "user", "content": "Hello!"}], temperature=0)
    assert reply.finish_reason == "stop"
