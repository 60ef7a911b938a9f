"""Whoever has waited enough gets the answer: the reasoning ends while it is under way."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
import pytest_asyncio

from llama_worker import LlamaWorker, Model, Operation, Reply
from llama_worker.messages.events import ReasoningDelta, TextDelta
from tests.gguf_factory import write_gguf
from tests.worker.generation.test_reasoning import ALWAYS, QUESTION, TEMPLATE

pytestmark = pytest.mark.asyncio(loop_scope="module")

MOST = 3800
# Characters, fewer than so many tokens have: another process hears late of the fifth piece, as pipes are long.
LONGEST = 2 * MOST - 400
ENDLESS = {"grammar": 'root ::= "<think>" [a-z]* "</think>" [0-9]{6}', "temperature": 0, "max_tokens": MOST}
SCHEMA = {"type": "object", "properties": {"a": {"enum": [1, 2]}}, "required": ["a"]}

# Slower than a process reads that is starved.
write_slow_gguf = partial(
    write_gguf, plain_text=True, words=["<think>", "</think>"], embedding_length=192, block_count=4
)


def weather(city: str) -> str:
    """The weather."""
    return city


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def thinker(shared_worker: LlamaWorker, tmp_path_factory: pytest.TempPathFactory) -> Model:
    """Begins to reason by itself, when a grammar makes it: the engine's business."""
    path = tmp_path_factory.mktemp("thinker") / "thinker.gguf"
    write_slow_gguf(path, chat_template=TEMPLATE)
    return await shared_worker.load_model(path)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def brooder(shared_worker: LlamaWorker, tmp_path_factory: pytest.TempPathFactory) -> Model:
    """Its template begins the reasoning, which never ends by itself."""
    path = tmp_path_factory.mktemp("brooder") / "brooder.gguf"
    write_slow_gguf(path, endless=True, chat_template=ALWAYS)
    return await shared_worker.load_model(path)


async def enough(operation: Operation[Reply[Any], str], pieces: int = 5) -> Reply[Any]:
    """Ask for the answer after so many pieces of reasoning, and be content with a few of its own."""
    reasoned = answered = 0
    async for event in operation.events():
        reasoned += isinstance(event, ReasoningDelta)
        answered += isinstance(event, TextDelta)
        if reasoned == pieces and not answered:
            operation.answer_now()
        if answered == 20:
            operation.abort()
    return await operation


async def test_the_engine_ends_it(thinker: Model) -> None:
    reply = await enough(thinker.chat(QUESTION, **ENDLESS))  # type: ignore[arg-type]
    assert 0 < len(reply.reasoning) < LONGEST
    assert reply.text.isdigit()
    assert reply.finish_reason == "stop"


OPTIONS: dict[str, dict[str, Any]] = {
    "nothing": {},
    "schema": {"json_schema": SCHEMA},
    "functions": {"functions": [weather]},
    "budget": {"reasoning_budget": 1500},
}


@pytest.mark.parametrize("name", OPTIONS)
async def test_what_the_template_begins_ends_too(brooder: Model, name: str) -> None:
    options = OPTIONS[name]
    reply = await enough(brooder.chat(QUESTION, temperature=0, max_tokens=MOST, stop_on_abort=True, **options))
    assert 0 < len(reply.reasoning) < LONGEST
    assert reply.text
    if "json_schema" in options:
        assert reply.parsed["a"] in (1, 2)


async def test_it_goes_on_from_what_was_thought(brooder: Model) -> None:
    free = await brooder.chat(QUESTION, temperature=0, max_tokens=60)
    reply = await enough(brooder.chat(QUESTION, temperature=0, max_tokens=MOST, stop_on_abort=True), pieces=3)
    assert free.reasoning.startswith(reply.reasoning[:6])


async def test_before_it_begins_it_is_ended_at_its_beginning(brooder: Model) -> None:
    operation = brooder.chat(QUESTION, temperature=0, max_tokens=60)
    operation.answer_now()
    reply = await operation
    assert len(reply.reasoning) < 20
    assert reply.text


async def test_without_reasoning_nothing_changes(small: Model) -> None:
    whole = await small.chat(QUESTION, temperature=0, max_tokens=12)
    operation = small.chat(QUESTION, temperature=0, max_tokens=12)
    operation.answer_now()
    async for _ in operation:
        operation.answer_now()
    assert (await operation).text == whole.text
    operation.answer_now()  # when it has ended


async def test_work_of_another_kind_goes_on(shared_worker: LlamaWorker) -> None:
    load = shared_worker.load_model("builtin")
    load.answer_now()
    assert (await load).loaded
