"""`-o NAME=VALUE`: values as TOML reads them, names in their groups."""

from __future__ import annotations

from typing import Any

import pytest

from llama_worker.config.assignment import read_assignment
from llama_worker.config.groups import MODEL, PROMPT, SERVER, SESSION, WORKER, read_options, with_flags
from llama_worker.errors import InvalidOptionsError
from llama_worker.options import ModelOptions, Options, PromptOptions, ServerOptions, SessionOptions, build_options

RUN = (SESSION, PROMPT, MODEL, WORKER)


@pytest.mark.parametrize(
    ("kind", "given", "value"),
    [
        (PromptOptions, "temperature=0", 0),
        (PromptOptions, "temperature = 0.5 ", 0.5),
        (PromptOptions, "top_k=1_000", 1000),
        (PromptOptions, "cache_prompt=false", False),
        (PromptOptions, 'stop_sequences=["a", "b"]', ["a", "b"]),
        (PromptOptions, "xtc={probability = 0.1}", {"probability": 0.1}),
        (PromptOptions, "grammar=json", "json"),
        (PromptOptions, 'grammar="json"', "json"),
        (PromptOptions, 'grammar=root ::= "a"', 'root ::= "a"'),
        (PromptOptions, "response_prefix=42", "42"),
        (PromptOptions, "response_prefix=2024-01-01", "2024-01-01"),
        (PromptOptions, "response_prefix=1\nother = 2", "1\nother = 2"),
        (PromptOptions, "response_prefix=", ""),
        (ModelOptions, "cache_type=q8_0", "q8_0"),
        (ModelOptions, "flash_attention=auto", "auto"),
        (ModelOptions, "flash-attention=true", True),
    ],
)
def test_a_value_is_read_as_toml_and_a_bare_word_is_a_text(kind: type[Options], given: str, value: Any) -> None:
    read = read_assignment(given).value(kind)
    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize("given", ["temperature", "=1", "", "   =2"])
def test_what_is_no_assignment_is_refused(given: str) -> None:
    with pytest.raises(InvalidOptionsError, match=r"write NAME=VALUE, such as -o context_size=4096"):
        read_assignment(given)


def test_every_option_belongs_to_its_group() -> None:
    for group in (*RUN, SERVER):
        for name in group.kind.__struct_fields__:
            read = read_options([f"{group.name}.{name}=x"], (*RUN, SERVER))
            assert list(read[group.kind]) == [name]


def test_a_name_of_two_groups_belongs_to_the_first_unless_one_is_named() -> None:
    read = read_options(["seed=1", "model.seed=2", "special_tokens=allow"], RUN)
    assert read[PromptOptions] == {"seed": 1}
    assert read[ModelOptions] == {"seed": 2}
    assert read[SessionOptions] == {"special_tokens": "allow"}


def test_a_dot_leads_into_an_option() -> None:
    read = read_options(["xtc.probability=0.1", "xtc.threshold=0.2", "chat_template_options.a-b=1"], RUN)
    options = build_options(PromptOptions, None, read[PromptOptions])
    assert (options.xtc.probability, options.xtc.threshold) == (0.1, 0.2)  # type: ignore[union-attr]
    assert options.chat_template_options == {"a-b": 1}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["temprature=0"], "there is no such option (did you mean `temperature`?)"),
        (["n_ctx=0"], "it is `context_size` here"),
        (["max_body_bytes=1"], "it is an option of `create_app`"),
        (["teapot=1"], "-o teapot: there is no such option."),
        (["prompt.threads=1"], "it is an option of `load_model` and `create_context`"),
        (["seed=1", "seed=2"], "-o seed is given twice"),
        (["xtc=1", "xtc.probability=0.1"], "xtc is given a value already"),
    ],
)
def test_a_mistake_is_met_with_what_was_meant(given: list[str], said: str) -> None:
    with pytest.raises(InvalidOptionsError) as caught:
        read_options(given, RUN)
    assert said in caught.value.message


def test_a_flag_and_an_option_of_the_same_name_are_one_too_many() -> None:
    assert with_flags({"top_p": 0.5}, seed=1, top_k=None) == {"top_p": 0.5, "seed": 1}
    with pytest.raises(InvalidOptionsError, match="top_k is given twice, with --top-k and with -o: leave one out"):
        with_flags({"top_k": 2}, top_k=1)


def test_the_servers_options_come_first_for_a_server() -> None:
    read = read_options(["special_tokens=allow"], (SERVER, MODEL, WORKER))
    assert read[ServerOptions] == {"special_tokens": "allow"}


def test_a_number_that_python_does_not_read_is_no_number() -> None:
    digits = "9" * 5000
    assert read_assignment(f"context_size={digits}").value(ModelOptions) == digits
