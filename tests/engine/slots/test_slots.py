"""Which sequence a request gets: the one that holds the beginning of its prompt."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from llama_worker import LlamaWorker
from llama_worker.engine.api.endpoints import CHAT_COMPLETIONS, COMPLETION, EMBEDDINGS
from llama_worker.engine.slots.slots import Slots
from tests.gguf_factory import write_gguf

Body = dict[str, Any]


def chat(*texts: str) -> Body:
    roles = ("system", "user", "assistant", "user", "assistant", "user")
    return {"messages": [{"role": role, "content": text} for role, text in zip(roles, texts, strict=False)]}


def place(slots: Slots, body: Body, path: str = CHAT_COMPLETIONS, owner: str = "") -> int | None:
    with slots.placed(path, body, owner) as placed:
        return placed.get("id_slot")


def test_a_conversation_goes_on_where_it_was() -> None:
    slots, stay = Slots(3), ExitStack()
    beginnings = [chat("Be kind.", f"{name}: who are you?") for name in ("one", "two", "three")]
    places = [stay.enter_context(slots.placed(CHAT_COMPLETIONS, body, ""))["id_slot"] for body in beginnings]
    assert sorted(places) == [0, 1, 2]
    stay.close()
    for name, slot in (("three", places[2]), ("one", places[0])):
        assert place(slots, chat("Be kind.", f"{name}: who are you?", "A llama.", "And I?")) == slot


def test_an_answer_goes_on_where_it_was_however_short_its_prompt() -> None:
    slots = Slots(2)
    place(slots, {"prompt": "Once"}, COMPLETION)
    again = {"prompt": ["Once", *range(1000)]}
    assert place(slots, again, COMPLETION) == 0
    assert place(slots, {"prompt": ["Once", *range(1000), *range(50)]}, COMPLETION) == 0
    assert place(slots, chat("Be kind.", "Hi"), owner="somebody") == 1
    assert place(slots, chat("Be kind.", "Hi", "A long answer. " * 300, "And?"), owner="somebody") == 1


def test_what_is_taken_is_given_to_nobody_else() -> None:
    slots = Slots(2)
    with slots.placed(CHAT_COMPLETIONS, chat("Be kind.", "Hello"), "") as first:
        assert place(slots, chat("Be kind.", "Hello")) != first["id_slot"]


def test_another_text_gets_the_slot_that_was_used_longest_ago() -> None:
    slots = Slots(2)
    first, second = place(slots, chat("A" * 500)), place(slots, chat("B" * 500))
    assert {first, second} == {0, 1}
    assert place(slots, chat("C" * 500)) == first


def test_the_same_conversation_in_another_form_is_found_by_its_owner() -> None:
    slots = Slots(3)
    place(slots, chat("A" * 500), owner="first")
    own = place(slots, {"prompt": "<|im_start|>system"}, COMPLETION, owner="second")
    assert place(slots, chat("B" * 500), owner="second") == own


def test_what_was_read_from_a_file_is_found_by_its_messages() -> None:
    slots = Slots(4)
    slots.restored(2, CHAT_COMPLETIONS, chat("Be kind.", "Hello"))
    assert place(slots, chat("Be kind.", "Hello", "A llama.", "And I?")) == 2


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (EMBEDDINGS, {"input": ["a"]}),
        (COMPLETION, {"prompt": ["two", "prompts"]}),
        (CHAT_COMPLETIONS, chat("Be kind.") | {"n": 2}),
    ],
)
def test_while_a_request_takes_slots_unknown_the_engine_chooses(path: str, body: Body) -> None:
    slots = Slots(4)
    with slots.placed(path, body, "") as unplaced:
        assert "id_slot" not in unplaced
        assert place(slots, chat("Be kind.", "Hello")) is None
    assert place(slots, chat("Be kind.", "Hello")) is not None


def test_a_first_question_takes_an_empty_slot_unless_another_holds_most_of_it() -> None:
    slots = Slots(4)
    assert place(slots, chat("Be kind.", "One: " + "who " * 20)) == 0
    assert place(slots, chat("Be kind.", "Two: " + "why " * 20)) == 1
    assert place(slots, chat("Be kind. " * 50, "Three?")) == 2
    assert place(slots, chat("Be kind. " * 50, "Four?")) == 2


def test_what_has_left_its_slot_is_brought_back_to_one_that_is_not_empty() -> None:
    """To an empty slot that is named the engine brings back nothing."""
    slots = Slots(4)
    first = chat("Be kind. " * 9, "One?"), chat("Be kind. " * 9, "One?", "A llama.", "why " * 300)
    place(slots, first[0])
    assert place(slots, chat("Be kind. " * 9, "Two?")) == 0
    assert place(slots, first[1]) == 0


def test_an_engine_without_a_cache_brings_nothing_back() -> None:
    slots = Slots(4, keeps=False)
    for name in ("One?", "Two?"):
        place(slots, chat("Be kind. " * 9, name))
    assert place(slots, chat("Be kind. " * 9, "One?", "A llama.", "why " * 300)) == 1


def test_the_engine_chooses_among_empty_slots_for_what_has_left_its_own() -> None:
    slots = Slots(3)
    for name in ("One?", "Two?"):
        place(slots, chat("Be kind. " * 9, name))
    beginning = chat("Be kind. " * 9, "Three?")
    again = chat("Be kind. " * 9, "One?", "A llama.", "And I?")
    with slots.placed(CHAT_COMPLETIONS, beginning, ""), slots.placed(CHAT_COMPLETIONS, again, "") as brought_back:
        assert "id_slot" not in brought_back
        assert place(slots, chat("Who?", "why " * 20)) == 1  # the last was taken by the engine
    more = chat("Be kind. " * 9, "One?", "A llama.", "And I?", "You too.", "Why?")
    assert place(slots, more) == 2


async def read_again(
    path: Path, sequences: int, system_prompt: str, question: Callable[[int, int], str], first_turn: int = 0
) -> float:
    """The share of what was read before that five conversations in turns read again, from `first_turn` on."""
    again = before = 0
    async with LlamaWorker(state_cache=False) as worker:
        model = await worker.load_model(path, context_size=4096, sequences=sequences)
        sessions = [await model.create_session(system_prompt=system_prompt) for _ in range(5)]
        held = dict.fromkeys(range(len(sessions)), 0)
        for turn in range(4):
            for number, session in enumerate(sessions):
                usage = (await session.prompt(question(number, turn), max_tokens=4, temperature=0)).usage
                if turn >= first_turn:
                    again += max(held[number] - usage.cached_tokens, 0)
                    before += held[number]
                held[number] = usage.total_tokens
    return again / before


async def test_conversations_that_have_left_their_slot_are_not_read_again(tmp_path: Path) -> None:
    """Five of which each begins as the others do, until what they have in common is a small part of them."""
    path = write_gguf(tmp_path / "model.gguf", plain_text=True)
    assert await read_again(path, 4, "You are kind. " * 8, lambda n, turn: f"{n} {turn} " + "why " * (40 * turn)) < 0.05


async def test_conversations_that_begin_alike_do_not_lose_what_was_read_of_them(tmp_path: Path) -> None:
    """Five that share a long beginning and two sequences: what each was told and said is not read again."""
    path = write_gguf(tmp_path / "model.gguf", plain_text=True)
    system_prompt = "You are kind to llamas. " * 20
    assert await read_again(path, 2, system_prompt, lambda n, turn: f"{n} {turn} " + "why " * 40, first_turn=2) < 0.03
