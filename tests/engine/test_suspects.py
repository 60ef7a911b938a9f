"""Deaths are put to the account of the requests that were there: the rest is served, and health says what is so."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from llama_worker.engine.command import choose_engine
from llama_worker.engine.engine import Engine
from llama_worker.engine.settings import EngineSettings
from llama_worker.engine.supervisor import EngineSupervisor
from llama_worker.engine.suspects import QUARANTINE_SECONDS, EngineRequestRecord, Suspects
from llama_worker.errors import EngineDiedError, RequestQuarantinedError

KILLER = {"prompt": "the one that kills", "max_tokens": 4000, "ignore_eos": True}
HARMLESS = {"prompt": "any other", "max_tokens": 2}
LONG = HARMLESS | {"max_tokens": 4000, "ignore_eos": True}


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def supervisor(random_model_path: Path, clock: Clock) -> AsyncIterator[EngineSupervisor]:
    settings = EngineSettings(
        model_path=str(random_model_path), context_size=4096, sequences=2, batch_size=32, threads=1
    )
    supervisor = EngineSupervisor(settings, choose_engine(), clock=clock)
    yield supervisor
    await supervisor.stop()


async def complete(engine: Engine, body: dict[str, object], owner: str = "") -> None:
    async with engine.stream("/completion", body, owner=owner or None) as events:
        async for _ in events:
            pass


@asynccontextmanager
async def generating(engine: Engine, body: dict[str, object], owner: str = "") -> AsyncIterator[asyncio.Task[None]]:
    """A request that streams while the block runs."""
    begun = asyncio.Event()

    async def run() -> None:
        async with engine.stream("/completion", body, owner=owner or None) as events:
            async for _ in events:
                begun.set()

    task = asyncio.create_task(run())
    await asyncio.wait([task, asyncio.ensure_future(begun.wait())], return_when=asyncio.FIRST_COMPLETED)
    yield task
    task.cancel()
    await asyncio.wait([task])


async def kill_with(supervisor: EngineSupervisor, body: dict[str, object], owner: str = "") -> None:
    """The engine dies while it works on `body`."""
    engine = await supervisor.engine()
    async with generating(engine, body, owner) as task:
        os.kill(engine.pid, signal.SIGSEGV)
        with pytest.raises(EngineDiedError, match="SIGSEGV while generating"):
            await task


async def test_what_was_there_at_two_deaths_is_refused_and_all_else_is_served(
    supervisor: EngineSupervisor, clock: Clock
) -> None:
    for _ in range(2):
        await kill_with(supervisor, KILLER)
    engine = await supervisor.engine()
    with pytest.raises(RequestQuarantinedError, match=r"died 2 times.*for 15 minutes") as caught:
        await complete(engine, KILLER)
    assert caught.value.deaths == 2
    await complete(engine, HARMLESS)
    assert engine.alive
    clock.now += QUARANTINE_SECONDS + 1
    async with generating(engine, KILLER):
        assert engine.busy


async def test_deaths_of_requests_do_not_take_the_model_from_others(supervisor: EngineSupervisor) -> None:
    for number in range(5):
        await kill_with(supervisor, KILLER | {"prompt": f"killer {number}"})
    await complete(await supervisor.engine(), HARMLESS)
    assert supervisor.state == "ready"


async def test_who_was_there_computes_alone_until_a_request_ended_well(supervisor: EngineSupervisor) -> None:
    await kill_with(supervisor, KILLER, owner="killer")
    assert supervisor.suspects.suspects("killer")
    assert not supervisor.suspects.suspects("other")
    await complete(await supervisor.engine(), HARMLESS, owner="killer")
    assert not supervisor.suspects.suspects("killer")


async def test_of_several_only_those_that_held_slots_are_blamed(supervisor: EngineSupervisor) -> None:
    engine = await supervisor.engine()
    async with (
        generating(engine, KILLER) as unowned,
        generating(engine, LONG, "owner"),
    ):
        os.kill(engine.pid, signal.SIGKILL)
        with pytest.raises(EngineDiedError):
            await unowned
        assert [record.owner for record in engine.served_at_death()] == ["owner"]


async def test_an_engine_that_cannot_compute_is_told_from_a_request_that_kills(
    supervisor: EngineSupervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    await kill_with(supervisor, KILLER)

    async def dies(engine: Engine) -> None:
        os.kill(engine.pid, signal.SIGABRT)
        await engine.wait_ended()
        raise engine.death("generate")

    monkeypatch.setattr(Engine, "probe", dies)
    for _ in range(3):
        with pytest.raises(EngineDiedError, match="SIGABRT"):
            await supervisor.engine()
    assert supervisor.state == "failed"
    with pytest.raises(EngineDiedError, match="died 3 times in 5 minutes"):
        await supervisor.engine()
    monkeypatch.undo()
    supervisor.forgive()
    await complete(await supervisor.engine(), KILLER | {"max_tokens": 2})


async def test_the_probe_generates_on_every_kind_of_model(supervisor: EngineSupervisor) -> None:
    engine = await supervisor.engine()
    await engine.probe()
    os.kill(engine.pid, signal.SIGKILL)
    with pytest.raises(EngineDiedError, match="SIGKILL"):
        await engine.probe()


def test_what_is_remembered_is_bounded() -> None:
    suspects = Suspects()
    for number in range(3000):
        suspects.blame([EngineRequestRecord("/completion", {"prompt": number}, owner=number)])
    assert sum(suspects.suspects(number) for number in range(3000)) == 1000
    oldest = EngineRequestRecord("/completion", {"prompt": 0})
    suspects.blame([oldest])
    suspects.admit(oldest)  # its first death was forgotten, so this one is its first
