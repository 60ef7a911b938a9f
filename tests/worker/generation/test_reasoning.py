"""Reasoning is kept apart from the answer.

The models here are random, with a template that has reasoning in it: a grammar, or a template that begins the
reasoning itself, makes them reason, and the engine's own parser tells the two apart.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import pytest_asyncio

from llama_worker import LlamaWorker, Model
from llama_worker.messages.events import ReasoningDelta, TextDelta
from tests.gguf_factory import write_gguf
from tests.worker.generation.test_pause import paused_again_and_again

pytestmark = pytest.mark.asyncio(loop_scope="module")

TEMPLATE = """{%- for message in messages -%}
{{- '<|im_start|>' + message.role + '\\n' -}}
{%- if message.role == 'assistant' and message.reasoning_content -%}
{{- '<think>\\n' + message.reasoning_content + '\\n</think>\\n\\n' -}}
{%- endif -%}
{{- message.content + '<|im_end|>\\n' -}}
{%- endfor -%}
{%- if add_generation_prompt -%}
{{- '<|im_start|>assistant\\n' -}}
{%- if enable_thinking is defined and enable_thinking is false -%}{{- '<think>\\n\\n</think>\\n\\n' -}}{%- endif -%}
{%- endif -%}"""
ALWAYS = TEMPLATE.replace("{%- if enable_thinking", "{{- '<think>\\n' -}}{%- if enable_thinking").replace(
    "{{- '<think>\\n\\n</think>", "{{- '\\n</think>"
)
THINKING: dict[str, Any] = {
    "grammar": 'root ::= "<think>" [a-z]{0,30} "</think>" [0-9]{6}',
    "temperature": 0,
    "max_tokens": 100,
}
QUESTION = [{"role": "user", "content": "la li lo"}]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def thinker(shared_worker: LlamaWorker, tmp_path_factory: pytest.TempPathFactory) -> Model:
    """Reasons when a grammar makes it."""
    path = tmp_path_factory.mktemp("thinker") / "thinker.gguf"
    write_gguf(path, plain_text=True, chat_template=TEMPLATE, words=["<think>", "</think>"])
    return await shared_worker.load_model(path)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def brooder(shared_worker: LlamaWorker, tmp_path_factory: pytest.TempPathFactory) -> Model:
    """Always begins with reasoning, and never ends it by itself."""
    path = tmp_path_factory.mktemp("brooder") / "brooder.gguf"
    write_gguf(path, plain_text=True, chat_template=ALWAYS, words=["<think>", "</think>"])
    return await shared_worker.load_model(path)


async def test_reasoning_is_no_part_of_the_answer(thinker: Model) -> None:
    session = await thinker.create_session()
    operation = session.prompt("la li lo", **THINKING)
    events = [event async for event in operation.events()]
    reply = await operation
    assert reply.reasoning.isalpha()
    assert reply.text.isdigit()
    assert "".join(event.text for event in events if isinstance(event, ReasoningDelta)) == reply.reasoning
    assert "".join(event.text for event in events if isinstance(event, TextDelta)) == reply.text
    assert session.get_chat_history()[-1] == {"role": "assistant", "content": reply.text}


async def test_only_the_answer_is_streamed_as_text(thinker: Model) -> None:
    operation = thinker.chat(QUESTION, **THINKING)
    assert "".join([piece async for piece in operation]) == (await operation).text


@pytest.mark.parametrize("budget", [3, 8])
async def test_the_budget_ends_the_reasoning(thinker: Model, budget: int) -> None:
    free = await thinker.chat(QUESTION, **THINKING)
    bound = await thinker.chat(QUESTION, **THINKING, reasoning_budget=budget)
    assert free.reasoning.startswith(bound.reasoning)
    assert len(await thinker.tokenize(bound.reasoning)) <= budget < len(await thinker.tokenize(free.reasoning))
    assert bound.text.isdigit()


@pytest.mark.parametrize("budget", [0, 3, 8])
async def test_the_budget_ends_a_reasoning_that_the_template_begins(brooder: Model, budget: int) -> None:
    """The engine alone would not end one of 0 tokens; the template is told too."""
    reply = await brooder.chat(QUESTION, temperature=0, max_tokens=40, reasoning_budget=budget)
    assert len(await brooder.tokenize(reply.reasoning)) <= budget
    assert reply.text


async def test_without_a_budget_reasoning_takes_what_max_tokens_gives(brooder: Model) -> None:
    reply = await brooder.chat(QUESTION, temperature=0, max_tokens=40)
    assert reply.text == ""
    assert len(reply.reasoning) >= 40
    assert (reply.finish_reason, reply.usage.completion_tokens) == ("length", 40)


async def test_the_template_is_told_not_to_think(brooder: Model) -> None:
    reply = await brooder.chat(QUESTION, temperature=0, max_tokens=10, chat_template_options={"enable_thinking": False})
    assert reply.reasoning == ""
    assert reply.text


async def test_an_abort_while_reasoning_keeps_the_reasoning(brooder: Model) -> None:
    operation = brooder.chat(QUESTION, max_tokens=3000, temperature=0, stop_on_abort=True)
    events = operation.events()
    async for event in events:
        if isinstance(event, ReasoningDelta):
            break
    operation.abort()
    reply = await operation
    assert reply.reasoning
    assert reply.finish_reason == "abort"


async def test_a_pause_while_reasoning_changes_nothing(thinker: Model) -> None:
    whole = await thinker.chat(QUESTION, **THINKING)
    operation = thinker.chat(QUESTION, **THINKING)
    events = operation.events()
    reader = asyncio.create_task(collect(events))
    paused = await paused_again_and_again(operation, every=4, kind=ReasoningDelta, times=2)
    assert (paused.reasoning, paused.text) == (whole.reasoning, whole.text)
    told = await reader
    assert "".join(event.text for event in told if isinstance(event, ReasoningDelta)) == whole.reasoning


async def collect(events: Any) -> list[Any]:
    return [event async for event in events]


async def test_reasoning_goes_on_after_a_pause_and_keeps_to_its_budget(brooder: Model) -> None:
    operation = brooder.chat(QUESTION, temperature=0, max_tokens=60, reasoning_budget=20)
    reply = await paused_again_and_again(operation, every=6, kind=ReasoningDelta, times=2)
    assert reply.reasoning
    assert reply.text
    assert len(await brooder.tokenize(reply.reasoning)) <= 21


async def test_a_schema_comes_after_the_reasoning(brooder: Model) -> None:
    schema = {"type": "object", "properties": {"a": {"enum": [1, 2]}}, "required": ["a"]}
    reply = await brooder.chat(QUESTION, temperature=0, max_tokens=60, reasoning_budget=5, json_schema=schema)
    assert reply.reasoning
    assert reply.parsed["a"] in (1, 2)
