"""A model that says what a test tells it to, and stands wherever the real one would."""

from __future__ import annotations

from contextlib import AbstractContextManager, AsyncExitStack, ExitStack
from types import TracebackType
from typing import TYPE_CHECKING

from .installing import FakeModels, fake_models
from .scripted import ScriptedModel

if TYPE_CHECKING:
    from ..sync import Model as SyncModel
    from ..worker.model import Model


class FakeModel(ScriptedModel):
    """What a model answers, and what it was asked.

    `replies` come in their order, one for each request: texts, `FakeReply`, `FakeCall`, faults, values that are said as
    JSON, and functions of the `FakeRequest`, async or not, that give one of these. `then` says what follows the last:
    "fail" (default) refuses, "repeat" says it again, "cycle" begins anew; a function at the end is asked every time.
    Without replies it says what fits what was asked (`fitting_reply`).

    `kind` is "chat" (default), "embedding" or "reranker"; `modalities` are what it reads beside text ("image",
    "audio"); `context_size` is what it was trained for, in tokens (default 8192; one word or mark of punctuation each),
    and `dimensions` the length of its vectors (default 256). `embed` and `rank`, async or not, take the place of
    vectors and scores that are made of the words in texts. `load_seconds` is how long loading takes (default 0),
    `load_fault` how it fails; `download_model` takes `download_seconds` for `size_bytes` (default 1 GiB), or ends with
    `download_fault`.

    `async with FakeModel("Hello!") as model` gives a real `llama_worker.Model`, `with` one without async; programs that
    load models themselves are given it with `fake_models`.
    """

    _stack: AsyncExitStack | ExitStack | None = None

    def installed(self) -> AbstractContextManager[FakeModels]:
        """In the block, every model that any worker of this process loads is this one."""
        return fake_models(self)

    async def __aenter__(self) -> Model:
        from ..worker.worker import LlamaWorker

        async with AsyncExitStack() as stack:
            stack.enter_context(self.installed())
            worker = await stack.enter_async_context(LlamaWorker())
            model = await worker.load_model("fake")
            self._stack = stack.pop_all()
        return model

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert isinstance(self._stack, AsyncExitStack)
        await self._stack.__aexit__(kind, error, traceback)

    def __enter__(self) -> SyncModel:
        from ..sync import LlamaWorker

        with ExitStack() as stack:
            stack.enter_context(self.installed())
            worker = stack.enter_context(LlamaWorker())
            model = worker.load_model("fake")
            self._stack = stack.pop_all()
        return model

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert isinstance(self._stack, ExitStack)
        self._stack.__exit__(kind, error, traceback)
