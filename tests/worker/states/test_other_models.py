"""Models whose memory cannot simply be cut say the same with kept states as an engine that lives on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from llama_worker import LlamaWorker, Model, Reply

from . import other_models
from .talking import LONG, load

TURNS = ("one", "and two", "Three!")


@pytest.fixture(params=["windowed", "recurrent"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    write: Callable[[Path], Path] = getattr(other_models, request.param)
    return write(tmp_path / "model.gguf")


async def say(worker: LlamaWorker, path: Path, history: list[dict[str, str]], *, unload: bool) -> list[Reply]:
    """The same turns, whose answers are given: what each of them would have been."""
    replies = []
    model: Model | None = None
    for turn in TURNS:
        if model is None or unload:
            model = await load(worker, path)
        history.append({"role": "user", "content": turn})
        replies.append(await model.chat(history, max_tokens=20, temperature=0))
        history.append({"role": "assistant", "content": replies[-1].text})
    return replies


@pytest.mark.parametrize("edited", [False, True])
async def test_the_same_text(path: Path, tmp_path: Path, edited: bool) -> None:
    """`edited`: the history is another than what the engine read, from its middle on."""
    begin = [{"role": "system", "content": LONG}]
    async with LlamaWorker(state_cache=False) as worker:
        expected = await say(worker, path, list(begin), unload=False)
    async with LlamaWorker(state_cache=tmp_path / "states") as worker:
        if edited:
            changed = [{"role": "system", "content": LONG[: len(LONG) // 2] + "something else " * 20}]
            await say(worker, path, changed, unload=True)
        replies = await say(worker, path, list(begin), unload=True)
    assert [reply.text for reply in replies] == [reply.text for reply in expected]
    assert all(reply.usage.cached_tokens > 0.5 * reply.usage.prompt_tokens for reply in replies[1:])
