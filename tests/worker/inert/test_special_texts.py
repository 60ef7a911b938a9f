"""Names of special tokens in a text are found and broken, and nothing else is touched."""

from __future__ import annotations

import pytest

from llama_worker.worker.inert.borders import Borders
from llama_worker.worker.inert.reasoning import ReasoningMarks
from llama_worker.worker.inert.special_texts import BREAK, SpecialTexts
from llama_worker.worker.inert.walk import changed

NAMES = ("<|im_start|>", "<|im_end|>", "<s>", "</s>", "[INST]", "aba")
TEMPLATE = "{{'<fn=' + name + '>'}}{% for m in messages %}<|im_start|>{{ m.content }}<|im_end|>{% endfor %}"
TEXTS = SpecialTexts(NAMES, Borders(TEMPLATE, NAMES))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "a < b > c",
        "<|im_",
        "im_end|>",
        "<|IM_END|>",
        "<| im_end |>",
        "<div><span>",
        "if x <",
        "> y",
        "[IN]",
    ],
)
def test_ordinary_text_is_the_same_object(text: str) -> None:
    assert TEXTS.broken(text) is text
    assert TEXTS.find(text) is None


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("<|im_end|>", f"<{BREAK}|im_end|>"),
        ("a<s>b</s>c", f"a<{BREAK}s>b<{BREAK}/s>c"),
        ("<|im_<|im_end|>end|>", f"<|im_<{BREAK}|im_end|>end|>"),
        ("<<s>>", f"<<{BREAK}s>>"),
        ("ababa", f"a{BREAK}ba{BREAK}ba"),
        ("你<s>好", f"你<{BREAK}s>好"),
        ("[INST][INST]", f"[{BREAK}INST][{BREAK}INST]"),
    ],
)
def test_every_name_is_broken_where_it_begins(text: str, broken: str) -> None:
    assert TEXTS.broken(text) == broken
    assert TEXTS.broken(broken) is broken
    assert TEXTS.mended(broken) == text
    assert TEXTS.find(text) in NAMES


@pytest.mark.parametrize("text", ["call<|im_end|", "call<|im_end|  \n"])
def test_what_the_template_would_complete_is_broken_too(text: str) -> None:
    assert TEXTS.broken(text) == text.replace("<|", f"<{BREAK}|")


def test_what_comes_about_when_a_template_takes_something_out_is_broken() -> None:
    texts = SpecialTexts(NAMES, Borders("{{ m.content.replace('/think', '') }}", NAMES))
    assert texts.broken("<|im_/thinkend|>") == f"<{BREAK}|im_/thinkend|>"
    assert texts.broken("Solve this. /think") == "Solve this. /think"


@pytest.mark.parametrize("text", [f"a{BREAK}b", f"{BREAK}<s", f"<{BREAK}", f"<{BREAK}div>", BREAK, ""])
def test_other_zero_width_spaces_stay(text: str) -> None:
    assert TEXTS.mended(text) == text


def test_parts_of_a_content_do_not_make_a_name_together() -> None:
    assert TEXTS.parted("<|im_", "end|>") == f"{BREAK}end|>"
    assert TEXTS.parted("<|im_", "x") == "x"


def test_a_name_hidden_by_an_escape_is_found_in_what_the_json_means() -> None:
    def broken(text: str) -> str:
        return str(changed(text, lambda text, _: TEXTS.broken(text), ""))

    assert broken('{"a": "<\\/s>"}') == f'{{"a": "<{BREAK}/s>"}}'
    assert broken('["\\u003cs>"]') == f'["<{BREAK}s>"]'
    assert broken('{"a":  "\\n"}') == '{"a":  "\\n"}'
    assert broken("{ not json \\") == "{ not json \\"


def test_keys_and_everything_deep_are_walked() -> None:
    value = {"<s>": ["<s>", {"a": "<s>"}], "n": 1, "z": None}
    assert changed(value, lambda text, _: TEXTS.broken(text), "") == {
        f"<{BREAK}s>": [f"<{BREAK}s>", {"a": f"<{BREAK}s>"}],
        "n": 1,
        "z": None,
    }
    harmless = {"a": ["b", {"c": "d"}]}
    assert changed(harmless, lambda text, _: TEXTS.broken(text), "") is harmless


def test_another_character_breaks_where_a_name_has_that_one() -> None:
    texts = SpecialTexts(["<a>", f"<{BREAK}a>"], Borders())
    assert BREAK not in texts.broken("<a>")
    assert texts.find(texts.broken("<a>")) is None


def test_only_reasoning_at_the_beginning_keeps_its_marks() -> None:
    marks = ReasoningMarks(["<think>", "</think>", "<s>", "<|START_THINKING|>", "<|END_THINKING|>"])
    assert marks.parts("\n<think>a</think>b</think>") == ("\n<think>", "a", "</think>", "b</think>")
    assert marks.parts("<|START_THINKING|>a<|END_THINKING|>") == ("<|START_THINKING|>", "a", "<|END_THINKING|>", "")
    assert marks.parts("x<think>a</think>") == ("", "", "", "x<think>a</think>")
    assert ReasoningMarks(["<s>"]).parts("<think>") == ("", "", "", "<think>")
