"""Requests about model files: what stands in them, what is different in two, and files made of them."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta

from ..base import ModelPath, Name
from ..ends import ends_with
from ..files import FileDescription, FileDifferences, MetadataEdit
from ..replies import Result
from .base import Request

__all__ = ["CompareModels", "EditMetadata", "InspectModel", "MergeModel", "SplitModel"]

_Overwrite = Annotated[bool, Meta(description="Whether a file that is there already may be replaced.")]


@ends_with(Result, value=FileDescription)
class InspectModel(Request, frozen=True, kw_only=True):
    """All metadata and tensors of a model, as its header has them."""

    model_path: ModelPath


@ends_with(Result, value=FileDifferences)
class CompareModels(Request, frozen=True, kw_only=True):
    """What is different in two models that are here: metadata, tensors, with `contents` also their bytes."""

    model_path: ModelPath
    other_path: ModelPath
    contents: bool = False


@ends_with(Result, value=list[str])
class SplitModel(Request, frozen=True, kw_only=True):
    """Write a model as several files; gives their paths. `file_progress` tells how far it is."""

    model_path: ModelPath
    max_bytes: Annotated[int, Meta(ge=1, description="Of tensors, in each part.")] | None = None
    max_tensors: Annotated[int, Meta(ge=1, description="In each part; give this or `maxBytes`.")] | None = None
    metadata_apart: Annotated[bool, Meta(description="The first part has no tensors.")] = False
    target: Annotated[Name, Meta(description="What the paths begin with. Default: the model's own.")] | None = None
    overwrite: _Overwrite = False


@ends_with(Result, value=str)
class MergeModel(Request, frozen=True, kw_only=True):
    """Write a model that is in several files as one; gives its path. `file_progress` tells how far it is."""

    model_path: ModelPath
    target: Annotated[Name, Meta(description="The path of the new file.")]
    overwrite: _Overwrite = False


@ends_with(Result, value=MetadataEdit)
class EditMetadata(Request, frozen=True, kw_only=True):
    """Change the metadata of a model's file. `file_progress` tells how far it is when it has to be written anew."""

    model_path: ModelPath
    values: Annotated[dict[str, Any], Meta(description="By key, or `KEY:TYPE`; a token's id also as text.")] | None = (
        None
    )
    remove: Annotated[tuple[str, ...], Meta(description="Keys that shall be gone.")] = ()
    target: Annotated[Name, Meta(description="Another file, which gets the changes.")] | None = None
    overwrite: _Overwrite = False
