"""The effect of the options that shape an answer or its running, on the real engine."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

import llama_worker
from llama_worker import Model, PromptOptions, Reply
from llama_worker.engine.api.option_fields import SAME_NAME
from llama_worker.errors import EngineRequestError, InvalidOptionsError
from llama_worker.worker.generation.request import FORWARDED, HANDLED_ELSEWHERE
from llama_worker.worker.structured.grammars import NAMES

pytestmark = pytest.mark.asyncio(loop_scope="module")

PROMPT = "mama papa"


async def complete(model: Model, **options: Any) -> Reply:
    return await model.complete(PROMPT, **{"max_tokens": 30, "temperature": 0, **options})


async def test_every_option_is_forwarded_or_handled() -> None:
    """Options copied by hand from layer to layer get lost: two of node-llama-cpp's were."""
    assert set(PromptOptions.__struct_fields__) == FORWARDED | HANDLED_ELSEWHERE.keys()
    assert not FORWARDED & HANDLED_ELSEWHERE.keys()


FORWARDING = (
    "worker/generation/request.py",
    "worker/structured/response_format.py",
    "engine/api/option_fields.py",
    "worker/chat/turn.py",
)


@pytest.mark.parametrize("option", sorted(FORWARDED | HANDLED_ELSEWHERE.keys()))
async def test_an_option_is_read_where_it_is_said_to_be(option: str) -> None:
    """What is only named is not forwarded, and what names a file must go with the file."""
    package = Path(llama_worker.__file__).parent
    files = (f"worker/{HANDLED_ELSEWHERE[option]}",) if option in HANDLED_ELSEWHERE else FORWARDING
    source = "".join((package / file).read_text(encoding="utf-8") for file in files)
    assert re.search(rf"(options|arguments)\.{option}\b", source) or option in SAME_NAME


@pytest.mark.parametrize("count", [1, 2, 7])
async def test_max_tokens_is_exact(noise: Model, count: int) -> None:
    reply = await complete(noise, max_tokens=count)
    assert reply.finish_reason == "length"
    assert reply.usage.completion_tokens == count
    assert reply.usage.total_tokens == reply.usage.prompt_tokens + count


async def test_max_tokens_0_reads_the_prompt_and_says_nothing(noise: Model) -> None:
    for reply in (await complete(noise, max_tokens=0), await noise.chat([user("hi")], max_tokens=0)):
        assert (reply.text, reply.usage.completion_tokens) == ("", 0)
        assert reply.usage.prompt_tokens > 0


def user(text: str) -> dict[str, str]:
    return {"role": "user", "content": text}


async def test_a_stop_sequence_may_span_tokens_and_is_never_shown(noise: Model) -> None:
    free = (await complete(noise)).text
    stop = free[9:14]
    operation = noise.complete(PROMPT, max_tokens=30, temperature=0, stop_sequences=["no such text", stop])
    pieces = [piece async for piece in operation]
    reply = await operation
    assert reply.text == free[: free.index(stop)] == "".join(pieces)
    assert (reply.finish_reason, reply.stop_sequence) == ("stop_sequence", stop)


async def test_of_several_stop_sequences_the_first_to_come_ends(noise: Model) -> None:
    free = (await noise.chat([user(PROMPT)], max_tokens=30, temperature=0)).text
    early, late = free[4:8], free[22:30]
    assert free.index(early) < free.index(late)
    in_the_originals_words: dict[str, Any] = {"custom_stop_triggers": [late, early]}
    reply = await noise.chat([user(PROMPT)], max_tokens=30, temperature=0, **in_the_originals_words)
    assert reply.stop_sequence == early
    assert reply.text == free[: free.index(early)]


async def test_text_that_only_begins_like_a_stop_sequence_comes_in_the_end(noise: Model) -> None:
    free = (await complete(noise)).text
    assert (await complete(noise, stop_sequences=[free[-2:] + "#"])).text == free


async def test_a_response_prefix_is_streamed_once_and_not_counted(noise: Model) -> None:
    for ask in (noise.complete, lambda text, **options: noise.chat([user(text)], **options)):
        operation = ask(PROMPT, max_tokens=5, temperature=0, response_prefix="The answer is ")
        pieces = [piece async for piece in operation]
        reply = await operation
        assert pieces[0].startswith("The answer is ")
        assert "".join(pieces) == reply.text
        assert reply.text.count("The answer is ") == 1
        assert reply.usage.completion_tokens == 5


async def test_a_response_prefix_changes_what_follows(noise: Model) -> None:
    plain = (await noise.chat([user(PROMPT)], max_tokens=9, temperature=0)).text
    prefixed = (await noise.chat([user(PROMPT)], max_tokens=9, temperature=0, response_prefix="zu zu ")).text
    assert prefixed.removeprefix("zu zu ") != plain


async def test_trimming_cuts_white_space_off_the_end_only(noise: Model) -> None:
    blank = 'root ::= "a" "  " "b" "  \\n "'
    assert (await complete(noise, grammar=blank)).text == "a  b  \n "
    operation = noise.complete(PROMPT, max_tokens=30, temperature=0, grammar=blank, trim_whitespace_suffix=True)
    assert "".join([piece async for piece in operation]) == (await operation).text == "a  b"


