"""A model that drafts for a larger one: whether it can, and what it takes."""

from __future__ import annotations

from contextlib import suppress

from msgspec import Struct

from ...errors import InvalidModelError, ModelNotFoundError
from ...models.gguf.header import GgufHeader
from ...models.gguf.vocabulary import check_same_vocabulary
from ...models.names import ModelName, parse_model_name
from ...models.store.files import ModelFiles
from ..chat.fingerprint import fingerprint
from ..library import Library

_HEADS = frozenset({"eagle3", "dflash"})


class DraftFiles(Struct, frozen=True):
    """Its files, checked."""

    files: ModelFiles
    header: GgufHeader
    digest: str


def open_draft(library: Library, name: str, of: ModelName, model: GgufHeader) -> DraftFiles:
    """The draft model of that name, for `model`; their vocabularies are compared when both are here; reads the disk.

    Raises `InvalidOptionsError` for a name that can be none, `ModelNotFoundError`, or `InvalidModelError` when it
    cannot draft for it.
    """
    files, header = library.open_model(parse_model_name(name))
    head = next((tensor.name for tensor in header.tensors if ".nextn." in tensor.name), None)
    if header.architecture in _HEADS or head is not None:
        raise InvalidModelError(
            f"{name} drafts out of another model's inner state, which is not supported: give a whole model.", model=name
        )
    if header.integer("pooling_type"):
        raise InvalidModelError(f"{name} makes embeddings and writes nothing, so it cannot draft.", model=name)
    with suppress(ModelNotFoundError):
        check_same_vocabulary(files.path, header, library.store.resolve(of).path, model)
    return DraftFiles(files, header, fingerprint(files).digest)
