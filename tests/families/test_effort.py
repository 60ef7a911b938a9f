"""Every template takes every effort: none refuses what it is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from llama_worker import LlamaWorker
from llama_worker.worker.generation.reasoning.effort import BUDGETS

from .sources import TEMPLATES

FOUND = sorted(path.stem for path in TEMPLATES.glob("*.jinja") if "effort" in path.read_text(encoding="utf-8"))


@pytest.mark.slow
@pytest.mark.parametrize("name", FOUND or [pytest.param("", marks=pytest.mark.skip("run `python -m tests.families`"))])
async def test_a_template_renders_every_effort(worker: LlamaWorker, random_model_path: Path, name: str) -> None:
    template = TEMPLATES / f"{name}.jinja"
    model = await worker.load_model(random_model_path, chat_template=template, context_size=256, sequences=1)
    for effort in BUDGETS:
        assert (await model.render([{"role": "user", "content": "Why?"}], reasoning_effort=effort)).text
