"""A grammar for the rest of a text, and tokens for it."""

from __future__ import annotations

import pytest

from llama_worker.engine.api.chunks import SampledToken
from llama_worker.errors import InvalidOptionsError
from llama_worker.worker.generation.generated import Generated, TakenBack
from llama_worker.worker.structured.grammars import NAMES, find_grammar
from llama_worker.worker.structured.grammars.prefix import with_beginning


def test_the_root_is_renamed_and_nothing_else() -> None:
    grammar = 'root ::= "root" root-of [root] # root\nroot-of ::= root | "\\"root" '
    assert with_beginning(grammar, "a").splitlines() == [
        'root ::= "a" root-of-answer',
        'root-of-answer ::= "root" root-of [root] # root',
        'root-of ::= root-of-answer | "\\"root" ',
    ]


@pytest.mark.parametrize(("text", "literal"), [("a\n", '"a\\n"'), ('"\\', '"\\"\\\\"'), ("é<|x|>", '"é<|x|>"')])
def test_the_beginning_is_a_literal(text: str, literal: str) -> None:
    assert with_beginning('root ::= "b"', text).startswith(f"root ::= {literal} root-of-answer\n")


@pytest.mark.parametrize("name", NAMES)
def test_a_named_grammar_begins_with_what_it_is(name: str) -> None:
    text = find_grammar(name)
    assert text.startswith("# ")
    assert "root" in text
    assert find_grammar(text) == text


def test_a_name_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidOptionsError, match="arithmetic"):
        find_grammar("../json")


def token(id: int) -> list[SampledToken]:
    return [SampledToken(id)]


def test_text_of_several_tokens_has_no_id() -> None:
    said = Generated()
    said.add_text("a", token(1), 1)
    said.add_text("é", token(3), 3)  # of two tokens, the first of which was held back
    said.add_text("c", [], 4)
    said.add_text("d", token(5), 5)
    assert said.prompt_after("b") == ["b", 1, "éc", 5]
    assert said.known_ids == [1]
    assert (said.text, said.beginning(2), said.tokens) == ("aécd", "aé", 5)


def test_a_text_of_no_known_token_is_one_prompt() -> None:
    """The engine takes a list of nothing but texts for as many prompts, and answers them all."""
    said = Generated()
    said.add_text("ab", [], 2)
    said.add_text("c", [], 3)
    assert said.prompt_after("begun ") == "begun abc"
    assert Generated().prompt_after("not begun") == "not begun"


def test_taking_back_gives_what_will_come_again() -> None:
    said = Generated()
    said.add_reasoning("hm", 2)
    said.add_text("a", token(1), 3)
    said.add_text("b", token(2), 4)
    assert said.rewind(1) == TakenBack("b", "")
    assert (said.text, said.tokens) == ("a", 1)
    assert said.rewind() == TakenBack("a", "hm")
    assert not said.begun