async def test_a_grammar_decides_the_form(noise: Model) -> None:
    reply = await complete(noise, grammar='root ::= "yes" | "no"')
    assert reply.text in ("yes", "no")
    assert reply.finish_reason == "stop"
    chat = await noise.chat([user("?")], grammar="root ::= [0-9]{4}", temperature=0)
    assert re.fullmatch(r"\d{4}", chat.text)


async def test_a_grammar_describes_the_prefix_too(noise: Model) -> None:
    grammar = 'root ::= "ab" [0-9]{3} "cd"'
    for prefix in ("a", "ab1"):
        reply = await noise.chat([user("?")], grammar=grammar, response_prefix=prefix, temperature=0)
        assert re.fullmatch(r"ab\d{3}cd", reply.text)
        assert reply.text.startswith(prefix)
    with pytest.raises(InvalidOptionsError, match="put the prefix into the prompt"):
        noise.complete("?", grammar=grammar, response_prefix="a")


async def test_a_prefix_that_the_form_does_not_take_is_told(noise: Model) -> None:
    with pytest.raises(EngineRequestError, match="must be the beginning of what the schema or the grammar allows"):
        await noise.chat([user("?")], json_schema={"type": "object"}, response_prefix="la")


FORMS = {
    "arithmetic": r"([a-z0-9_+\-*/() .]+(= ?[^=\n]*)?\n?)+",
    "c": r"(int|float|char|double|void)( \*)? [\s\S]*",
    "chess": r"[1-9]\d{0,2}\. [\s\S]*",
    "english": r"[\x0a\x20-\x7e]*",
    "japanese": r"[ぁ-ヿ一-鿿々　-〿！-～0-9\n]*",
    "json": r"[{\[][\s\S]*",
    "json_arr": r"\[[\s\S]*",
    "list": r"(- [^\n]*\n?)+",
}


@pytest.mark.parametrize("name", NAMES)
async def test_a_named_grammar_is_one_the_engine_takes(noise: Model, name: str) -> None:
    reply = await complete(noise, grammar=name, temperature=1.0, seed=4, max_tokens=40)
    assert reply.text
    assert re.fullmatch(FORMS[name], reply.text)


async def test_finished_json_of_the_json_grammar_is_json(noise: Model) -> None:
    for seed in range(4):
        reply = await complete(noise, grammar="json", temperature=1.0, seed=seed, max_tokens=400)
        if reply.finish_reason == "stop":
            json.loads(reply.text)


async def test_wrong_grammars_are_refused(noise: Model) -> None:
    with pytest.raises(InvalidOptionsError, match="neither GBNF text"):
        noise.complete("x", grammar="jsn")
    with pytest.raises(EngineRequestError, match=r"(?i)grammar"):
        await noise.complete("x", grammar="root ::= (((")


async def test_a_json_schema_decides_the_form(noise: Model) -> None:
    schema = {"type": "object", "properties": {"a": {"enum": [1, 2]}, "b": {"type": "boolean"}}, "required": ["a", "b"]}
    for operation in (
        noise.complete("x", json_schema=schema, temperature=0),
        noise.chat([user("x")], json_schema=schema, temperature=0),
    ):
        reply = await operation
        assert reply.parsed == json.loads(reply.text)
        assert reply.parsed["a"] in (1, 2)


async def test_without_the_prompt_cache_everything_is_read(noise: Model) -> None:
    await complete(noise)
    cached = await complete(noise)
    assert cached.usage.cached_tokens > 0
    assert (await complete(noise, cache_prompt=False)).usage.cached_tokens == 0


async def test_an_engine_option_without_a_name_here_gets_through(noise: Model) -> None:
    plain = await complete(noise)
    assert (await complete(noise, engine_options={"samplers": ["temperature"], "temperature": 3.0})).text != plain.text
    for name in ("messages", "stream", "n", "return_progress"):
        with pytest.raises(InvalidOptionsError, match=name):
            noise.complete("x", engine_options={name: 1})


async def test_an_option_struct_and_keywords_mean_the_same(noise: Model) -> None:
    options = PromptOptions(temperature=0, max_tokens=8, response_prefix="a")
    assert (await noise.complete("x", options)).text == (await noise.complete("x", **as_keywords(options))).text
    assert (await noise.complete("x", options, max_tokens=3)).usage.completion_tokens == 3


def as_keywords(options: PromptOptions) -> dict[str, Any]:
    return {name: value for name, value in msgspec.structs.asdict(options).items() if value is not None}


