"""What was computed is not computed again: after an unload, a death, another engine, another program."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest

from llama_worker import ChatSession, LlamaWorker, ModelOptions
from llama_worker.engine.engine import Engine
from llama_worker.errors import InvalidOptionsError
from llama_worker.options.keywords import ModelKeywords

from .talking import CONTEXT, ask, begin, kept, kill, load, moved, until, was_kept


async def test_after_an_unload(path: Path, undisturbed: list[str]) -> None:
    async with LlamaWorker() as worker:
        model = await load(worker, path)
        session = await begin(model)
        for text, expected in zip(("two", "three"), undisturbed, strict=True):
            await model.unload()
            model = await load(worker, path)
            session = await moved(session, model)
            reply = await ask(session, text)
            assert was_kept(reply)
            assert reply.text == expected


async def test_after_the_death_of_the_engine(path: Path, tmp_path: Path, undisturbed: list[str]) -> None:
    async with LlamaWorker(state_cache=tmp_path) as worker:
        model = await load(worker, path)
        session = await begin(model)
        await until(lambda: kept(tmp_path))
        await kill(model)
        reply = await ask(session, "two")
        assert was_kept(reply)
        assert reply.text == undisturbed[0]


async def test_after_the_end_of_the_worker(path: Path, tmp_path: Path, undisturbed: list[str]) -> None:
    async with LlamaWorker(state_cache=tmp_path) as worker:
        session = await begin(await load(worker, path))
    async with LlamaWorker(state_cache=tmp_path) as worker:
        reply = await ask(await moved(session, await load(worker, path)), "two")
    assert was_kept(reply)
    assert reply.text == undisturbed[0]


async def test_in_another_program(path: Path, tmp_path: Path, undisturbed: list[str]) -> None:
    script = (
        "import asyncio, sys\n"
        "from pathlib import Path\n"
        "from llama_worker import LlamaWorker\n"
        "from tests.worker.states.talking import *\n"
        "async def main():\n"
        "    async with LlamaWorker(state_cache=sys.argv[1]) as worker:\n"
        "        await begin(await load(worker, Path(sys.argv[2])))\n"
        "asyncio.run(main())\n"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", script, tmp_path, path)
    assert await process.wait() == 0
    async with LlamaWorker(state_cache=tmp_path) as worker:
        model = await load(worker, path)
        session = await begin(model)
        reply = await ask(session, "two")
        assert reply.text == undisturbed[0]
        fresh = await model.create_session(system_prompt="What was not said before. " * 20)
        assert not was_kept(await ask(fresh, "one"))


@pytest.mark.slow
async def test_of_several_conversations_each(path: Path, tmp_path: Path) -> None:
    """More than the engine has slots."""
    async with LlamaWorker(state_cache=tmp_path) as worker:
        model = await load(worker, path)
        sessions: list[ChatSession] = []
        for name in ("a", "e", "i", "o"):
            session = await model.create_session(system_prompt=f"{name}n {name}m " * 80)
            await ask(session, "one")
            await until(lambda: len(kept(tmp_path)) > len(sessions))
            sessions.append(session)
        await model.unload()
        model = await load(worker, path)
        for session in reversed(sessions):
            assert was_kept(await ask(await moved(session, model), "two"))


async def test_a_continued_conversation_replaces_what_was_kept_of_it(path: Path, tmp_path: Path) -> None:
    async with LlamaWorker(state_cache=tmp_path) as worker:
        model = await load(worker, path)
        session = await begin(model)
        await until(lambda: kept(tmp_path))
        [before] = kept(tmp_path)
        await ask(session, "and this: " + "ma me mi mo " * 60)
        await until(lambda: kept(tmp_path) != [before])
        [after] = kept(tmp_path)
    assert after.stat().st_size > 0


async def test_completions_too(path: Path, tmp_path: Path) -> None:
    text = "once there was a llama " * 30
    async with LlamaWorker(state_cache=tmp_path) as worker:
        model = await load(worker, path)
        first = await model.complete(text, max_tokens=20, temperature=0)
        await model.unload()
        again = await (await load(worker, path)).complete(text, max_tokens=20, temperature=0)
    assert was_kept(again)
    assert again.text == first.text


async def test_not_what_the_caller_does_not_want_from_a_cache(path: Path, tmp_path: Path) -> None:
    async with LlamaWorker(state_cache=tmp_path) as worker:
        session = await begin(await load(worker, path))
    async with LlamaWorker(state_cache=tmp_path) as worker:
        other = await moved(session, await load(worker, path))
        reply = await other.prompt("two", max_tokens=5, cache_prompt=False)
    assert reply.usage.cached_tokens == 0


async def test_not_with_settings_that_compute_otherwise(path: Path, tmp_path: Path) -> None:
    async with LlamaWorker(state_cache=tmp_path) as worker:
        session = await begin(await load(worker, path))
        usual = ModelOptions(context_size=CONTEXT, sequences=2)
        others: list[ModelKeywords] = [
            {"cache_type": "q8_0"},
            {"context_size": 1024},
            {"flash_attention": False},
            {"sequences": 3},
        ]
        for changes in others:
            model = await worker.load_model(path, usual, **changes)
            assert (await ask(await moved(session, model), "two")).usage.cached_tokens == 0
        same = await worker.load_model(path, usual, threads=1, batch_size=64, seed=3)
        assert was_kept(await ask(await moved(session, same), "two"))


async def test_an_ordinary_prompt_asks_the_engine_for_nothing_more(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with LlamaWorker() as worker:
        model = await load(worker, path)
        session = await begin(model)
        asked = []
        request = Engine.request

        async def counted(engine: Engine, path: str, *arguments: Any, **more: Any) -> bytes:
            asked.append(path)
            return await request(engine, path, *arguments, **more)

        monkeypatch.setattr(Engine, "request", counted)
        await ask(session, "two")
        assert not asked
        await until(lambda: "/slots" in asked)  # when it has nothing else to do


async def test_off_nothing_is_written(path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    async with LlamaWorker(state_cache=False) as worker:
        model = await load(worker, path)
        session = await begin(model)
        directory = Path((await model.runtime.engine()).directory)
        await model.unload()
        assert not directory.exists()
        assert not list(tmp_path.rglob("*.state"))
        reply = await ask(await moved(session, await load(worker, path)), "two")
        assert reply.usage.cached_tokens == 0


async def test_a_private_directory_is_the_workers(path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    async with LlamaWorker() as worker:
        model = await load(worker, path)
        await begin(model)
        await model.unload()
        [state] = tmp_path.glob("*/*/*.state")
        assert [each.stat().st_mode & 0o777 for each in (state, state.parent, state.parent.parent)] == [
            0o600,
            0o700,
            0o700,
        ]
    assert not list(tmp_path.iterdir())


async def test_a_place_that_cannot_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file", tmp_path / "file" / "in it", "x" * 5000, "a\0b", "", "~nobody-at-all/a"):
        with pytest.raises(InvalidOptionsError) as refused:
            async with LlamaWorker(state_cache=place):
                pass
        assert refused.value.path == "state_cache"
