"""A model as integrations use it: by name or given, with async and without."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from ... import sync
from ...errors import InvalidOptionsError
from ...options import ModelOptions, build_options
from ...worker.model import Model
from ...worker.reply import Reply
from ...worker.worker import LlamaWorker
from .answers import NO_LIMIT, Begin, Patience, Piece, Pieces, reply_of
from .loads import loads_of
from .loops import OwnLoop, Place
from .shared import shared_worker

ModelLike = str | os.PathLike[str] | Mapping[str, Any] | Model | sync.Model
"""A name ("builtin", "hf:org/repo:Q4_K_M", a path), or a model that is loaded, of either kind."""
WorkerLike = LlamaWorker | sync.LlamaWorker
T = TypeVar("T")


class Answering:
    """An answer on its way, for coroutines of any event loop."""

    def __init__(self, place: Place, pieces: Pieces) -> None:
        self._place, self._pieces = place, pieces

    async def next(self) -> Piece | None:
        """The next piece, at last the `Reply`, and then None. Raises what ends the answer, `OperationAborted` too."""
        return await self._place.reach(self._pieces.next())

    def abort(self) -> None:
        """End the work in the engine; harmless when it has ended."""
        self._pieces.abort()


class ModelAccess:
    """Asks a model from wherever it is asked: each method has a twin that is awaited.

    `model` is loaded when it is first asked, with `model_options` (the options of `load_model`), by `worker` or else by
    the one that all integrations share. A worker of `llama_worker` (not `llama_worker.sync`) answers in the event loop
    that it is used in: whoever does not await must then be in another thread. Raises `InvalidOptionsError` at once.
    """

    def __init__(
        self, model: ModelLike, worker: WorkerLike | None = None, model_options: Mapping[str, Any] | None = None
    ) -> None:
        self.given = model
        self._worker = worker
        self._options = dict(model_options or {})
        build_options(ModelOptions, None, self._options)
        if isinstance(model, Model | sync.Model) and (worker is not None or self._options):
            raise InvalidOptionsError("A model that is loaded has its worker and its options already.", path="model")
        self._own = OwnLoop() if isinstance(model, Model) or isinstance(worker, LlamaWorker) else None

    @property
    def name(self) -> str:
        """What the model is called towards others; no path."""
        if isinstance(self.given, Model | sync.Model):
            return self.given.public_name
        name = self.given.get("name", "") if isinstance(self.given, Mapping) else os.fspath(self.given)
        return Path(name).name if Path(name).is_absolute() else str(name)

    def ask(self, work: Callable[[Model], Coroutine[Any, Any, T]]) -> T:
        """The result of `work`, which is given the model in its event loop."""
        place, worker = self._place()
        return place.run(self._with_model(worker, work))

    async def aask(self, work: Callable[[Model], Coroutine[Any, Any, T]]) -> T:
        place, worker = self._place()
        return await place.reach(self._with_model(worker, work))

    def answer(self, begin: Begin, patience: Patience = NO_LIMIT) -> Reply:
        """The whole reply."""
        return self.ask(lambda model: reply_of(model, begin, patience))

    async def aanswer(self, begin: Begin, patience: Patience = NO_LIMIT) -> Reply:
        return await self.aask(lambda model: reply_of(model, begin, patience))

    def stream(self, begin: Begin, patience: Patience = NO_LIMIT) -> Iterator[Piece]:
        """Pieces as they come, and at last the `Reply`. Closing it ends the work in the engine."""
        place, worker = self._place()
        pieces = place.run(self._with_model(worker, lambda model: _begun(model, begin, patience)))
        try:
            while (piece := place.run(pieces.next())) is not None:
                yield piece
        finally:
            pieces.abort()

    async def astream(self, begin: Begin, patience: Patience = NO_LIMIT) -> AsyncIterator[Piece]:
        answering = await self.abegin(begin, patience)
        try:
            while (piece := await answering.next()) is not None:
                yield piece
        finally:
            answering.abort()

    async def abegin(self, begin: Begin, patience: Patience = NO_LIMIT) -> Answering:
        """As `astream`, for frameworks that end an answer from elsewhere than where they read it."""
        place, worker = self._place()
        return Answering(
            place, await place.reach(self._with_model(worker, lambda model: _begun(model, begin, patience)))
        )

    def embed(self, texts: Sequence[str], **options: Any) -> list[list[float]]:
        """A vector for each text."""
        return self.ask(lambda model: _embedded(model, texts, options))

    async def aembed(self, texts: Sequence[str], **options: Any) -> list[list[float]]:
        return await self.aask(lambda model: _embedded(model, texts, options))

    def _place(self) -> tuple[Place, LlamaWorker | None]:
        if isinstance(self.given, sync.Model):
            return self.given.inside[0], None
        if self._own is not None:
            return self._own, self._worker if isinstance(self._worker, LlamaWorker) else None
        worker = self._worker if isinstance(self._worker, sync.LlamaWorker) else shared_worker()
        return worker.inside

    async def _with_model(self, worker: LlamaWorker | None, work: Callable[[Model], Coroutine[Any, Any, T]]) -> T:
        return await work(await self._model(worker))

    async def _model(self, worker: LlamaWorker | None) -> Model:
        if isinstance(self.given, sync.Model):
            return self.given.inside[1]
        if isinstance(self.given, Model):
            return self.given
        assert worker is not None
        name = self.given if isinstance(self.given, Mapping) else os.fspath(self.given)
        return await loads_of(worker).get(worker, name, self._options)


async def _begun(model: Model, begin: Begin, patience: Patience) -> Pieces:
    return Pieces(model, begin, patience)


async def _embedded(model: Model, texts: Sequence[str], options: Mapping[str, Any]) -> list[list[float]]:
    if not texts:
        return []
    rows = await model.embed(list(texts), **options)
    return [[float(number) for number in row] for row in rows]