WRONG: list[tuple[str, Any]] = [
    ("max_tokens", -1),
    ("max_tokens", 2.5),
    ("max_tokens", "9"),
    ("temperature", float("nan")),
    ("temperature", -0.1),
    ("temperature", "hot"),
    ("top_p", 1.1),
    ("top_k", 2**31),
    ("top_k", "x"),
    ("min_p", float("inf")),
    ("typical_p", 0),
    ("top_n_sigma", -1),
    ("seed", -1),
    ("seed", 2**32),
    ("seed", True),
    ("xtc", {"threshold": 0.1}),
    ("xtc", {"probability": 2}),
    ("mirostat", {"version": 3}),
    ("dynamic_temperature", {}),
    ("repeat_penalty", True),
    ("repeat_penalty", {"penalty": 0}),
    ("repeat_penalty", {"penalty": float("nan")}),
    ("repeat_penalty", {"last_tokens": 2**40}),
    ("repeat_penalty", {"pnalty": 1}),
    ("dry_repeat_penalty", {"base": 0.5}),
    ("dry_repeat_penalty", {"sequence_breakers": []}),
    ("token_bias", {"a": "always"}),
    ("token_bias", {"a": 1.5}),
    ("token_bias", {"a": float("nan")}),
    ("token_bias", {"a": {"logit": 1e9}}),
    ("stop_sequences", 5),
    ("stop_sequences", [""]),
    ("stop_sequences", "text"),
    ("response_prefix", None),
    ("grammar", ""),
    ("grammar", 5),
    ("json_schema", []),
    ("logprobs", 10**9),
    ("logprobs", 0),
    ("function_choice", 5),
    ("function_timeout", 0),
    ("max_function_rounds", 0),
    ("reasoning_budget", -1),
    ("evaluation_priority", 6),
    ("evaluation_priority", 0),
    ("engine_options", {"a": object()}),
    ("chat_template_options", 5),
    ("no_such_option", 1),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
async def test_a_wrong_option_is_named_and_changes_nothing(noise: Model, name: str, value: Any) -> None:
    session = await noise.create_session(system_prompt="Be kind.")
    before, pid = session.get_chat_history(), noise.pid
    with pytest.raises(InvalidOptionsError, match=name.removeprefix("no_such_")) as wrong:
        session.prompt("hi", **{name: value})
    assert (wrong.value.path or "").startswith(name)
    assert (session.get_chat_history(), noise.pid) == (before, pid)


LARGEST: list[dict[str, Any]] = [
    {"max_tokens": 2**31 - 1, "stop_sequences": ["a", "e", "i", "o", "u"]},
    {"temperature": 1000.0, "top_k": 2**31 - 1, "seed": 2**32 - 2},
    {"repeat_penalty": {"penalty": 100.0, "last_tokens": 2**20, "frequency_penalty": 2, "presence_penalty": -2}},
    {"dry_repeat_penalty": {"strength": 100, "base": 100, "last_tokens": 2**20, "allowed_length": 0}},
    {"dry_repeat_penalty": {"sequence_breakers": ["x" * 1000] * 64}},
    {"mirostat": {"tau": 1e6, "eta": 1.0}, "temperature": 1.0},
    {"dynamic_temperature": {"range": 100.0, "exponent": 100.0}, "temperature": 1.0},
    {"top_n_sigma": 1000.0, "typical_p": 1e-30, "min_p": 1.0, "top_p": 0.0, "temperature": 1.0},
    {"xtc": {"probability": 1.0, "threshold": 1.0}, "temperature": 1.0},
    {"token_bias": dict.fromkeys(range(500), "never"), "logprobs": 20},
    {"token_bias": [(token, {"logit": -1e4}) for token in range(512)]},
    {"stop_sequences": ["x" * 10_000] * 64},
    {"response_prefix": "x" * 1000},
    {"reasoning_budget": 2**31 - 1},
]


@pytest.mark.parametrize("options", LARGEST)
async def test_the_largest_values_do_no_harm(noise: Model, options: dict[str, Any]) -> None:
    """An engine would accept some worse ones silently, and die of others."""
    pid = noise.pid
    assert (await complete(noise, **{"max_tokens": 8, **options})).usage.completion_tokens > 0
    assert noise.pid == pid


@pytest.mark.parametrize("token", [-1, 512, 2**32 + 5, 2**63])
async def test_a_token_that_is_not_in_the_vocabulary_is_refused(noise: Model, token: int) -> None:
    with pytest.raises(InvalidOptionsError, match="vocabulary of 512"):
        await complete(noise, token_bias={token: "never"})


@pytest.mark.parametrize(
    "options",
    [
        {"grammar": "json", "json_schema": {}},
        {"grammar": "json", "functions": [print]},
        {"json_schema": {"type": "object"}, "response_format": dict},
        {"function_choice": "nobody"},
        {"functions": "text"},
        {"functions": [5]},
        {"functions": [lambda x: x]},
        {"functions": [{"name": "two words"}]},
        {"functions": [{"name": "a"}, {"name": "a"}]},
        {"functions": {"a": {"handler": 5}}},
        {"response_format": object()},
        {"response_format": {"type": object()}},
    ],
)
async def test_wrong_combinations_are_refused(noise: Model, options: dict[str, Any]) -> None:
    session = await noise.create_session()
    with pytest.raises(InvalidOptionsError):
        session.prompt("hi", **options)
