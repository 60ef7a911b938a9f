"""How hard a model thinks, said in a word."""

from __future__ import annotations

from typing import Any, get_args

import pytest
import pytest_asyncio

from llama_worker import LlamaWorker, Model
from llama_worker.errors import InvalidOptionsError
from llama_worker.options.base import ReasoningEffort
from llama_worker.worker.generation.reasoning.effort import BUDGETS, Effort, body_with_effort, effort_for
from tests.gguf_factory import write_gguf
from tests.worker.generation.test_reasoning import ALWAYS, QUESTION

pytestmark = pytest.mark.asyncio(loop_scope="module")

# As in gpt-oss: it is written as it is given.
WRITES = "{%- if reasoning_effort is not defined %}{%- set reasoning_effort = 'medium' %}{%- endif %}"
WRITES += "{{- 'Reasoning: ' + reasoning_effort }}"
# As in Hunyuan's: other words end the rendering.
REFUSES = "{%- if reasoning_effort is defined and reasoning_effort not in ['high', 'low'] %}"
REFUSES += "{{- raise_exception('reasoning_effort error') }}{%- endif %}"
# As in DeepSeek's: other words are as none at all.
COMPARES = "{%- if reasoning_effort is defined and reasoning_effort == 'max' %}{{- 'Think long.' }}{%- endif %}"


@pytest.mark.parametrize(
    ("template", "effort", "told", "budget"),
    [
        (WRITES, "low", "low", None),
        (WRITES, "minimal", "low", None),
        (WRITES, "max", "high", None),
        (WRITES, "none", None, 0),
        (REFUSES, "minimal", "low", None),
        (REFUSES, "medium", "high", None),
        (COMPARES, "max", "max", None),
        (COMPARES, "low", "low", 1024),
        (COMPARES, "high", "high", 16384),
        ("{{- messages }}", "medium", None, 4096),
        ("{{- messages }}", "xhigh", None, None),
        ("{%- if reasoning_effort == 'none' %}{%- endif %}", "none", "none", 0),
        ("{%- if tool_choice == 'none' %}{{- reasoning_effort }}{%- endif %}", "none", None, 0),
        ("{{- thinking_effort }}", "high", "high", None),
    ],
)
async def test_what_a_template_knows_is_told_to_it(
    template: str, effort: ReasoningEffort, told: str | None, budget: int | None
) -> None:
    name = "thinking_effort" if "thinking_effort" in template else "reasoning_effort"
    assert effort_for(effort, template) == Effort({name: told} if told else {}, budget)


async def test_every_effort_has_its_budget() -> None:
    assert tuple(BUDGETS) == get_args(ReasoningEffort)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def brooder(shared_worker: LlamaWorker, tmp_path_factory: pytest.TempPathFactory) -> Model:
    """Always begins with reasoning and never ends it by itself; its template has no words for effort."""
    path = tmp_path_factory.mktemp("brooder") / "brooder.gguf"
    write_gguf(path, plain_text=True, chat_template=ALWAYS, words=["<think>", "</think>"])
    return await shared_worker.load_model(path)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def told(shared_worker: LlamaWorker, tmp_path_factory: pytest.TempPathFactory) -> Model:
    """Writes the effort into its prompt."""
    path = write_gguf(tmp_path_factory.mktemp("told") / "told.gguf", chat_template=WRITES + ALWAYS)
    return await shared_worker.load_model(path)


async def test_the_template_writes_it(told: Model) -> None:
    words: dict[ReasoningEffort | None, str] = {None: "medium", "low": "low", "max": "high"}
    for effort, word in words.items():
        assert (await told.render(QUESTION, reasoning_effort=effort)).text.startswith(f"Reasoning: {word}<")
    own = await told.render(QUESTION, reasoning_effort="low", chat_template_options={"reasoning_effort": "odd"})
    assert own.text.startswith("Reasoning: odd")


async def test_a_session_has_one_and_its_prompts_may_have_others(told: Model) -> None:
    counts = {effort: len((await told.render(QUESTION, reasoning_effort=effort)).tokens) for effort in ("low", "high")}
    session = await told.create_session(reasoning_effort="high")
    for options, effort in (({}, "high"), ({"reasoning_effort": "low"}, "low")):
        session.reset_chat_history()
        reply = await session.prompt(QUESTION[0]["content"], max_tokens=1, **options)  # type: ignore[arg-type]
        assert reply.usage.prompt_tokens == counts[effort]


async def test_without_words_it_is_a_budget(brooder: Model) -> None:
    none = await brooder.chat(QUESTION, temperature=0, max_tokens=10, reasoning_effort="none")
    assert (none.reasoning, bool(none.text)) == ("", True)
    minimal = await brooder.chat(QUESTION, temperature=0, max_tokens=160, reasoning_effort="minimal")
    assert 120 <= len(await brooder.tokenize(minimal.reasoning)) <= 128
    assert minimal.text
    own = await brooder.chat(QUESTION, temperature=0, max_tokens=40, reasoning_effort="high", reasoning_budget=3)
    assert len(await brooder.tokenize(own.reasoning)) <= 3


async def test_what_contradicts_itself_is_refused(brooder: Model) -> None:
    with pytest.raises(InvalidOptionsError, match="leaves nothing") as caught:
        brooder.chat(QUESTION, reasoning_effort="none", reasoning_budget=5)
    assert caught.value.path == "reasoning_effort"
    wrong: Any = "much"
    with pytest.raises(InvalidOptionsError, match="reasoning_effort"):
        brooder.chat(QUESTION, reasoning_effort=wrong)


async def test_a_body_says_the_same() -> None:
    body = {"messages": [], "reasoning_effort": "low"}
    assert body_with_effort(body, WRITES) == {"messages": [], "chat_template_kwargs": {"reasoning_effort": "low"}}
    assert body_with_effort(body, "")["thinking_budget_tokens"] == 1024
    assert body_with_effort(body | {"thinking_budget_tokens": 7}, "")["thinking_budget_tokens"] == 7
    none = body_with_effort(body | {"reasoning_effort": "none"}, "")
    assert (none["thinking_budget_tokens"], none["chat_template_kwargs"]) == (0, {"enable_thinking": False})
    with pytest.raises(InvalidOptionsError, match="is one of none, minimal"):
        body_with_effort({"reasoning_effort": "much"}, "")
