"""A wrong name is met with the right one."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import structs

from llama_worker import Model
from llama_worker.errors import InvalidOptionsError
from llama_worker.options import (
    ContextOptions,
    LlamaOptions,
    ModelOptions,
    Options,
    PromptOptions,
    ServerOptions,
    SessionOptions,
    build_options,
)
from llama_worker.options.hints import EXAMPLES, TAKERS, option_hint, option_names
from llama_worker.options.other_libraries import ADVICE, TARGETS
from llama_worker.options.paths import struct_at

FREE_FORM = {"engine_options"}


def refusal(kind: type[Options], **changes: object) -> InvalidOptionsError:
    with pytest.raises(InvalidOptionsError) as caught:
        build_options(kind, None, changes)
    return caught.value


@pytest.mark.parametrize(
    ("kind", "given", "hint"),
    [
        (PromptOptions, "temprature", "(did you mean `temperature`?)"),
        (PromptOptions, "maxTokens", "(did you mean `max_tokens`?)"),
        (PromptOptions, "response_fromat", "(did you mean `response_format`?)"),
        (PromptOptions, "function", "(did you mean `functions`?)"),
        (PromptOptions, "stop", "it is `stop_sequences` here"),
        (PromptOptions, "tools", "it is `functions` here"),
        (PromptOptions, "num_predict", "it is `max_tokens` here"),
        (PromptOptions, "format", "it is `response_format` here"),
        (PromptOptions, "presence_penalty", "it is `presence_penalty` of `repeat_penalty` here"),
        (PromptOptions, "stream", "every answer streams"),
        (PromptOptions, "n_ctx", "it is `context_size` here, an option of `load_model` and `create_context`"),
        (PromptOptions, "context_size", "it is an option of `load_model` and `create_context`"),
        (
            PromptOptions,
            "contxt_size",
            "(did you mean `context_size`, an option of `load_model` and `create_context`?)",
        ),
        (ModelOptions, "n_gpu_layers", "it is `gpu_layers` here"),
        (ModelOptions, "contextLength", "it is `context_size` here"),
        (ModelOptions, "n_threads", "it is `threads` here"),
        (LlamaOptions, "n_threads", "it is `num_threads` here"),
        (ModelOptions, "num_threads", "it is an option of `LlamaWorker`"),
        (ContextOptions, "gpu_layers", "it is an option of `load_model`"),
        (SessionOptions, "temperature", "it is an option of `prompt`, `chat` and `complete`"),
        (SessionOptions, "system", "it is `system_prompt` here"),
        (ServerOptions, "cors_origins", "it is `allowed_origins` here"),
    ],
)
def test_an_unknown_name_leads_to_ours(kind: type[Options], given: str, hint: str) -> None:
    error = refusal(kind, **{given: 1})
    assert error.path == given
    assert error.message.startswith(f"Unknown option {given!r} for {kind.__name__}")
    assert error.message.endswith(f"{hint}.")


def test_a_name_that_means_nothing_gets_no_hint() -> None:
    assert refusal(PromptOptions, zzz=1).message == "Unknown option 'zzz' for PromptOptions."


@pytest.mark.parametrize(
    ("kind", "changes", "said"),
    [
        (PromptOptions, {"on_function_error": "rise"}, """it must be "report" or "raise", not 'rise'."""),
        (LlamaOptions, {"gpu": True}, 'it must be "auto" or False, not True.'),
        (PromptOptions, {"mirostat": {"version": 3}}, "it must be 1 or 2, not 3."),
        (PromptOptions, {"repeat_penalty": 1.1}, 'an example is {"penalty": 1.1}.'),
        (PromptOptions, {"repeat_penalty": {"last_token": 1}}, "`last_token` (did you mean `last_tokens`?)."),
    ],
)
def test_a_wrong_value_is_met_with_what_may_be_given(kind: type[Options], changes: dict[str, Any], said: str) -> None:
    assert refusal(kind, **changes).message.endswith(said)


def test_examples_are_values_that_are_taken() -> None:
    for option, example in EXAMPLES.items():
        build_options(PromptOptions, None, {option: example})


def test_every_target_exists() -> None:
    every = {name: taker.kind for taker in TAKERS for name in taker.names(in_message=False)}
    for name, targets in TARGETS.items():
        assert targets, name
        for target in targets:
            option, _, inner = target.partition(".")
            assert option in every, target
            if inner and option not in FREE_FORM:
                fields = {field.name: field.encode_name for field in structs.fields(every[option])}
                struct = struct_at(every[option], fields[option])
                assert struct is not None
                assert inner in option_names(struct), target


def test_no_name_is_in_the_tables_twice_or_an_option_already() -> None:
    assert not TARGETS.keys() & ADVICE.keys()
    for taker in TAKERS:
        for name in option_names(taker.kind):
            assert name.replace("_", "") not in ADVICE, name


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_every_name_gets_a_hint_wherever_it_is_given(name: str) -> None:
    for taker in TAKERS:
        assert option_hint(name, taker.kind).startswith((": it is `", " (did you mean `", ": it is an option of `"))


def test_those_who_take_options_are_real() -> None:
    import llama_worker
    from llama_worker.http import create_app
    from llama_worker.worker.current import Current

    homes = (llama_worker, llama_worker.LlamaWorker, llama_worker.Model, llama_worker.ChatSession, Current, create_app)
    for taker in TAKERS:
        for method in taker.methods:
            assert any(hasattr(home, method) or getattr(home, "__name__", "") == method for home in homes), method


async def test_a_hint_never_names_what_was_written(builtin: Model) -> None:
    """`functions` is right for a prompt, but a preload has none."""
    session = await builtin.create_session()
    for name in ("functions", "approve", "response_format"):
        with pytest.raises(InvalidOptionsError, match=f"Unknown option {name!r}") as caught:
            session.preload("Hi", **{name: None})  # type: ignore[arg-type]
        assert "did you mean" not in caught.value.message
