"""Requests about models: loading, unloading, listing, estimating and downloading them."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from ...options import ModelOptions
from ..base import Id, ModelPath, Name
from ..ends import ends_with
from ..replies import DownloadComplete, DownloadErrorMessage, ModelLoaded, ModelUnloaded, Result
from ..values import LoadedModel, MemoryEstimate
from .base import Request

__all__ = ["DownloadModel", "Estimate", "ListModels", "LoadModel", "UnloadModel"]


@ends_with(ModelLoaded)
class LoadModel(Request, frozen=True, kw_only=True):
    """Start an engine with a model, which becomes this port's current one."""

    model_path: ModelPath
    options: ModelOptions | None = None


@ends_with(ModelUnloaded)
class UnloadModel(Request, frozen=True, kw_only=True):
    """End a model's engine; its memory is free when this is answered."""

    model_path: Annotated[Name, Meta(description="A loaded model. Default: the current one.")] | None = None


@ends_with(Result, value=list[LoadedModel])
class ListModels(Request, frozen=True, kw_only=True):
    """The loaded models, with what of their engines is in memory, who uses them, and on which terms they are there."""


@ends_with(Result, value=MemoryEstimate)
class Estimate(Request, frozen=True, kw_only=True):
    """The memory that loading a model with these options would need; nothing is loaded."""

    model_path: ModelPath
    options: ModelOptions | None = None


@ends_with(DownloadComplete, DownloadErrorMessage)
class DownloadModel(Request, frozen=True, kw_only=True):
    """Fetch a model into the local store; an interrupted download goes on where it stopped."""

    model_id: ModelPath
    request_id: Annotated[Id, Meta(description="Comes back in every message about this download.")] | None = None
    sha256: Annotated[str, Meta(pattern="^[0-9a-fA-F]{64}$", description="What the bytes must be.")] | None = None
    size: Annotated[int, Meta(ge=0, description="How many bytes there must be.")] | None = None
