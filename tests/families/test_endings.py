"""How answers end that cannot go on, or cannot be read, in families whose form is not plain text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from llama_worker import LlamaWorker, errors

from .conftest import HOW
from .sources import fetched
from .table import FAMILIES

pytestmark = [pytest.mark.timeout(120), pytest.mark.skipif(not fetched(), reason=HOW)]
COLOUR = {"type": "string", "enum": ["red", "green"]}
PARAMETERS = {"type": "object", "properties": {"colour": COLOUR}, "required": ["colour"]}
PAINT = {"type": "function", "function": {"name": "paint", "description": "Paints.", "parameters": PARAMETERS}}


async def test_a_grammar_over_an_overflow_ends_there_where_it_cannot_go_on(worker: LlamaWorker, tmp_path: Path) -> None:
    """In gpt-oss a grammar describes marks before the text, and what is read of the text does not say which."""
    family = next(family for family in FAMILIES if family.name == "gpt-oss")
    model = await worker.load_model(family.write(tmp_path), context_size=512, sequences=1)
    session = await model.create_session()
    said = [{"role": ("user", "assistant")[at % 2], "content": "word " * 18} for at in range(6)]
    session.set_chat_history(said)
    form = f"root ::= {json.dumps(family.opening)} [a-z ]*"
    reply = await session.prompt("Go on.", grammar=form, temperature=0, max_tokens=400)
    assert reply.finish_reason == "length"
    assert reply.usage.completion_tokens < 400
    assert session.get_chat_history()[-1]["content"] == reply.text


async def test_an_answer_that_cannot_be_read_is_told_as_that(worker: LlamaWorker, tmp_path: Path) -> None:
    """Noise after the beginning of a call: llama.cpp's reader gives up on it."""
    family = next(family for family in FAMILIES if family.name == "Qwen 2.5")
    model = await worker.load_model(family.write(tmp_path), context_size=512, sequences=1)
    session = await model.create_session()
    options: dict[str, Any] = {"temperature": 0, "max_tokens": 40, "functions": [PAINT]}
    with pytest.raises(errors.MalformedOutputError) as caught:
        await session.prompt("Paint.", response_prefix="Sure.\n<tool_call>\n", **options)
    assert caught.value.text.startswith("Sure.")
    question, answer = session.get_chat_history()
    assert question["content"] == "Paint."
    assert answer["content"] == caught.value.text
    assert (await session.prompt("Again.", grammar="root ::= [a-z]{3,6}", temperature=0)).text
