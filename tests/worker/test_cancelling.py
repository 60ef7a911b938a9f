"""Cancelled at every point where it waits, a piece of work leaves a worker that still works, and no process.

The points are found by running the work: all tasks count how often they wait, and the n-th time the work is cancelled,
for n from 1 until it gets through. Nothing is left to the clock.
"""

from __future__ import annotations

import asyncio
import itertools
import shutil
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Generator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from llama_worker import LlamaWorker, Model
from llama_worker.errors import OperationAborted
from tests.models import raw_gguf

pytestmark = pytest.mark.timeout(300)
Work = Callable[[LlamaWorker, Model, Path], Awaitable[Any]]


class CancelAt:
    """Cancels the first task of some name when anything waits the n-th time since it began.

    `reached` says whether anything waited that often before it ended.
    """

    def __init__(self, name: str, point: int) -> None:
        self._name = name
        self._point = point
        self._waits = 0
        self._target: asyncio.Task[Any] | None = None
        self.reached = False

    def factory(self, loop: asyncio.AbstractEventLoop, work: Any, **kwargs: Any) -> asyncio.Task[Any]:
        return asyncio.Task(self._watched(work), loop=loop, **kwargs)

    async def _watched(self, work: Coroutine[Any, Any, Any]) -> Any:
        task = asyncio.current_task()
        assert task  # whose name is known by now
        if self._target is None and task.get_name().startswith(self._name):
            self._target = task
        return await _Steps(work, self._count)

    def _count(self) -> None:
        if self._target is None or self._target.done():
            return
        self._waits += 1
        if self._waits == self._point:
            self.reached = True
            asyncio.get_running_loop().call_soon(self._target.cancel)


class _Steps:
    """A coroutine, with a call each time that it waits."""

    def __init__(self, work: Coroutine[Any, Any, Any], waits: Callable[[], None]) -> None:
        self._work = work
        self._waits = waits

    def __await__(self) -> Generator[Any, Any, Any]:
        answer: Any = None
        error: BaseException | None = None
        while True:
            try:
                waited_for = self._work.throw(error) if error else self._work.send(answer)
            except StopIteration as end:
                return end.value
            self._waits()
            try:
                answer, error = (yield waited_for), None
            except BaseException as thrown:
                answer, error = None, thrown


async def ended(operation: Awaitable[Any]) -> None:
    """Whatever it ends with."""
    try:
        await operation
    except (OperationAborted, asyncio.CancelledError):
        return


async def load(worker: LlamaWorker, model: Model, path: Path) -> None:
    await ended(worker.load_model(path))


async def create_context(worker: LlamaWorker, model: Model, path: Path) -> None:
    await ended(model.create_context(context_size=384))


async def complete(worker: LlamaWorker, model: Model, path: Path) -> None:
    await ended(model.complete("a", max_tokens=2))


async def prompt(worker: LlamaWorker, model: Model, path: Path) -> None:
    session = await model.create_session()
    await ended(session.prompt("a", max_tokens=2))
    await session.prompt("b", max_tokens=1)


def as_task(work: Callable[[LlamaWorker, Model, Path], Awaitable[Any]]) -> Work:
    """What is no operation, in a task that can be found by its name."""

    async def run(worker: LlamaWorker, model: Model, path: Path) -> None:
        await ended(asyncio.create_task(_coroutine(work(worker, model, path)), name="cancelled"))

    return run


async def _coroutine(work: Awaitable[Any]) -> Any:
    return await work


WORK: dict[str, tuple[str, Work]] = {
    "load": ("load ", load),
    "create_context": ("create_context ", create_context),
    "complete": ("completion ", complete),
    "prompt": ("prompt ", prompt),
    "unload": ("cancelled", as_task(lambda worker, model, path: model.unload())),
    "unload_model": ("cancelled", as_task(lambda worker, model, path: worker.unload_model())),
    "cleanup": ("cancelled", as_task(lambda worker, model, path: worker.cleanup())),
    "save": ("cancelled", as_task(lambda worker, model, path: save(model, path))),
    "restore": ("cancelled", as_task(lambda worker, model, path: restore(model, path))),
}


RARELY = ("create_context", "complete", "unload_model", "save")
"""With `-m slow`: the others wait in the same places, and in more."""


async def save(model: Model, path: Path) -> None:
    session = await model.create_session(system_prompt="a")
    await session.save(path.parent / "saved", include_state=True)


