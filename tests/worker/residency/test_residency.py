"""What is ended to make room, what is not, and what waits: real engines and a memory budget of a few of them."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from llama_worker import LlamaWorker, Model, ModelOptions
from llama_worker.engine.supervisor import EngineSupervisor
from llama_worker.errors import InsufficientMemoryError
from llama_worker.models.store.files import ModelFiles
from llama_worker.worker.library import Library

SMALL = {"context_size": 256, "sequences": 1, "prompt_cache_bytes": 0}
Names = Callable[..., Path]


@pytest.fixture
def named(random_model_path: Path, tmp_path: Path) -> Names:
    """The same model under another name, which makes it another model."""
    return lambda name: Path(shutil.copy(random_model_path, tmp_path / f"{name}.gguf"))


@pytest.fixture
async def budgeted(random_model_path: Path) -> AsyncIterator[LlamaWorker]:
    """A worker with room for two of the small models."""
    async with LlamaWorker() as worker:
        needed = (await worker.estimate(random_model_path, **SMALL)).required_bytes  # type: ignore[arg-type]
        await worker.initialize(memory_budget=needed * 5 // 2)
        yield worker


async def load(worker: LlamaWorker, path: Path, **options: object) -> Model:
    return await worker.load_model(path, **SMALL, **options)  # type: ignore[arg-type]


async def until(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0.01)


def slowed_stop(monkeypatch: pytest.MonkeyPatch) -> tuple[asyncio.Event, asyncio.Event]:
    """The first is set when an engine is to end, which it does only when the second is set."""
    ending, may_end, stop = asyncio.Event(), asyncio.Event(), EngineSupervisor.stop

    async def slowed(supervisor: EngineSupervisor) -> None:
        ending.set()
        await may_end.wait()
        await stop(supervisor)

    monkeypatch.setattr(EngineSupervisor, "stop", slowed)
    return ending, may_end


async def test_the_one_unused_for_longest_makes_room_and_comes_back_when_used(
    budgeted: LlamaWorker, named: Names, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "llama_worker")
    a = await load(budgeted, named("a"), keep=False)
    b = await load(budgeted, named("b"), keep=False)
    session = await a.create_session()
    await session.prompt("Hello!", max_tokens=3)  # a was used last
    c = await load(budgeted, named("c"), keep=False)
    assert [model.pid is not None for model in (a, b, c)] == [True, False, True]
    assert b.loaded
    assert b.info.engine == "stopped"
    assert "model b evicted: another one needs its place" in caplog.messages
    reply = await b.complete("x", max_tokens=2)  # its handle is as good as ever
    assert reply.usage.completion_tokens == 2
    assert [model.pid is not None for model in (a, b, c)] == [False, True, True]
    await session.prompt("And now?", max_tokens=3)  # and so is a session
    assert len(session.get_chat_history()) == 4
    assert [model.pid is not None for model in (a, b, c)] == [True, True, False]


async def test_a_model_that_is_kept_stays_and_the_refusal_names_it(budgeted: LlamaWorker, named: Names) -> None:
    a, b = await load(budgeted, named("a")), await load(budgeted, named("b"), keep=True, keep_alive=600)
    with pytest.raises(InsufficientMemoryError) as refused:
        await load(budgeted, named("c"), keep=False)
    assert "of the memory budget are free beside a (is kept) and b (is kept)" in refused.value.message
    assert refused.value.busy == ()
    assert None not in (a.pid, b.pid)
    assert [model.public_name for model in budgeted.models] == ["a", "b"]
    await a.unload()
    await load(budgeted, named("c"))


async def test_a_model_in_use_stays_and_the_refusal_names_it(budgeted: LlamaWorker, named: Names) -> None:
    a = await load(budgeted, named("a"))
    b = await load(budgeted, named("b"), keep=False)
    answer = b.complete("x", max_tokens=200)
    answer.pause()
    await until(lambda: answer.state == "paused")
    with pytest.raises(InsufficientMemoryError, match=r"b \(is in use\)") as refused:
        await load(budgeted, named("c"))
    assert refused.value.busy == ("b",)
    answer.abort()
    await answer.wait()
    await load(budgeted, named("c"))
    assert [model.pid is not None for model in (a, b)] == [True, False]


async def test_nobody_is_ended_for_what_would_not_fit_anyway(budgeted: LlamaWorker, named: Names) -> None:
    models = [await load(budgeted, named(name), keep=False) for name in ("a", "b")]
    with pytest.raises(InsufficientMemoryError):
        await budgeted.load_model(named("c"), context_size=4096, sequences=64)
    assert None not in [model.pid for model in models]


async def test_loads_at_the_same_time_do_not_take_the_same_room(budgeted: LlamaWorker, named: Names) -> None:
    names = ("a", "b", "c", "d")
    models = await asyncio.gather(*(load(budgeted, named(name), keep=False) for name in names))
    assert sum(model.pid is not None for model in models) == 2
    answers = await asyncio.gather(*(model.complete("x", max_tokens=2) for model in models), return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, InsufficientMemoryError)]
    assert len(refused) <= 2  # nobody waits for whom: those who find all others in use are told so
    assert all(error.busy for error in refused)


async def test_a_load_waits_for_the_place_of_one_that_is_only_ending_its_own_load(
    budgeted: LlamaWorker, named: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled, may_settle, touch = asyncio.Event(), asyncio.Event(), Library.touch

    async def slowed(library: Library, files: ModelFiles) -> None:
        settled.set()
        await may_settle.wait()
        await touch(library, files)

    await load(budgeted, named("a"), keep=True)
    monkeypatch.setattr(Library, "touch", slowed)
    b = asyncio.create_task(load(budgeted, named("b"), keep=False))
    await settled.wait()
    c = asyncio.create_task(load(budgeted, named("c"), keep=False))
    await until(lambda: c.done() or bool(budgeted.residency.changes.waiting))
    assert not c.done()
    may_settle.set()
    models = await asyncio.gather(b, c)
    assert [model.pid is not None for model in models] == [False, True]


async def test_an_abort_while_waiting_for_room_leaves_nothing(budgeted: LlamaWorker, named: Names) -> None:
    a = await load(budgeted, named("a"), keep=False)
    first, second = (budgeted.load_model(named(name), **SMALL) for name in ("b", "c"))  # type: ignore[arg-type]
    await until(lambda: first.state == "running" and second.state == "running")
    second.abort()
    await second.wait()
    b = await first
    assert {model.public_name for model in budgeted.models} == {"a", "b"}
    assert (await load(budgeted, named("c"))).pid
    assert (a.pid, b.pid is None) == (None, False)


async def test_an_engine_nobody_uses_for_a_while_is_ended_and_started_again(
    worker: LlamaWorker, random_model_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "llama_worker")
    model = await load(worker, random_model_path, keep_alive=0.2)
    first = model.pid
    assert first
    await until(lambda: model.pid is None)
    await until(lambda: "model random expired: unused for 0.2 s" in caplog.messages)
    assert model.loaded
    assert await model.count_tokens("hello")
    assert model.pid not in (None, first)


async def test_an_eviction_whose_caller_is_cancelled_goes_on_and_is_told_when_it_happened(
    worker: LlamaWorker, random_model_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "llama_worker")
    model = await load(worker, random_model_path, keep=False)
    resident = worker.residency.of(model.runtime)
    assert resident
    ending, may_end = slowed_stop(monkeypatch)
    eviction = asyncio.create_task(worker.residency.end(resident, "evicted: for another"))
    await ending.wait()
    eviction.cancel()
    await asyncio.wait([eviction])
    assert (resident.leaving, model.pid is None) == (True, False)
    assert "model random evicted: for another" not in caplog.messages
    may_end.set()
    await until(lambda: not resident.leaving)
    assert model.pid is None
    assert "model random evicted: for another" in caplog.messages


async def test_an_eviction_that_somebody_forestalls_is_not_told(
    worker: LlamaWorker, random_model_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "llama_worker")
    model = await load(worker, random_model_path, keep=False)
    resident = worker.residency.of(model.runtime)
    assert resident
    with model.runtime.usage.holding():
        await worker.residency.end(resident, "evicted: for another")
    assert (resident.leaving, model.pid is None) == (False, False)
    assert "model random evicted: for another" not in caplog.messages


async def test_a_use_that_takes_longer_than_keep_alive_is_not_cut(worker: LlamaWorker, random_model_path: Path) -> None:
    model = await load(worker, random_model_path, keep_alive=0.05)
    answer = model.complete("x", max_tokens=100)
    answer.pause()
    await until(lambda: answer.state == "paused")
    pid = model.pid
    await asyncio.sleep(0.2)  # a paused answer is a use
    assert model.pid == pid
    answer.resume()
    await answer


async def test_zero_keeps_it_and_other_terms_can_be_set(worker: LlamaWorker, random_model_path: Path) -> None:
    model = await load(worker, random_model_path, keep_alive=0)
    resident = worker.residency.of(model.runtime)
    assert resident is not None
    assert (resident.keep, resident.keep_alive) == (True, None)
    worker.residency.keep_for(resident, ModelOptions(keep_alive=0.05))
    await until(lambda: model.pid is None)


async def test_a_request_that_comes_while_an_engine_is_being_ended_waits_for_the_next(
    worker: LlamaWorker, random_model_path: Path
) -> None:
    model = await load(worker, random_model_path)
    for ask in (lambda: model.count_tokens("hello"), lambda: model.complete("x", max_tokens=2)):
        resting = asyncio.create_task(model.runtime.rest())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert await ask()
        await resting
        assert model.pid


async def test_a_worker_tells_what_its_models_take(worker: LlamaWorker, random_model_path: Path) -> None:
    model = await load(worker, random_model_path)
    info = model.info
    assert info.resident_bytes is not None
    assert info.mapped_bytes is not None
    assert info.resident_bytes > info.mapped_bytes > 0
    await model.runtime.rest()
    assert (model.info.resident_bytes, model.info.engine) == (None, "stopped")


async def test_a_model_that_cannot_come_back_says_why_and_can_later(budgeted: LlamaWorker, named: Names) -> None:
    a = await load(budgeted, named("a"), keep=False)
    b = await load(budgeted, named("b"))
    session = await a.create_session()
    c = await load(budgeted, named("c"))
    with pytest.raises(InsufficientMemoryError, match=r"a needs .* beside b \(is kept\) and c \(is kept\)"):
        await session.prompt("Hello!", max_tokens=3)
    assert a.loaded
    await c.unload()
    assert (await session.prompt("Hello!", max_tokens=3)).usage.completion_tokens
    assert b.pid
