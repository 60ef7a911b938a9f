"""The models that a request may ask for, by the names of Ollama's clients. Reads the disk: for threads."""

from __future__ import annotations

from msgspec import Struct

from ....errors import InvalidModelError, ModelNotFoundError
from ....messages.stored import ModelEntry
from ....models.gguf.header import GgufHeader
from ....models.gguf.inspect import read_model
from ....models.gguf.projector import modalities_of
from ....models.names import ModelName, parse_model_name
from ....models.store.files import ModelFiles
from ....models.store.projectors import find_projector
from ....models.store.store import ModelStore
from ...pool import ModelPool
from ..loading import not_found
from ..names import own_name


class Found(Struct, frozen=True):
    """A model that is here. `template` is what its conversations are rendered with, as far as that is known."""

    name: str
    files: ModelFiles
    header: GgufHeader
    modalities: tuple[str, ...]
    template: str


class Catalogue:
    """What a server's pool and its store have."""

    def __init__(self, pool: ModelPool, store: ModelStore) -> None:
        self._pool = pool
        self._store = store

    def entries(self) -> dict[str, ModelEntry]:
        """All of them by our names: those in the store, those with a name of their own, and what else is loaded."""
        named = {name: named.model for name, named in self._pool.names.items()}
        loaded = {self._pool.public_name(model): str(model.path) for model in self._pool.worker.models}
        entries = {entry.name: entry for entry in self._store.list() if entry.state == "complete"}
        for name, target in (loaded | named).items():
            if name not in entries and (entry := self._entry(target)):
                entries[name] = entry
        return entries

    def find(self, name: str) -> Found:
        """The model that a client calls `name`. Raises `ModelNotFoundError` or `InvalidModelError`."""
        own = own_name(name, self._pool)
        if model := self._pool.find(own):
            of = model.runtime.loaded_files
            return Found(own, of.files, of.header, of.companions.modalities, model.runtime.guard.template)
        try:
            files = self._store.resolve(self.target(name))
        except ModelNotFoundError as error:
            raise not_found(name, error) from error
        header = read_model(files.parts)
        projector = find_projector(files, header, "auto")
        modalities = modalities_of(projector) if projector else ()
        return Found(own, files, header, modalities, header.chat_template or "")

    def target(self, name: str) -> ModelName:
        """What is to be found in the store for what a client calls `name`: never a file by its path, unless whoever
        runs the server named it so. Raises `ModelNotFoundError`."""
        own = own_name(name, self._pool)
        if own in self._pool.names:
            return parse_model_name(self._pool.names[own].model)
        if found := self._pool.naming.stored(own):
            return found
        raise not_found(name, ModelNotFoundError("ask for one that /api/tags lists, or pull hf.co/org/repo."))

    def _entry(self, target: str) -> ModelEntry | None:
        try:
            return self._store.show(target)
        except (ModelNotFoundError, InvalidModelError):
            return None
