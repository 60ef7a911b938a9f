"""Answers about model files: described, compared, and files made of them."""

from __future__ import annotations

from msgspec import to_builtins

from ....messages import CompareModels, EditMetadata, InspectModel, MergeModel, Outgoing, Result, SplitModel
from ..open_requests import OpenRequest
from ..registry import handles
from ..workspace import plain_name


@handles(InspectModel)
async def inspect_model(request: OpenRequest, message: InspectModel) -> Outgoing:
    request.workspace.ensure_files_allowed()
    found = await request.workspace.worker.inspect_model(plain_name(message.model_path))
    return Result(id=request.id, value=to_builtins(found))


@handles(CompareModels)
async def compare_models(request: OpenRequest, message: CompareModels) -> Outgoing:
    request.workspace.ensure_files_allowed()
    names = plain_name(message.model_path), plain_name(message.other_path)
    differences = await request.workspace.worker.compare_models(*names, contents=message.contents)
    return Result(id=request.id, value=to_builtins(differences))


@handles(SplitModel)
async def split_model(request: OpenRequest, message: SplitModel) -> Outgoing:
    request.workspace.ensure_files_allowed()
    splitting = request.workspace.worker.split_model(
        plain_name(message.model_path),
        max_bytes=message.max_bytes,
        max_tensors=message.max_tensors,
        metadata_apart=message.metadata_apart,
        target=message.target,
        overwrite=message.overwrite,
    )
    return await request.follow(splitting, f"Splitting model: {message.model_path}", "Model split successfully")


@handles(MergeModel)
async def merge_model(request: OpenRequest, message: MergeModel) -> Outgoing:
    request.workspace.ensure_files_allowed()
    name = plain_name(message.model_path)
    merging = request.workspace.worker.merge_model(name, message.target, overwrite=message.overwrite)
    return await request.follow(merging, f"Merging model: {message.model_path}", "Model merged successfully")


@handles(EditMetadata)
async def edit_metadata(request: OpenRequest, message: EditMetadata) -> Outgoing:
    request.workspace.ensure_files_allowed()
    editing = request.workspace.worker.edit_metadata(
        plain_name(message.model_path),
        message.values,
        remove=message.remove,
        target=message.target,
        overwrite=message.overwrite,
    )
    return await request.follow(editing, f"Editing model: {message.model_path}", "Metadata changed successfully")
