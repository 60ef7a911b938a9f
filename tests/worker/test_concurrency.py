"""Many sessions on few slots."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

import pytest
import pytest_asyncio

from llama_worker import LlamaWorker, Model
from tests.gguf_factory import write_gguf

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def narrow(shared_worker: LlamaWorker, tmp_path_factory: pytest.TempPathFactory) -> Model:
    """A model with one slot."""
    path = write_gguf(tmp_path_factory.mktemp("narrow") / "narrow.gguf", plain_text=True)
    return await shared_worker.load_model(path, sequences=1)


async def until(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0.005)


async def test_32_sessions_on_4_slots_each_say_what_they_say_alone(noise: Model) -> None:
    """The engine computes what runs at once in one batch, and a batch of another shape may round a number otherwise:
    of 32 answers of 60 tokens at most one was another (see docs/guide/sessions.md), so one may be."""
    assert noise.runtime._supervisor.settings.sequences == 4

    async def answer(number: int) -> str:
        session = await noise.create_session(system_prompt=f"Be brief, {number}.")
        return (await session.prompt(f"la li lo {number}", max_tokens=40, temperature=0)).text

    alone = [await answer(number) for number in range(32)]
    together = await asyncio.gather(*(answer(number) for number in range(32)))
    assert sum(one != other for one, other in zip(alone, together, strict=True)) <= 1


async def test_every_session_gets_its_turn(narrow: Model) -> None:
    """A session with ten prompts waiting does not make another one wait for all of them."""
    finished: list[str] = []
    busy, patient = await narrow.create_session(), await narrow.create_session()
    operations = [busy.fork().prompt("go", max_tokens=20) for _ in range(3)]
    operations += [busy.prompt("go", max_tokens=20) for _ in range(10)]
    operations.append(patient.prompt("go", max_tokens=20))
    for operation in operations[:-1]:
        operation.add_done_callback(lambda _: finished.append("busy"))
    operations[-1].add_done_callback(lambda _: finished.append("patient"))
    await asyncio.gather(*operations)
    await until(lambda: len(finished) == len(operations))
    assert finished.index("patient") < 6


async def test_a_prompt_of_high_priority_goes_first(narrow: Model) -> None:
    """node-llama-cpp's prompt() drops this option."""
    order: list[int] = []
    running = narrow.complete("go", max_tokens=4000, temperature=0, stop_on_abort=True)
    await until(lambda: running.state == "running")
    waiting = []
    for priority in (1, 3, 5, 2):
        session = await narrow.create_session()
        operation = session.prompt("go", max_tokens=2, evaluation_priority=priority)
        operation.add_done_callback(partial(note, order, priority))
        waiting.append(operation)
    await until(lambda: narrow.runtime.queue.waiting == 4)
    running.abort()
    await asyncio.gather(running, *waiting)
    await until(lambda: len(order) == 4)
    assert order == [5, 3, 2, 1]


def note(order: list[int], priority: int, _: object) -> None:
    order.append(priority)


async def test_many_sessions_stream_at_once(noise: Model) -> None:
    streams = [aiter((await noise.create_session()).prompt("go", max_tokens=60)) for _ in range(4)]
    firsts = await asyncio.gather(*(anext(stream) for stream in streams))
    assert all(firsts)
    for stream in streams:
        await stream.aclose()
