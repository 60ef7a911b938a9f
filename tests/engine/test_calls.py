"""Calls in conversations: ids that every template takes, and one call at a time where a template takes no more."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from llama_worker.engine.api.calls import has_calls_at_once, in_rounds, with_short_ids


def asks(*identities: str) -> dict[str, Any]:
    calls = [{"id": one, "type": "function", "function": {"name": "f", "arguments": "{}"}} for one in identities]
    return {"role": "assistant", "content": "Let me see.", "tool_calls": calls}


def result(identity: str) -> dict[str, Any]:
    return {"role": "tool", "tool_call_id": identity, "content": identity}


@given(st.lists(st.text(), unique=True, min_size=1, max_size=5))
def test_a_call_and_its_result_keep_one_id_of_nine_letters_or_digits(identities: list[str]) -> None:
    asked, *results = with_short_ids([asks(*identities), *map(result, identities)])
    short = [call["id"] for call in asked["tool_calls"]]
    assert short == [message["tool_call_id"] for message in results]
    assert len(set(short)) == len(identities)
    for before, after in zip(identities, short, strict=True):
        assert after == before if ":" in before else len(after) == 9 and after.isascii() and after.isalnum()


def test_ids_that_fit_and_ids_of_the_models_own_stay() -> None:
    asked = with_short_ids([asks("aB3dE6gH9", "functions.f:0")])[0]
    assert [call["id"] for call in asked["tool_calls"]] == ["aB3dE6gH9", "functions.f:0"]


def test_what_is_no_call_is_left_to_the_engine_to_refuse() -> None:
    odd: list[dict[str, Any]] = [{"role": "assistant", "tool_calls": ["f"]}, {"role": "tool", "tool_call_id": 3}]
    assert with_short_ids(odd) == odd


def test_calls_at_once_become_rounds() -> None:
    question, answer = {"role": "user", "content": "?"}, {"role": "assistant", "content": "!"}
    messages = [question, asks("1", "2"), result("2"), result("1"), answer, asks("3"), result("3")]
    assert has_calls_at_once(messages)
    rounds = in_rounds(messages)
    assert not has_calls_at_once(rounds)
    assert rounds == [
        question,
        asks("1"),
        result("1"),
        asks("2") | {"content": ""},
        result("2"),
        answer,
        asks("3"),
        result("3"),
    ]
