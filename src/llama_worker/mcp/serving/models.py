"""The models that clients may name: those that whoever runs the server has named, and those that are downloaded."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from weakref import WeakValueDictionary

from msgspec import Struct, structs

from ...config.named_model import NamedModel
from ...errors import InvalidOptionsError
from ...models.names import FileName, UrlName, parse_model_name
from ...options import PromptOptions
from ...worker.library import Library
from ...worker.model import Model
from ...worker.stand_in import stand_in
from ...worker.worker import LlamaWorker

Tell = Callable[[str], Awaitable[None]]


class Served(Struct, frozen=True):
    """A model that is loaded, and what its answers are generated with where a request does not say it."""

    model: Model
    prompt: PromptOptions


class ListedModel(Struct, frozen=True):
    """A line of `list_models`."""

    name: str
    default: bool
    loaded: bool


class Models:
    """`named` are those of the server, the first being the default."""

    def __init__(self, worker: LlamaWorker, named: Mapping[str, NamedModel]) -> None:
        self._worker = worker
        self._named = named
        self._loaded: dict[str, Model] = {}
        self._loading: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def check(self, *, downloads: bool) -> None:
        """Look whether those of the server are there; with `downloads` files alone, as others may yet come.

        Raises `ModelNotFoundError` and `InvalidModelError`.
        """
        if stand_in() is not None:
            return
        for of in self._named.values():
            name = parse_model_name(of.model)
            if isinstance(name, FileName) or not downloads:
                await Library().open(name)

    async def get(self, name: str | None, tell: Tell) -> Served:
        """A model, loaded now if need be; others that nobody uses make room for it.

        Raises what `load_model` raises, and `InvalidOptionsError` for a path or an address: those are the server's own.
        """
        chosen = name or next(iter(self._named))
        of = self._named.get(chosen) or _downloaded(chosen)
        async with self._loading.setdefault(of.model, asyncio.Lock()):
            model = self._loaded.get(of.model)
            if model is None or not model.loaded:
                keep = {"keep": False} if of.options.keep is None else {}
                load = self._worker.load_model(of.model, structs.replace(of.options, **keep))
                async for progress in load:
                    await tell(f"loading {chosen}: {progress.value:.0%}")
                model = self._loaded[of.model] = await load
        return Served(model, of.prompt)

    async def list(self) -> list[ListedModel]:
        entries = await asyncio.to_thread(self._worker.store.list)
        here = [entry.name for entry in entries if entry.state == "complete"]
        names = [*self._named, *(name for name in here if name not in self._named)]
        default = next(iter(self._named))
        return [ListedModel(name, name == default, self._is_loaded(name)) for name in names]

    def _is_loaded(self, name: str) -> bool:
        of = self._named.get(name)
        model = self._loaded.get(of.model if of else name)
        return model is not None and model.loaded


def _downloaded(name: str) -> NamedModel:
    if isinstance(parse_model_name(name), FileName | UrlName):
        message = f"{name!r} is none of the names that list_models tells: paths and addresses are not taken."
        raise InvalidOptionsError(message, path="model")
    return NamedModel(model=name)
