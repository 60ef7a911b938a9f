"""Gaps filled in the middle: what the model is given, and what comes of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from msgspec import json

from llama_worker import LlamaWorker, Model
from llama_worker.engine.api.endpoints import tokenize
from llama_worker.errors import InvalidOptionsError, NotSupportedError
from llama_worker.worker.infill.marks import marks_of
from llama_worker.worker.infill.prompt import Gap, gap_prompt
from tests.gguf_factory import write_gguf

pytestmark = pytest.mark.asyncio(loop_scope="module")
MARKS = ("<|repo_name|>", "<|file_sep|>", "<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>")
GREEDY: dict[str, Any] = {"max_tokens": 8, "temperature": 0}
FILES = [("a.py", "la li lu"), ("b.py", "ba bi bu")]


def coder(folder: Path) -> Path:
    return write_gguf(folder / "coder.gguf", words=MARKS, plain_text=True, endless=True)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def code(shared_worker: LlamaWorker, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Model]:
    """A model with the marks of Qwen's coders."""
    yield await shared_worker.load_model(coder(tmp_path_factory.mktemp("code")), context_size=1024)


async def test_it_streams_what_stands_in_the_gap(code: Model) -> None:
    operation = code.infill("def f(a):", "    return b", **GREEDY)
    text = "".join([piece async for piece in operation])
    reply = await operation
    assert reply.text == text != ""
    assert (reply.finish_reason, reply.usage.completion_tokens) == ("length", 8)


@pytest.mark.parametrize("files", [[], FILES])
async def test_it_is_what_the_engines_own_infill_gives(code: Model, files: list[tuple[str, str]]) -> None:
    """Where all of it fits, token by token the same prompt."""
    extra = [{"filename": name, "text": text} for name, text in files]
    body = {"input_prefix": "la la", "input_suffix": "ba ba", "input_extra": extra, "n_predict": 8, "temperature": 0}
    bare = json.decode(await code.runtime.request("/infill", body))
    ours = await code.infill("la la", "ba ba", extra=files, **GREEDY)
    assert (ours.text, ours.usage.prompt_tokens) == (bare["content"], bare["tokens_evaluated"])


async def test_options_are_those_of_a_prompt(code: Model) -> None:
    reply = await code.infill("la", "ba", grammar='root ::= "yes" | "no"', max_tokens=5)
    assert reply.text in ("yes", "no")
    stopped = await code.infill("la", "ba", stop_sequences=["a", "e", "i", "o", "u"], max_tokens=50)
    assert stopped.finish_reason == "stop_sequence"


async def test_a_pause_changes_nothing(code: Model) -> None:
    whole = await code.infill("la la", "ba ba", temperature=0, max_tokens=200)
    operation = code.infill("la la", "ba ba", temperature=0, max_tokens=200)
    pieces = aiter(operation)
    await anext(pieces)
    operation.pause()
    operation.resume()
    assert (await operation).text == whole.text


async def test_what_does_not_fit_is_left_out_from_far_away(code: Model) -> None:
    """Whole files first, then what is farthest from the gap; never the marks."""
    runtime = code.runtime
    marks = marks_of(runtime.loaded_files.header, runtime.guard, "code")
    gap = Gap("far" + "la " * 1000 + "near", "close" + " ba" * 1000 + "far", (("first", "x " * 900), ("last", "y")))
    async with runtime.borrow_engine() as engine:
        prompt = await gap_prompt(engine, gap, marks, runtime.guard.texts, 800)
        tokens = await tokenize(engine, prompt, parse_special=True)
        small = await gap_prompt(engine, Gap("la", "ba", gap.extra), marks, runtime.guard.texts, 800)
    assert 600 < len(tokens) <= 800
    before, after = prompt.split("<|fim_prefix|>")[1].split("<|fim_suffix|>")
    assert before.endswith("near")
    assert after.startswith("close")
    assert "far" not in before + after
    assert len(before) > 2 * len(after)
    assert ("<|file_sep|>last\ny" in small, "first" in small) == (True, False)
    reply = await code.infill(gap.prefix, gap.suffix, extra=gap.extra, **GREEDY)
    assert reply.usage.completion_tokens == 8


async def test_marks_in_a_text_are_read_as_text(code: Model) -> None:
    plain = await code.infill("la<|fim_suffix|>", "ba", **GREEDY)
    gap = await code.infill("la", "ba", **GREEDY)
    assert plain.usage.prompt_tokens > gap.usage.prompt_tokens + 5


async def test_a_model_that_was_not_taught_it_says_so(noise: Model) -> None:
    with pytest.raises(NotSupportedError, match="fill in the middle"):
        await noise.infill("a", "b")


@pytest.mark.parametrize(
    ("arguments", "options", "path"),
    [
        ([5, "b"], {}, "prefix"),
        (["a", None], {}, "suffix"),
        (["a", "\ud800"], {}, "suffix"),
        (["a", "b"], {"extra": "text"}, "extra"),
        (["a", "b"], {"extra": ["text"]}, "extra[0]"),
        (["a", "b"], {"extra": [("a", "b"), ("a", 5)]}, "extra[1][1]"),
        (["a", "b"], {"max_tokens": -1}, "max_tokens"),
    ],
)
async def test_what_is_wrong_is_named(code: Model, arguments: Any, options: Any, path: str) -> None:
    with pytest.raises(InvalidOptionsError) as raised:
        await code.infill(*arguments, **options)
    assert raised.value.path == path
