"""No text that people, tools or functions bring becomes a special token, in any family.

Some families every day; all of them, with more than 100,000 hostile texts, with `-m slow`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from llama_worker import LlamaWorker

from .family import Family
from .injection import differences
from .table import FAMILIES

CHATS = [family for family in FAMILIES if family.chats]
_DAILY = {"qwen-3", "llama-3.1", "gpt-oss", "gemma-4", "command-r-plus", "devstral", "nemotron-nano-2"}
DAILY = [family for family in CHATS if family.slug in _DAILY]
CONVERSATIONS, DAILY_CONVERSATIONS = 22, 2


@pytest.mark.parametrize("family", DAILY, ids=lambda family: family.slug)
async def test_hostile_texts_stay_text(family: Family, model_path: Path, worker: LlamaWorker) -> None:
    await _check(model_path, worker, DAILY_CONVERSATIONS)


@pytest.mark.slow
@pytest.mark.parametrize("family", CHATS, ids=lambda family: family.slug)
async def test_thousands_of_hostile_texts_stay_text(family: Family, model_path: Path, worker: LlamaWorker) -> None:
    await _check(model_path, worker, CONVERSATIONS)


async def _check(model_path: Path, worker: LlamaWorker, conversations: int) -> None:
    model = await worker.load_model(model_path, context_size=512, sequences=1)
    count, found = await differences(model, conversations)
    assert count > 20 * conversations
    assert not found, "\n".join(found)
