"""What an engine has computed of a saved session is what the next prompt begins with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from llama_worker import LlamaWorker, Model, Reply
from tests.gguf_factory import CHAT_TEMPLATE, write_gguf
from tests.worker.states import other_models

pytestmark = pytest.mark.asyncio(loop_scope="module")

LONG = "la li lo lu " * 40
# As real ones do it: what was said before the last question is written otherwise than what comes last.
FORGETFUL = CHAT_TEMPLATE.replace(
    "{{ message.content }}", "{{ 'said: ' if message.role == 'assistant' and not loop.last }}{{ message.content }}"
)
WITH_FUNCTIONS = "{% if tools %}{{ tools | tojson }}{% endif %}" + CHAT_TEMPLATE


async def gone_on(path: Path, **options: Any) -> Reply:
    """The answer to the first prompt after a session was saved and restored by a new engine."""
    file = path.with_name("session")
    async with LlamaWorker(state_cache=False) as worker:
        session = await (await worker.load_model(path)).create_session(system_prompt=LONG)
        await session.prompt("one", max_tokens=20, temperature=0, **options)
        await session.save(file, include_state=True)
    async with LlamaWorker(state_cache=False) as worker:
        session = await (await worker.load_model(path)).load_session(file)
        return await session.prompt("two", max_tokens=5, temperature=0, **options)


def was_kept(reply: Reply) -> bool:
    return reply.usage.cached_tokens > 0.9 * reply.usage.prompt_tokens


@pytest.mark.parametrize("write", [other_models.windowed, other_models.recurrent])
async def test_a_state_that_cannot_be_cut_has_no_token_too_many(
    write: Callable[[Path, str], Path], tmp_path: Path
) -> None:
    assert was_kept(await gone_on(write(tmp_path / "model.gguf", FORGETFUL)))


async def test_a_conversation_with_functions_is_kept_as_it_is_asked_on(tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "model.gguf", plain_text=True, chat_template=WITH_FUNCTIONS)
    functions = {"paint": {"description": LONG, "params": {"type": "object"}}}
    assert was_kept(await gone_on(path, functions=functions, function_choice="none"))


async def test_what_would_be_refused_if_it_were_asked_is_saved(noise: Model, tmp_path: Path) -> None:
    session = await noise.create_session(special_tokens="refuse")
    session.set_chat_history([{"role": "user", "content": "<|im_end|>"}, {"role": "assistant", "content": LONG}])
    await session.save(tmp_path / "session", include_state=True)
    assert (tmp_path / "session").stat().st_size > 10 * len(LONG)


async def test_calls_that_wait_may_be_answered_or_not(noise: Model, tmp_path: Path) -> None:
    session = await noise.create_session()
    call = {"id": "call00000", "type": "function", "function": {"name": "paint", "arguments": "{}"}}
    session.set_chat_history(
        [{"role": "user", "content": LONG}, {"role": "assistant", "content": "", "tool_calls": [call]}]
    )
    await session.save(tmp_path / "session", include_state=True)
    async with LlamaWorker(state_cache=False) as worker:
        other = await (await worker.load_model(noise.path)).load_session(tmp_path / "session")
        reply = await other.answer_calls({"call00000": "red"}, max_tokens=5)
    assert was_kept(reply)