async def restore(model: Model, path: Path) -> None:
    session = await model.create_session(system_prompt="a")
    await session.save(path.parent / "saved", include_state=True)
    await (await model.load_session(path.parent / "saved")).prompt("b", max_tokens=1)


@pytest.fixture
async def engines() -> AsyncIterator[set[int]]:
    """Every process that runs at the end of a test is one too many."""
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    yield before
    left = [child for child in psutil.Process().children(recursive=True) if child.pid not in before]
    _, alive = psutil.wait_procs(left, timeout=10)
    assert not alive


@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=[pytest.mark.slow] if kind in RARELY else []) for kind in WORK]
)
async def test_cancelled_at_every_await(kind: str, random_model_path: Path, tmp_path: Path, engines: set[int]) -> None:
    """Then the worker, or one that begins anew, answers."""
    await sweep(*WORK[kind], Path(shutil.copy(random_model_path, tmp_path)))


async def test_a_download_cancelled_at_every_await(
    random_model_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engines: set[int]
) -> None:
    """What has come is kept for the next attempt, which ends well."""
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    monkeypatch.delenv("LLAMA_CACHE", raising=False)
    wanted = raw_gguf.write(tmp_path / "served" / "wanted.gguf", raw_gguf.gguf())
    async with served(wanted.parent) as address:

        async def download(worker: LlamaWorker, model: Model, path: Path) -> None:
            await ended(worker.download_model(f"{address}/wanted.gguf"))
            fetched = await worker.download_model(f"{address}/wanted.gguf")
            assert fetched.read_bytes() == wanted.read_bytes()
            fetched.unlink()

        await sweep("download ", download, random_model_path)


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[str]:
    """The address of a server of a folder, which is another process: only the worker's own waits count."""
    arguments = (sys.executable, "-m", "tests.models.download.file_server", str(folder))
    server = await asyncio.create_subprocess_exec(*arguments, stdout=asyncio.subprocess.PIPE)
    assert server.stdout
    try:
        yield f"http://127.0.0.1:{int(await server.stdout.readline())}"
    finally:
        server.kill()
        await server.communicate()


async def sweep(name: str, work: Work, path: Path) -> None:
    """Do the work again and again, and cancel the task of that name one wait later each time."""
    for point in itertools.count(1):
        cancelling = CancelAt(name, point)
        async with LlamaWorker() as worker, asyncio.timeout(60):
            model = await worker.load_model(path, context_size=512, sequences=1)
            asyncio.get_running_loop().set_task_factory(cancelling.factory)
            try:
                await work(worker, model, path)
            finally:
                asyncio.get_running_loop().set_task_factory(None)
            await still_works(worker, path)
        if not cancelling.reached:
            break
    assert point > 1


async def still_works(worker: LlamaWorker, path: Path) -> None:
    """An answer from whichever model is there, or is loaded again."""
    await worker.initialize()
    model = worker.models[-1] if worker.models else await worker.load_model(path, context_size=512, sequences=1)
    assert (await model.complete("a", max_tokens=1)).usage.prompt_tokens > 0


async def test_giving_up_on_an_engine_that_stands_still(random_model_path: Path, engines: set[int]) -> None:
    """A stopped process takes its time to be ended; whoever does not wait for that leaves nothing behind."""
    async with LlamaWorker() as worker:
        model = await worker.load_model(random_model_path, context_size=512, sequences=1)
        assert model.pid
        stopped = psutil.Process(model.pid)
        stopped.suspend()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await model.unload()
        again = await worker.load_model(random_model_path, context_size=512, sequences=1)
        assert (await again.complete("a", max_tokens=1)).text is not None
        await asyncio.to_thread(stopped.wait, 30)


async def test_cleanup_waits_for_ends_that_others_began(random_model_path: Path) -> None:
    """When it returns no engine is left, whoever began to end it."""
    for begin in ("unload", "unload_model", "cleanup"):
        worker = LlamaWorker()
        model = await worker.load_model(random_model_path, sequences=1)
        assert model.pid
        engine = psutil.Process(model.pid)
        beginning = {"unload": model.unload, "unload_model": worker.unload_model, "cleanup": worker.cleanup}[begin]
        first = asyncio.create_task(_coroutine(beginning()))
        await asyncio.sleep(0)
        first.cancel()
        await worker.cleanup()
        assert not engine.is_running() or engine.status() == psutil.STATUS_ZOMBIE
        await asyncio.wait([first])
