"""Which models answer requests: loaded on demand, as many as allowed, ended when unused."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from ..errors import InvalidOptionsError, ModelNotFoundError, OperationAborted, QueueFullError
from ..loggers import MODELS
from ..messages.events import Progress
from ..models.names import BuiltinName, HubName, parse_model_name
from ..options.server import ServerOptions
from ..worker.model import Model
from ..worker.operations.operation import Operation
from ..worker.worker import LlamaWorker


class Usage:
    """How a model is used: by how many requests now, since when by none, and whether it may be ended for that."""

    def __init__(self, model: Model, *, ours: bool) -> None:
        self.model = model
        self.ours = ours
        self.requests = 0
        self.last_used = time.monotonic()
        self.expiry: asyncio.TimerHandle | None = None

    @property
    def evictable(self) -> bool:
        return self.ours and not self.requests and self.model.loaded


class ModelPool:
    """The models of a worker as a server offers them.

    `names` are further names for models, as `serve --model` gives them: only through these does a request reach a
    file by its path. Models that somebody loaded on purpose stay until they are unloaded.
    """

    def __init__(self, worker: LlamaWorker, options: ServerOptions, names: Mapping[str, str]) -> None:
        self.worker = worker
        self.options = options
        self.names = dict(names)
        self.started = time.time()
        self._usages: dict[str, Usage] = {}
        self._loads: dict[str, Operation[Model, Progress]] = {}
        self._making_room = asyncio.Lock()
        self._endings: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def use(self, name: str | None) -> AsyncIterator[Model]:
        """The model of that name, loaded if need be, which is not ended meanwhile.

        Raises `ModelNotFoundError`, `QueueFullError` when too many wait, and what loading raises.
        """
        model = self.find(name) or await self._load(self._default(name))
        self._ensure_room(model)
        usage = self._usage_of(model)
        usage.requests += 1
        self._cancel_expiry(usage)
        try:
            yield model
        finally:
            usage.requests -= 1
            usage.last_used = time.monotonic()
            self._schedule_expiry(usage)

    def find(self, name: str | None) -> Model | None:
        """The loaded model of that name; without one the first of `names`, else the one loaded last."""
        models = self.worker.models
        if not name:
            return self.find(next(iter(self.names), None) or "") if self.names else (models[-1] if models else None)
        for model in reversed(models):
            if name in (model.public_name, self.public_name(model), _hub_name(model)):
                return model
        return None

    def public_name(self, model: Model) -> str:
        """The name under which requests find a loaded model."""
        for name, target in self.names.items():
            if target in (model.name, str(model.path)):
                return name
        return model.public_name

    def loading(self) -> dict[str, float]:
        """The models that are being loaded for requests, and how far that is."""
        return {name: operation.progress for name, operation in self._loads.items()}

    def requests(self, model: Model) -> int:
        """Requests that use the model now."""
        usage = self._usages.get(model.id)
        return usage.requests if usage else 0

    async def load(self, name: str) -> Model:
        """Load a model to keep; its engine runs when this returns. Raises what loading raises."""
        model = self.find(name) or await self._load(name)
        await model.runtime.revive()
        usage = self._usage_of(model)
        usage.ours = False
        self._cancel_expiry(usage)
        return model

    def _default(self, name: str | None) -> str:
        return name or next(iter(self.names), "builtin")

    async def _load(self, name: str) -> Model:
        """Load for a request; all who want the model wait for the same load."""
        target = self._target(name)
        async with self._making_room:  # whoever comes meanwhile finds what this begins
            if model := self.find(name):
                return model
            operation = self._loads.get(target)
            if operation is None:
                await self._make_room()
                operation = self._loads[target] = self.worker.load_model(target)
                operation.add_done_callback(lambda done: self._take(target, done))
        return await _shared(operation)

    def _take(self, target: str, operation: Operation[Model, Progress]) -> None:
        self._loads.pop(target, None)
        if operation.state == "done":
            model = operation.result()
            usage = self._usages.setdefault(model.id, Usage(model, ours=True))
            self._schedule_expiry(usage)

    def _target(self, name: str) -> str:
        """What the worker is asked to load: never a path, and never something that is fetched for it."""
        if name in self.names:
            return self.names[name]
        try:
            parsed = parse_model_name(name if ":" in name or "/" not in name else f"hf:{name}")
        except InvalidOptionsError:
            parsed = None
        if not isinstance(parsed, BuiltinName | HubName):
            known = ", ".join(self.names) or "builtin"
            raise ModelNotFoundError(f"There is no model {name!r} here: ask for {known}, or see /v1/models.")
        return str(parsed)

    def _ensure_room(self, model: Model) -> None:
        if model.runtime.queue.waiting >= self.options.max_queue and not model.runtime.queue.free:
            raise QueueFullError(
                f"{model.runtime.queue.waiting} requests wait for {model.public_name} already: try again later."
            )

    async def _make_room(self) -> None:
        self._forget_unloaded()
        ours = [usage for usage in self._usages.values() if usage.ours]
        if len(ours) + len(self._loads) < self.options.max_models:
            return
        idle = [usage for usage in ours if usage.evictable]
        if not idle:
            raise QueueFullError(f"All {self.options.max_models} models that may be loaded are busy: try again later.")
        oldest = min(idle, key=lambda usage: usage.last_used)
        MODELS.info("model %s evicted: another one needs its place", oldest.model.public_name)
        await self._end(oldest)

    def _usage_of(self, model: Model) -> Usage:
        return self._usages.setdefault(model.id, Usage(model, ours=False))

    def _forget_unloaded(self) -> None:
        self._usages = {key: usage for key, usage in self._usages.items() if usage.model.loaded}

    def _schedule_expiry(self, usage: Usage) -> None:
        if usage.evictable and self.options.keep_alive is not None:
            loop = asyncio.get_running_loop()
            usage.expiry = loop.call_later(self.options.keep_alive, self._expire, usage)

    def _cancel_expiry(self, usage: Usage) -> None:
        if usage.expiry:
            usage.expiry.cancel()
            usage.expiry = None

    def _expire(self, usage: Usage) -> None:
        if usage.evictable:
            MODELS.info("model %s expired: unused for %g s", usage.model.public_name, self.options.keep_alive)
            ending = asyncio.ensure_future(self._end(usage))
            self._endings.add(ending)
            ending.add_done_callback(self._endings.discard)

    async def _end(self, usage: Usage) -> None:
        self._usages.pop(usage.model.id, None)
        if usage.model.loaded:
            await self.worker.unload_model(usage.model.path)


def _hub_name(model: Model) -> str | None:
    """`org/repo` without its prefix means the same model."""
    return model.public_name.removeprefix("hf:")


async def _shared(operation: Operation[Model, Progress]) -> Model:
    """Wait for a load with others; it goes on when one of them leaves."""
    finished = asyncio.Event()
    operation.add_done_callback(lambda _: finished.set())
    await finished.wait()
    try:
        return operation.result()
    except OperationAborted as error:
        raise QueueFullError("The load of this model was aborted: try again.") from error
