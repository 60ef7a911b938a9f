"""Requests about the models on the worker's machine, loaded or not. A shared worker looks after its models itself."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from ..base import ModelPath, Name
from ..ends import ends_with
from ..replies import Result
from ..stored import (
    ExportedModel,
    ImportedModel,
    ModelCheck,
    ModelEntry,
    ModelUpdate,
    PinnedModel,
    RemovedModel,
    StoreUsage,
)
from .base import Request

__all__ = [
    "DownloadLockedModels",
    "ExportModels",
    "ImportModels",
    "ListAliases",
    "ListStoredModels",
    "LockModels",
    "MeasureStores",
    "RemoveModel",
    "RemoveUnusedModels",
    "SetAlias",
    "UpdateModels",
    "VerifyModels",
]

FilePath = Annotated[str, Meta(min_length=1, description="On the worker's machine.")]
Names = Annotated[tuple[ModelPath, ...], Meta(description="Default: all that are there.")]


@ends_with(Result, value=list[ModelEntry])
class ListStoredModels(Request, frozen=True, kw_only=True):
    """Every model on the worker's machine, with its size, origin, revision and last use."""


@ends_with(Result, value=list[ModelCheck])
class VerifyModels(Request, frozen=True, kw_only=True):
    """Read models whole, and compare them with the digests that were noted, or with what the hub says; and with their
    signatures."""

    names: Names = ()
    upstream: bool = False
    signatures: bool = False


@ends_with(Result, value=list[ModelUpdate])
class UpdateModels(Request, frozen=True, kw_only=True):
    """Fetch the newest revision of models of a hub, or only tell what there is; the old one goes when the new one is
    whole."""

    names: Names = ()
    check: bool = False


@ends_with(Result, value=list[PinnedModel])
class LockModels(Request, frozen=True, kw_only=True):
    """Write models into a lock of the worker's machine, beside those that it has."""

    names: tuple[ModelPath, ...]
    path: FilePath = "llama-worker.lock"


@ends_with(Result, value=list[PinnedModel])
class DownloadLockedModels(Request, frozen=True, kw_only=True):
    """Fetch what a lock of the worker's machine has, and compare each with it."""

    names: Names = ()
    path: FilePath = "llama-worker.lock"


@ends_with(Result, value=list[ExportedModel])
class ExportModels(Request, frozen=True, kw_only=True):
    """Copy models to a new folder or .tar file of the worker's machine, with a lock."""

    names: tuple[ModelPath, ...]
    path: FilePath


@ends_with(Result, value=list[ImportedModel])
class ImportModels(Request, frozen=True, kw_only=True):
    """Take the models of such a folder or file into the store."""

    path: FilePath


@ends_with(Result, value=list[StoreUsage])
class MeasureStores(Request, frozen=True, kw_only=True):
    """What the stores take on the disk."""


@ends_with(Result, value=RemovedModel)
class RemoveModel(Request, frozen=True, kw_only=True):
    """Delete a model from the worker's machine, whole, unfinished or broken."""

    model_id: ModelPath


@ends_with(Result, value=list[RemovedModel])
class RemoveUnusedModels(Request, frozen=True, kw_only=True):
    """Delete what was downloaded and not used for so many days, or tell what that would be."""

    days: Annotated[float, Meta(ge=0)]
    dry_run: bool = False


@ends_with(Result, value=dict[str, str])
class ListAliases(Request, frozen=True, kw_only=True):
    """The short names of models, with what they mean."""


@ends_with(Result)
class SetAlias(Request, frozen=True, kw_only=True):
    """Let a short name mean a model, or nothing any more."""

    name: Name
    model: ModelPath | None
