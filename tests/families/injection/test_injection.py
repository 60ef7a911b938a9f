"""No text that people, tools or functions bring becomes a special token, in any family.

Some families every day; all of them, with more than 100,000 hostile texts, with `-m slow`.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from llama_worker import LlamaWorker
from llama_worker.models.gguf.inspect import read_header
from llama_worker.models.gguf.special_tokens import read_special_tokens
from llama_worker.worker.inert.guard import read_content_guard
from llama_worker.worker.inert.policy import Policy

from ..family import Family
from ..table import FAMILIES
from .differences import differences

CHATS = [family for family in FAMILIES if family.chats]
_DAILY = {"qwen-3", "gpt-oss", "devstral"}
DAILY = [family for family in CHATS if family.slug in _DAILY]
DAILY_ORDINARY = [family for family in DAILY if family.slug == "devstral"]
_ROOT = Path(__file__).parents[3]
_ORDINARY = [
    *(page for page in _ROOT.glob("docs/**/*.md") if page.stem != "special-tokens"),
    *_ROOT.glob("src/**/*.py"),
    *_ROOT.glob("src/llama_worker/http/page/*.*"),
    *_ROOT.glob("clients/javascript/*.*"),
]
CONVERSATIONS, DAILY_CONVERSATIONS = 22, 2


@pytest.mark.parametrize("family", DAILY, ids=lambda family: family.slug)
async def test_hostile_texts_stay_text(family: Family, model_path: Path, worker: LlamaWorker) -> None:
    await _check(model_path, worker, DAILY_CONVERSATIONS)


@pytest.mark.slow
@pytest.mark.parametrize("family", CHATS, ids=lambda family: family.slug)
async def test_thousands_of_hostile_texts_stay_text(family: Family, model_path: Path, worker: LlamaWorker) -> None:
    await _check(model_path, worker, CONVERSATIONS)


@pytest.mark.parametrize("family", DAILY_ORDINARY, ids=lambda family: family.slug)
async def test_ordinary_text_is_sent_as_it_is(family: Family, model_path: Path) -> None:
    await _check_ordinary(model_path)


@pytest.mark.slow
@pytest.mark.parametrize("family", CHATS, ids=lambda family: family.slug)
async def test_ordinary_text_is_sent_as_it_is_in_all(family: Family, model_path: Path) -> None:
    await _check_ordinary(model_path)


async def _check_ordinary(model_path: Path) -> None:
    """Every line of this repository's prose, code and web pages, but for those that name a special token."""
    header = read_header(model_path)
    tokens = read_special_tokens(model_path, header)
    names = [name for name in tokens.control | tokens.user_defined if not name.isspace()]
    named = re.compile("|".join(map(re.escape, names)))
    lines = [line for path in _ORDINARY for line in path.read_text().splitlines() if not named.search(line)]
    messages = [{"role": "user", "content": line} for line in dict.fromkeys(lines)]
    assert len(messages) > 10_000
    sent = (await read_content_guard(model_path, header)).messages(messages, Policy())
    changed = [old["content"] for old, new in zip(messages, sent, strict=True) if new is not old]
    assert not changed


async def _check(model_path: Path, worker: LlamaWorker, conversations: int) -> None:
    model = await worker.load_model(model_path, context_size=512, sequences=1)
    count, found = await differences(model, conversations)
    assert count > 20 * conversations
    assert not found, "\n".join(found)
