"""The conversation of a session: always valid, whatever happened."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from llama_worker import LlamaWorker, Model
from llama_worker.errors import EngineDiedError, InvalidOptionsError, OperationAborted

pytestmark = pytest.mark.asyncio(loop_scope="module")

TALK = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "Hi"},
    {"role": "assistant", "content": "Hello"},
]
CALLS = [
    {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}},
]


async def test_the_history_is_a_copy_both_ways(noise: Model) -> None:
    session = await noise.create_session()
    given = [dict(message) for message in TALK]
    session.set_chat_history(given)
    given[0]["content"] = "changed"
    session.get_chat_history()[0]["content"] = "changed"
    assert session.get_chat_history() == TALK


@pytest.mark.parametrize(
    ("messages", "path"),
    [
        ("text", "messages"),
        (5, "messages"),
        ({"role": "user", "content": "x"}, "messages"),
        ([TALK[0], "text"], "messages[1]"),
        ([{"role": "king", "content": "x"}], "messages[0].role"),
        ([{"role": "user"}], "messages[0].content"),
        ([{"role": "user", "content": 5}], "messages[0].content"),
        ([{"role": "user", "content": "x", "colour": "red"}], "messages[0].colour"),
        ([{"role": "user", "content": "x", 5: "red"}], "messages[0].5"),
        ([{"role": "user", "content": "x", "name": 5}], "messages[0].name"),
        ([{"role": "user", "content": "x", "tool_calls": CALLS}], "messages[0].tool_calls"),
        ([{"role": "assistant", "content": "x", "tool_calls": "f"}], "messages[0].tool_calls"),
        ([{"role": "assistant", "content": "x", "tool_calls": [{"id": "1"}]}], "messages[0].tool_calls[0]"),
    ],
)
async def test_a_wrong_history_is_refused_and_changes_nothing(noise: Model, messages: Any, path: str) -> None:
    """node-llama-cpp takes anything."""
    session = await noise.create_session()
    session.set_chat_history(TALK)
    with pytest.raises(InvalidOptionsError) as error:
        session.set_chat_history(messages)
    assert error.value.path == path
    assert session.get_chat_history() == TALK


async def test_calls_in_a_history_are_taken(noise: Model) -> None:
    session = await noise.create_session()
    talk: list[dict[str, Any]] = [
        *TALK,
        {"role": "assistant", "content": None, "tool_calls": CALLS},
        {"role": "tool", "tool_call_id": "1", "name": "f", "content": "x"},
    ]
    session.set_chat_history(talk)
    assert session.get_chat_history() == talk


async def test_resetting_keeps_the_system_prompt(noise: Model) -> None:
    session = await noise.create_session(system_prompt="Be brief.")
    await session.prompt("one", max_tokens=2)
    session.reset_chat_history()
    assert session.get_chat_history() == TALK[:1]


async def test_a_fork_goes_its_own_way(noise: Model) -> None:
    session = await noise.create_session(system_prompt="Be brief.")
    await session.prompt("one", max_tokens=5, temperature=0)
    fork = session.fork()
    assert fork.model is session.model
    mine = await session.prompt("two", max_tokens=5, temperature=0)
    before = fork.get_chat_history()
    theirs = await fork.prompt("two", max_tokens=5, temperature=0)
    assert theirs.text == mine.text
    assert session.get_chat_history() == fork.get_chat_history() != before
    fork.reset_chat_history()
    assert len(session.get_chat_history()) == 5


async def test_a_failed_prompt_leaves_no_trace(slow_model_path: Any) -> None:
    async with LlamaWorker() as worker:
        model = await worker.load_model(slow_model_path)
        session = await model.create_session(system_prompt="Be brief.")
        operation = session.prompt("one", max_tokens=4000, temperature=0)
        stream = aiter(operation)
        await anext(stream)
        engine = model.runtime._supervisor.current
        assert engine
        await engine._process.kill()
        with pytest.raises(EngineDiedError):
            await operation
        assert session.get_chat_history() == TALK[:1]
        await session.prompt("one", max_tokens=2)
        assert len(session.get_chat_history()) == 3


async def test_an_abort_before_the_first_word_leaves_no_trace(noise: Model) -> None:
    session = await noise.create_session()
    operation = session.prompt("one", max_tokens=50)
    operation.abort()
    with pytest.raises(OperationAborted):
        await operation
    assert session.get_chat_history() == []


async def test_a_history_that_is_replaced_meanwhile_stays_replaced(noise: Model) -> None:
    session = await noise.create_session()
    operation = session.prompt("one", max_tokens=200)
    stream = aiter(operation)
    await anext(stream)
    session.set_chat_history(TALK)
    await operation
    assert session.get_chat_history() == TALK


async def test_preloading_is_read_only_once_and_remembered_nowhere(noise: Model) -> None:
    session = await noise.create_session(system_prompt="Be brief. " * 30)
    before = session.get_chat_history()
    preloaded = await session.preload("A long question about lamas and lilies ")
    assert (preloaded.text, preloaded.usage.completion_tokens) == ("", 0)
    assert session.get_chat_history() == before
    reply = await session.prompt("A long question about lamas and lilies and lulus", max_tokens=2)
    assert reply.usage.cached_tokens > 0.9 * preloaded.usage.prompt_tokens


async def test_completing_a_prompt_leaves_no_trace(noise: Model) -> None:
    session = await noise.create_session(system_prompt="Be brief.")
    await session.prompt("one", max_tokens=5, temperature=0)
    before, fork = session.get_chat_history(), session.fork()
    completion = await session.complete_prompt("and la la ", temperature=0)
    assert completion.text
    assert completion.usage.completion_tokens == 64
    assert session.get_chat_history() == before
    with_trace = await session.prompt("two", max_tokens=9, temperature=0)
    assert with_trace.text == (await fork.prompt("two", max_tokens=9, temperature=0)).text


async def test_a_prompt_is_completed_in_the_users_place(small: Model) -> None:
    """The engine is given the conversation up to what was typed, with its last blank, and no further."""
    from llama_worker.options import PromptOptions
    from llama_worker.worker.generation.completion import user_completion
    from llama_worker.worker.generation.prompt_arguments import PromptArguments

    engine = await small.runtime.engine()
    for typed in ("What is the ", "two\nlines", "x"):
        asked = await user_completion(
            engine, [], {"role": "user", "content": typed}, PromptArguments(options=PromptOptions())
        )
        assert asked.prompt.endswith(typed)
        assert asked.prompt.count(typed) == 1


async def test_tokens_are_counted_as_the_engine_counts_them(noise: Model) -> None:
    session = await noise.create_session(system_prompt="Be brief.")
    session.set_chat_history([*TALK, {"role": "user", "content": "la li lo"}])
    counted = await session.count_tokens()
    assert counted == await noise.count_tokens(session.get_chat_history())
    reply = await noise.chat(session.get_chat_history(), max_tokens=1)
    assert reply.usage.prompt_tokens == counted


async def test_tokens_and_text_are_each_others_inverse(noise: Model) -> None:
    tokens = await noise.tokenize("la li lo <|im_end|> é")
    assert await noise.detokenize(tokens) == "la li lo <|im_end|> é"
    assert await noise.count_tokens("la li lo <|im_end|> é") == len(tokens)
    assert len(await noise.tokenize("<|im_end|>", parse_special=True)) == 1
    assert len(await noise.tokenize("<|im_end|>")) > 1
    for token in (-1, 512, 2**31 - 1):
        with pytest.raises(InvalidOptionsError, match=r"does not exist|expected `int` >= 0") as refused:
            await noise.detokenize([*tokens, token])
        assert refused.value.path == f"tokens[{len(tokens)}]"


async def test_prompts_of_a_session_run_in_the_order_of_the_calls(noise: Model) -> None:
    session = await noise.create_session()
    operations = [session.prompt(f"number {number}", max_tokens=3) for number in range(5)]
    await asyncio.gather(*operations)
    questions = [message["content"] for message in session.get_chat_history() if message["role"] == "user"]
    assert questions == [f"number {number}" for number in range(5)]


async def test_of_waiting_prompts_one_can_be_aborted(noise: Model) -> None:
    session = await noise.create_session()
    first = session.prompt("number 0", max_tokens=3000, engine_options={"ignore_eos": True})
    second, third = [session.prompt(f"number {number}", max_tokens=20) for number in (1, 2)]
    answer = aiter(first)
    await anext(answer)
    second.abort()
    with pytest.raises(OperationAborted):
        await second
    assert first.state == "running"
    first.abort()
    await third
    questions = [message["content"] for message in session.get_chat_history() if message["role"] == "user"]
    assert questions == ["number 0", "number 2"]
