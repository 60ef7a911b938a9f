"""What goes wrong with kept states costs time, and nothing else."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import itertools
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from llama_worker import ChatSession, LlamaWorker, Model
from llama_worker.errors import EngineDiedError
from llama_worker.worker.states import store
from tests.worker.test_cancelling import CancelAt, ended

from .talking import ask, begin, kept, kill, load, moved, until, was_kept


async def talked(path: Path, directory: Path) -> tuple[ChatSession, Path]:
    """A conversation whose worker has ended, and the file that was kept of it."""
    async with LlamaWorker(state_cache=directory) as worker:
        session = await begin(await load(worker, path))
    [state] = kept(directory)
    return session, state


def renamed(state: Path, data: bytes) -> None:
    """The state with other bytes, under the name that these should have."""
    state.unlink()
    (state.parent / f"{hashlib.sha256(data).hexdigest()}.state").write_bytes(data)


def in_its_place(state: Path) -> None:
    state.unlink()
    state.mkdir()


DAMAGE: dict[str, Callable[[Path, bytes], object]] = {
    "a byte": lambda state, data: state.write_bytes(data[:-9] + bytes([data[-9] ^ 1]) + data[-8:]),
    "half": lambda state, data: state.write_bytes(data[: len(data) // 2]),
    "empty": lambda state, data: state.write_bytes(b""),
    "no state": lambda state, data: renamed(state, b"GGUF" * 100),
    "its tokens alone": lambda state, data: renamed(state, data[: 12 + 4 * int.from_bytes(data[8:12], "little")]),
    "half, but called so": lambda state, data: renamed(state, data[: len(data) // 2]),
    "many tokens": lambda state, data: renamed(state, data[:8] + b"\xff\xff\xff\x7f" + data[12:]),
    "gone": lambda state, data: state.unlink(),
    "a folder": lambda state, data: in_its_place(state),
}


@pytest.mark.parametrize("damage", DAMAGE)
async def test_a_damaged_state_is_read_again(path: Path, tmp_path: Path, read_again: str, damage: str) -> None:
    session, state = await talked(path, tmp_path)
    DAMAGE[damage](state, state.read_bytes())
    async with LlamaWorker(state_cache=tmp_path) as worker:
        model = await load(worker, path)
        pid = model.pid
        reply = await ask(await moved(session, model), "two")
        assert (reply.usage.cached_tokens, reply.text) == (0, read_again)
        # llama.cpp may end of what nobody wrote by accident; then another engine answers.
        assert model.pid == pid or damage == "half, but called so"
        await model.unload()
        again = await ask(await moved(session, await load(worker, path)), "two")
        assert was_kept(again)


async def test_a_state_that_an_engine_died_over_is_not_used_again(path: Path, tmp_path: Path) -> None:
    session, state = await talked(path, tmp_path)
    async with LlamaWorker(state_cache=tmp_path) as worker:
        model = await load(worker, path)
        operation = (await moved(session, model)).prompt("two", max_tokens=1000, temperature=0)
        async for _ in operation:
            killing = asyncio.create_task(kill(model))
            with pytest.raises(EngineDiedError):
                await operation
            await killing
            break
        assert state.exists()
        assert (await ask(await moved(session, model), "two")).usage.cached_tokens == 0
        assert not state.exists()


async def test_a_full_disk_keeps_nothing(
    path: Path, tmp_path: Path, undisturbed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, to: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(store, "_move", full)
    async with LlamaWorker(state_cache=tmp_path) as worker:
        model = await load(worker, path)
        session = await begin(model)
        directory = Path((await model.runtime.engine()).directory)
        before = set(directory.iterdir())
        await until(lambda: model.runtime._states._unseen is False)
        assert (await ask(session, "two")).text == undisturbed[0]
        await until(lambda: set(directory.iterdir()) == before)
        await model.unload()
    assert not kept(tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="limits of another process")
async def test_an_engine_that_cannot_write_keeps_nothing(path: Path, tmp_path: Path, undisturbed: list[str]) -> None:
    async with LlamaWorker(state_cache=tmp_path) as worker:
        model = await load(worker, path)
        pid = model.pid
        psutil.Process(pid).rlimit(psutil.RLIMIT_FSIZE, (1 << 16, 1 << 16))
        session = await begin(model)
        await until(lambda: model.runtime._states._unseen is False)
        assert (await ask(session, "two")).text == undisturbed[0]
        assert model.pid == pid
        directory = Path((await model.runtime.engine()).directory)
        assert sum(file.stat().st_size for file in directory.iterdir() if file.is_file()) < 1 << 16
    assert not kept(tmp_path)


async def test_a_directory_that_disappears_is_made_again(path: Path, tmp_path: Path) -> None:
    directory = tmp_path / "states"
    async with LlamaWorker(state_cache=directory) as worker:
        model = await load(worker, path)
        session = await begin(model)
        await until(lambda: kept(directory))
        shutil.rmtree(directory)
        await model.unload()
        model = await load(worker, path)
        session = await moved(session, model)
        assert (await ask(session, "two")).usage.cached_tokens == 0
        await until(lambda: kept(directory))


async def test_a_directory_that_becomes_a_file_keeps_nothing(path: Path, tmp_path: Path, read_again: str) -> None:
    directory = tmp_path / "states"
    async with LlamaWorker(state_cache=directory) as worker:
        model = await load(worker, path)
        directory.rmdir()
        directory.write_text("in the way")
        session = await begin(model)
        await model.unload()
        assert (await ask(await moved(session, await load(worker, path)), "two")).text == read_again
    assert directory.read_text() == "in the way"


async def test_no_more_is_kept_than_may_be(path: Path, tmp_path: Path) -> None:
    _, state = await talked(path, tmp_path / "one")
    limit = 5 * state.stat().st_size // 2
    seen = []
    async with LlamaWorker(state_cache=tmp_path / "two", state_cache_bytes=limit) as worker:
        for name in ("a", "e", "i", "o"):
            model = await load(worker, path)
            session = await model.create_session(system_prompt=f"l{name} m{name} n{name} r{name} " * 60)
            await ask(session, "one")
            await model.unload()
            seen.append(sum(file.stat().st_size for file in kept(tmp_path / "two")))
        assert max(seen) <= limit
        assert len(kept(tmp_path / "two")) == 2
        assert was_kept(await ask(await moved(session, await load(worker, path)), "two"))
    async with LlamaWorker(state_cache=tmp_path / "three", state_cache_bytes=1000) as worker:
        await begin(await load(worker, path))
    assert not kept(tmp_path / "three")


async def test_two_programs_at_once(path: Path, tmp_path: Path, undisturbed: list[str]) -> None:
    """With room for one state: they take it from each other, and never harm each other."""
    _, state = await talked(path, tmp_path / "one")
    script = (
        "import asyncio, sys\n"
        "from pathlib import Path\n"
        "from llama_worker import LlamaWorker\n"
        "from tests.worker.states.talking import ask, begin, load, moved\n"
        "async def main():\n"
        "    async with LlamaWorker(state_cache=sys.argv[1], state_cache_bytes=int(sys.argv[3])) as worker:\n"
        "        for _ in range(4):\n"
        "            model = await load(worker, Path(sys.argv[2]))\n"
        "            session = await begin(model)\n"
        "            print((await ask(session, 'two')).text)\n"
        "            await model.unload()\n"
        "asyncio.run(main())\n"
    )
    room = 3 * state.stat().st_size // 2
    arguments = (sys.executable, "-c", script, tmp_path / "two", path, str(room))
    both = [await asyncio.create_subprocess_exec(*arguments, stdout=asyncio.subprocess.PIPE) for _ in range(2)]
    outputs = [(await process.communicate())[0].decode().split() for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert {text for output in outputs for text in output} == {undisturbed[0]}
    assert sum(file.stat().st_size for file in kept(tmp_path / "two")) <= room


async def test_aborted_at_every_await_of_bringing_back(path: Path, tmp_path: Path, undisturbed: list[str]) -> None:
    """Nothing is left in the engine's directory, and the next prompt is answered as ever."""
    session, _ = await talked(path, tmp_path)
    async with LlamaWorker(state_cache=tmp_path) as worker:
        model = await load(worker, path)
        directory = Path((await model.runtime.engine()).directory)
        before = set(directory.iterdir())
        for point in itertools.count(1):
            forget_the_engine(model)
            cancelling = CancelAt("prompt ", point)
            asyncio.get_running_loop().set_task_factory(cancelling.factory)
            try:
                await ended((await moved(session, model)).prompt("two", max_tokens=1, temperature=0))
            finally:
                asyncio.get_running_loop().set_task_factory(None)
            assert (await ask(await moved(session, model), "two")).text == undisturbed[0]
            await until(lambda: set(directory.iterdir()) == before)
            if not cancelling.reached:
                break
    assert point > 10


def forget_the_engine(model: Model) -> None:
    """So that what is kept is brought back to it again."""
    model.runtime._states._engine = model.runtime._states._memory = None
