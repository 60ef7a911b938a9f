"""Which models answer requests: loaded on demand, ended when unused or when others need their memory."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from msgspec import structs

from ..config.named_model import NamedModel
from ..errors import ModelNotLoadedError, OperationAborted, QueueFullError
from ..messages.events import Progress
from ..models.download.reach import reach_of
from ..models.store.store import ModelStore
from ..options import ModelOptions, build_options
from ..options.server import ServerOptions
from ..worker.model import Model
from ..worker.operations.operation import Operation
from ..worker.residency.resident import Resident
from ..worker.runtime import ModelRuntime
from ..worker.worker import LlamaWorker
from .naming import Naming
from .waiting_line import WaitingLine


class ModelPool:
    """The models of a worker as a server offers them, by the names of `naming`.

    Models that somebody loaded on purpose stay until they are unloaded, unless they were loaded with `keep=False` or
    `keep_alive`; their engines then end and start again.
    """

    def __init__(
        self, worker: LlamaWorker, options: ServerOptions, names: Mapping[str, NamedModel], store: ModelStore
    ) -> None:
        self.worker = worker
        self.options = options
        self.reach = reach_of(options.download_from)
        self.naming = Naming(names, store)
        self.started = time.time()
        self._on_demand: list[Resident] = []
        self._loads: dict[str, _Load] = {}
        self._making_room = asyncio.Lock()
        self._line = WaitingLine(worker.residency.changes, options.max_queue)

    @asynccontextmanager
    async def use(self, name: str | None, asked: Mapping[str, Any] | None = None) -> AsyncIterator[Model]:
        """The model of that name, loaded if need be, whose engine is not ended meanwhile. `asked` are options of
        loading for one that is not loaded, where whoever runs the server has not said them.

        Raises `ModelNotFoundError`, `QueueFullError` when too many wait, and what loading raises.
        """
        model = self.find(name)
        if model is None or model.pid is None or not (self._line.empty or self._is_kept(model)):
            model = await self._line.get(partial(self._ready, name, ModelRuntime.engine, asked))
        else:
            self._begin(model)
        try:
            yield model
        finally:
            model.runtime.usage.release()

    def find(self, name: str | None) -> Model | None:
        """The loaded model of that name; without one the first of `names`, else the one loaded last."""
        models = self.worker.models
        name = name or next(iter(self.names), None)
        return self.naming.find(name, models) if name else (models[-1] if models else None)

    @property
    def names(self) -> dict[str, NamedModel]:
        """The names that whoever runs the server gave; the first is the default."""
        return self.naming.own

    def public_name(self, model: Model) -> str:
        """The name under which requests find a loaded model."""
        return self.naming.all_of(model)[0]

    def loading(self) -> dict[str, float]:
        """The models that are being loaded for requests, and how far that is."""
        return {name: load.operation.progress for name, load in self._loads.items()}

    async def load(self, name: str, options: Mapping[str, Any] | None = None) -> Model:
        """Load a model to keep, unless its options say otherwise; its engine runs when this returns. With `options` it
        is loaded with them even if it is loaded already, which ends what runs on it.

        Raises what loading raises.
        """
        said = self.names[name].options if name in self.names else ModelOptions()
        if options:
            said = build_options(ModelOptions, said, options)
            model = await self._line.get(partial(self._load_anew, name, said))
        else:
            model = await self._line.get(partial(self._ready, name, ModelRuntime.revive))
        if resident := self.worker.residency.of(model.runtime):
            resident.unload = None
            self.worker.residency.keep_for(resident, said)
        model.runtime.usage.release()
        return model

    async def _load_anew(self, name: str, options: ModelOptions) -> Model:
        model = await self.worker.load_model((await self.naming.target(name)).model, options)
        self._begin(model)
        return model

    async def _ready(
        self,
        name: str | None,
        start: Callable[[ModelRuntime], Awaitable[object]],
        asked: Mapping[str, Any] | None = None,
    ) -> Model:
        """The model with its engine running, in use. It may have had to go again while it was waited for."""
        while not (model := self.find(name) or await self._load(self._default(name), asked or {})).loaded:
            pass
        self._begin(model)
        try:
            with model.runtime.usage.using():  # counted also while its engine starts
                await start(model.runtime)
        except BaseException:
            model.runtime.usage.release()
            raise
        return model

    def _begin(self, model: Model) -> None:
        queue = model.runtime.queue
        if queue.waiting >= self.options.max_queue and not queue.free:
            raise QueueFullError(f"{queue.waiting} requests wait for {model.public_name} already: try again later.")
        model.runtime.usage.hold()

    def _is_kept(self, model: Model) -> bool:
        resident = self.worker.residency.of(model.runtime)
        return resident is None or resident.keep

    def _default(self, name: str | None) -> str:
        return name or next(iter(self.names), "builtin")

    async def _load(self, name: str, asked: Mapping[str, Any]) -> Model:
        """Load for a request; all who want the model wait for the same load."""
        target = await self.naming.target(name)
        async with self._making_room:  # whoever comes meanwhile finds what this begins
            if model := self.find(name):
                return model
            load = self._loads.get(target.model)
            if load is None:
                await self._leave_enough()
                load = self._loads[target.model] = _Load(
                    self.worker.load_model(target.model, self._options(target, asked))
                )
                load.operation.add_done_callback(partial(self._take, target.model))
        return await load.model()

    def _options(self, target: NamedModel, asked: Mapping[str, Any]) -> ModelOptions:
        """What is loaded on demand may go again, unless it is said not to."""
        said = target.options
        unsaid = {name: value for name, value in asked.items() if getattr(said, name) is None}
        said = build_options(ModelOptions, said, unsaid)
        keep_alive = self.options.keep_alive if said.keep_alive is None else said.keep_alive
        return structs.replace(said, keep=said.keep is True, keep_alive=keep_alive)

    def _take(self, target: str, operation: Operation[Model, Progress]) -> None:
        load = self._loads.pop(target)
        model = operation.result() if operation.state == "done" else None
        if model:
            load.hold(model)
        if model and (resident := self.worker.residency.of(model.runtime)):
            resident.unload = partial(self._unload, model)
            self._on_demand = [other for other in self._on_demand if not other.gone] + [resident]

    async def _unload(self, model: Model) -> bool:
        """Nobody holds a handle of a model that was loaded for requests, and the next one loads it as it is then."""
        try:
            await self.worker.unload_model(model.id)
        except ModelNotLoadedError:  # somebody else has unloaded it
            return False
        return True

    async def _leave_enough(self) -> None:
        """End models loaded on demand until there may be one more; those that are leaving already are waited for."""
        changes = self.worker.residency.changes
        while True:
            seen = changes.count
            loaded = [resident for resident in self._on_demand if resident.unload and not resident.gone]
            staying = [resident for resident in loaded if not resident.leaving]
            if self.options.max_models is None or len(loaded) + len(self._loads) < self.options.max_models:
                return
            if len(staying) + len(self._loads) < self.options.max_models:
                await changes.wait(seen)
                continue
            idle = [resident for resident in staying if resident.idle and not resident.keep]
            if not idle:
                raise QueueFullError(
                    f"All {self.options.max_models} models that may be loaded are busy: try again later."
                )
            oldest = min(idle, key=lambda resident: resident.last_used)
            await self.worker.residency.end(oldest, "evicted: another one needs its place")


class _Load:
    """A load on its way, for all who wait for it; it goes on when one of them leaves."""

    def __init__(self, operation: Operation[Model, Progress]) -> None:
        self.operation = operation
        self._ended = asyncio.Event()
        self._waiting = 0
        self._held: Model | None = None
        operation.add_done_callback(lambda _: self._ended.set())

    def hold(self, model: Model) -> None:
        """Keep it in use until those who wait for it can use it."""
        if self._waiting:
            self._held = model
            model.runtime.usage.hold()

    async def model(self) -> Model:
        self._waiting += 1
        try:
            await self._ended.wait()
            return self.operation.result()
        except OperationAborted as error:
            raise QueueFullError("The load of this model was aborted: try again.") from error
        finally:
            self._waiting -= 1
            if self._held and not self._waiting:
                self._held.runtime.usage.release()
