"""A conversation that outgrows the context goes on, and says so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import pytest_asyncio

from llama_worker import LlamaWorker, Model
from llama_worker.errors import ContextOverflowError, InvalidOptionsError
from llama_worker.messages.events import ContextShifted
from llama_worker.worker.chat.overflow import Overflow, drop_oldest
from llama_worker.worker.conversation import Message
from tests.gguf_factory import write_gguf

pytestmark = pytest.mark.asyncio(loop_scope="module")

SIZE = 256


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def narrow(shared_worker: LlamaWorker, tmp_path_factory: pytest.TempPathFactory) -> Model:
    """A model whose context holds 256 tokens."""
    path = write_gguf(tmp_path_factory.mktemp("narrow") / "narrow.gguf", plain_text=True)
    return await shared_worker.load_model(path, context_size=SIZE, sequences=2)


def talk(turns: int) -> list[dict[str, str]]:
    """About 25 tokens a turn."""
    said = [{"role": "system", "content": "Be brief."}]
    for turn in range(turns):
        said += [{"role": "user", "content": f"la li {turn}"}, {"role": "assistant", "content": "lo lu"}]
    return said


async def test_the_oldest_turns_are_dropped_and_the_system_prompt_stays(narrow: Model) -> None:
    session = await narrow.create_session()
    session.set_chat_history(talk(20))
    operation = session.prompt("now", max_tokens=5, temperature=0)
    events = [event async for event in operation.events()]
    reply = await operation
    shifted = [event for event in events if isinstance(event, ContextShifted)]
    assert [event.dropped_messages for event in shifted] == [reply.dropped_messages]
    assert reply.dropped_messages > 10
    window = session.get_context_window()
    assert window[0] == talk(20)[0]
    assert [message["role"] for message in window[1:3]] == ["user", "assistant"]
    assert [message["content"] for message in window[-2:]] == ["now", reply.text]
    assert len(session.get_chat_history()) == 1 + 2 * 21, "nothing is forgotten, only not seen"
    assert reply.usage.prompt_tokens <= SIZE * 0.9


async def test_no_more_is_dropped_than_needed(narrow: Model) -> None:
    session = await narrow.create_session(overflow_reserve=0.0)
    session.set_chat_history(talk(20))
    await session.prompt("now", max_tokens=1, temperature=0)
    window = session.get_context_window()
    seen = len(window) - 2
    dropped = len(session.get_chat_history()) - len(window)
    one_more = [window[0], *session.get_chat_history()[1 + dropped - 2 : -1]]
    assert seen > 4
    assert await narrow.count_tokens(one_more) > SIZE


async def test_what_was_dropped_stays_dropped(narrow: Model) -> None:
    """Else each prompt would overflow again, and none would find its beginning in the prompt cache."""
    session = await narrow.create_session()
    session.set_chat_history(talk(20))
    first = await session.prompt("now", max_tokens=2, temperature=0)
    operation = session.prompt("and now", max_tokens=2, temperature=0)
    events = [event async for event in operation.events()]
    second = await operation
    assert not any(isinstance(event, ContextShifted) for event in events)
    assert second.dropped_messages == first.dropped_messages
    assert second.usage.cached_tokens > 0.5 * second.usage.prompt_tokens
    session.set_chat_history(talk(1))
    assert (await session.prompt("new", max_tokens=1)).dropped_messages == 0


async def test_an_answer_that_fills_the_context_goes_on(narrow: Model) -> None:
    session = await narrow.create_session()
    session.set_chat_history(talk(8))
    before = await session.count_tokens()
    assert before > SIZE / 2
    reply = await session.prompt("go", max_tokens=180, temperature=0)
    assert reply.finish_reason == "length"
    assert reply.usage.completion_tokens == 180
    assert reply.dropped_messages > 0
    assert session.get_chat_history()[-1]["content"] == reply.text


async def test_an_answer_without_room_ends(narrow: Model) -> None:
    session = await narrow.create_session()
    reply = await session.prompt("go", max_tokens=1000, temperature=0)
    assert reply.finish_reason == "length"
    assert SIZE / 2 < reply.usage.total_tokens <= SIZE


async def test_one_question_that_is_too_long_is_an_error(narrow: Model) -> None:
    session = await narrow.create_session(system_prompt="Be brief.")
    before = session.get_chat_history()
    with pytest.raises(ContextOverflowError) as error:
        await session.prompt("la li " * 300)
    assert error.value.context_size == SIZE
    assert error.value.prompt_tokens
    assert error.value.prompt_tokens > SIZE
    assert session.get_chat_history() == before


async def test_an_error_can_be_asked_for(narrow: Model) -> None:
    session = await narrow.create_session(overflow="error")
    session.set_chat_history(talk(20))
    with pytest.raises(ContextOverflowError):
        await session.prompt("now", max_tokens=5)
    assert session.get_chat_history() == talk(20)


@pytest.mark.parametrize("is_async", [False, True])
async def test_a_strategy_of_ones_own(narrow: Model, is_async: bool) -> None:
    seen: list[Overflow] = []

    def summarize(overflow: Overflow) -> Any:
        seen.append(overflow)
        shorter = [{"role": "system", "content": "They talked of lamas."}, *overflow.messages[-3:]]
        return answer(shorter) if is_async else shorter

    async def answer(messages: Any) -> Any:
        return messages

    session = await narrow.create_session(overflow=summarize)
    session.set_chat_history(talk(20))
    reply = await session.prompt("now", max_tokens=5, temperature=0)
    assert (seen[0].context_size, seen[0].limit) == (SIZE, int(SIZE * 0.9))
    assert seen[0].prompt_tokens > SIZE
    window = session.get_context_window()
    assert window[0]["content"] == "They talked of lamas."
    assert [message["content"] for message in window[-2:]] == ["now", reply.text]


async def test_a_strategy_that_does_not_help_is_told_so(narrow: Model) -> None:
    """node-llama-cpp warns and does as it likes."""
    session = await narrow.create_session(overflow=lambda overflow: overflow.messages)
    session.set_chat_history(talk(20))
    with pytest.raises(ContextOverflowError, match="strategy left"):
        await session.prompt("now", max_tokens=5)
    session = await narrow.create_session(overflow=lambda overflow: "garbage")  # type: ignore[arg-type,return-value]
    session.set_chat_history(talk(20))
    with pytest.raises(InvalidOptionsError):
        await session.prompt("now", max_tokens=5)
    assert session.get_chat_history() == talk(20)


async def test_a_strategy_that_changes_nothing_does_not_run_for_ever(narrow: Model) -> None:
    session = await narrow.create_session(overflow=lambda overflow: overflow.messages)
    reply = await session.prompt("go", max_tokens=1000, temperature=0)
    assert reply.finish_reason == "length"


async def test_wrong_options_of_a_session_are_refused(narrow: Model) -> None:
    for wrong in ({"overflow": "shrink"}, {"overflow_reserve": 1}, {"system_prompt": 5}, {"colour": 1}):
        with pytest.raises(InvalidOptionsError):
            narrow.create_session(**wrong)


async def test_dropping_counts_tokens_and_not_messages() -> None:
    async def count(messages: Sequence[Message]) -> int:
        return sum(len(message["content"] or "") for message in messages)

    messages: list[Message] = [{"role": "system", "content": "s" * 10}]
    for size in (50, 5, 5, 5):
        messages += [{"role": "user", "content": "u" * size}, {"role": "assistant", "content": "a"}]
    kept = await drop_oldest(messages, 40, count)
    assert kept == [messages[0], *messages[3:]]
    tightest = await drop_oldest(messages, 1, count)
    assert tightest == [messages[0], *messages[-2:]]
    assert await drop_oldest(messages[:3], 1, count) is None
