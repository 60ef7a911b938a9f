"""Reasoning, where the template has it."""

from __future__ import annotations

from typing import Any

from llama_worker.engine.api.endpoints import apply_template

from .laboratory import Laboratory, NotPossible

_QUESTION = [{"role": "user", "content": "Why?"}]
_THINKING = {"enable_thinking": True}
_ENDS = {
    "<think>": "</think>",
    "Here are my reasoning steps:": "[BEGIN FINAL RESPONSE]",
    "<seed:think>": "</seed:think>",
    "[THINK]": "[/THINK]",
    "<|START_THINKING|>": "<|END_THINKING|><|START_RESPONSE|>",
    "<|inner_prefix|>": "<|inner_suffix|>",
    "<|channel>thought": "<channel|>",
    "<|channel|>analysis<|message|>": "<|end|><|start|>assistant<|channel|>final<|message|>",
}
_BUDGET, _SLACK = 4, 16


async def reasoning_on(lab: Laboratory) -> None:
    """Reasoning is kept apart from the answer."""
    mark = _mark(lab)
    async with lab.model.runtime.borrow_engine() as engine:
        prompt = await apply_template(engine, _QUESTION, _THINKING)
    begin = "" if prompt.rstrip().endswith(mark) else mark
    grammar = f'root ::= "{begin}" [a-z]{{4,12}} "{_ENDS[mark]}" [0-9]{{6}}'
    options: dict[str, Any] = {"temperature": 0, "max_tokens": 80, "chat_template_options": _THINKING}
    reply = await lab.model.chat(_QUESTION, grammar=grammar, **options)
    assert reply.reasoning.strip().removeprefix(mark).strip().isalpha(), (
        f"reasoning {reply.reasoning!r}, text {reply.text!r}"
    )
    assert reply.text.strip().isdigit(), f"reasoning {reply.reasoning!r}, text {reply.text!r}"


async def reasoning_off(lab: Laboratory) -> None:
    """With a budget of 0 the answer begins at once."""
    options = lab.noise if lab.family.thinks and not lab.family.opening else lab.letters
    if lab.family.opening:
        options["grammar"] = None
    reply = await lab.model.chat(_QUESTION, **options, reasoning_budget=0)
    assert not reply.reasoning, f"it reasoned: {reply.reasoning!r}"
    assert reply.text or not options.get("grammar"), "there is no answer"  # free noise may be tokens without a text


async def reasoning_budget(lab: Laboratory) -> None:
    """With a budget, reasoning ends after so many tokens and the answer begins."""
    _mark(lab)
    reply = await lab.model.chat(_QUESTION, temperature=0, max_tokens=64, reasoning_budget=_BUDGET)
    tokens = len(await lab.model.tokenize(reply.reasoning))
    assert tokens <= _BUDGET + _SLACK, f"{tokens} tokens of reasoning"
    assert reply.text, "there is no answer"


def _mark(lab: Laboratory) -> str:
    if not lab.family.thinks:
        raise NotPossible("its template has no reasoning")
    return lab.family.thinks
