from __future__ import annotations

import asyncio

import pytest

from llama_worker.worker.generation.slot_queue import SlotQueue


class Desk:
    """Requests that hold a slot until they are told to leave, and the order in which they were served."""

    def __init__(self, slots: int, alone: str = "") -> None:
        self.alone = set(alone)
        self.queue = SlotQueue(slots, lambda owner: owner in self.alone)
        self.served: list[str] = []
        self._leave: dict[str, asyncio.Event] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def arrive(self, *names: str) -> None:
        """The first letter of a name is its owner."""
        for name in names:
            self._leave[name] = asyncio.Event()
            self._tasks[name] = asyncio.create_task(self._request(name))
            await asyncio.sleep(0)

    async def _request(self, name: str) -> None:
        async with self.queue.slot(name[0]):
            self.served.append(name)
            await self._leave[name].wait()

    async def finish(self, name: str) -> None:
        self._leave[name].set()
        await self._tasks[name]
        await asyncio.sleep(0)

    async def cancel(self, name: str) -> None:
        self._tasks[name].cancel()
        with pytest.raises(asyncio.CancelledError):
            await self._tasks[name]
        await asyncio.sleep(0)

    async def close(self) -> None:
        while self.queue.waiting or len(self.served) < sum(not task.cancelled() for task in self._tasks.values()):
            await self.finish(self.served[-1])
        for name in self.served:
            await self.finish(name)


async def test_no_more_than_there_are_slots() -> None:
    desk = Desk(slots=2)
    await desk.arrive("a1", "b1", "c1", "d1")
    assert desk.served == ["a1", "b1"]
    assert desk.queue.waiting == 2
    await desk.finish("a1")
    assert desk.served == ["a1", "b1", "c1"]
    await desk.close()


async def test_an_owner_with_many_requests_does_not_starve_another() -> None:
    desk = Desk(slots=1)
    await desk.arrive("a1", "a2", "a3", "b1", "b2")
    for name in ("a1", "b1", "a2", "b2"):
        await desk.finish(name)
    assert desk.served == ["a1", "b1", "a2", "b2", "a3"]
    await desk.close()


async def test_cancelling_a_waiting_request_changes_nothing_for_the_others() -> None:
    desk = Desk(slots=1)
    await desk.arrive("a1", "b1", "c1")
    await desk.cancel("b1")
    await desk.finish("a1")
    assert desk.served == ["a1", "c1"]
    await desk.close()


async def test_cancelling_a_served_request_frees_its_slot() -> None:
    desk = Desk(slots=1)
    await desk.arrive("a1", "b1")
    await desk.cancel("a1")
    assert desk.served == ["a1", "b1"]
    await desk.finish("b1")


async def test_a_slot_given_in_the_moment_of_a_cancel_is_not_lost() -> None:
    desk = Desk(slots=1)
    await desk.arrive("a1", "b1", "c1")
    desk._leave["a1"].set()
    await desk._tasks["a1"]  # b1 has been given the slot and has not run yet
    desk._tasks["b1"].cancel()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert desk.served[-1] == "c1"
    await desk.finish("c1")


async def test_who_computes_alone_waits_for_all_others_and_nobody_overtakes() -> None:
    desk = Desk(slots=2, alone="x")
    await desk.arrive("a1", "x1", "b1", "x2")
    assert desk.served == ["a1"]
    await desk.finish("a1")
    assert desk.served == ["a1", "x1"]
    assert desk.queue.free == 0
    desk.alone.clear()
    await desk.finish("x1")
    assert desk.served == ["a1", "x1", "b1", "x2"]
    await desk.close()


async def test_giving_up_on_computing_alone_lets_the_others_in() -> None:
    desk = Desk(slots=2, alone="x")
    await desk.arrive("a1", "x1", "b1")
    await desk.cancel("x1")
    await desk.arrive("c1")
    assert desk.served == ["a1", "b1"]
    await desk.finish("a1")
    assert desk.served == ["a1", "b1", "c1"]
    await desk.close()
