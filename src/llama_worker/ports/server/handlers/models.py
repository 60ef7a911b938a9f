"""Answers about models: loading, unloading, listing, estimating and downloading them."""

from __future__ import annotations

from msgspec import to_builtins

from ....messages import (
    DownloadModel,
    Estimate,
    ListModels,
    LoadModel,
    ModelUnloaded,
    Outgoing,
    Result,
    UnloadModel,
)
from ..open_requests import OpenRequest
from ..registry import handles
from ..workspace import plain_name


@handles(LoadModel, order="setup")
async def load_model(request: OpenRequest, message: LoadModel) -> Outgoing:
    request.workspace.ensure_options_allowed(message.options)
    loading = request.workspace.current.load_model(plain_name(message.model_path), message.options)
    return await request.follow(loading, f"Loading model: {message.model_path}", "Model loaded successfully")


@handles(UnloadModel, order="setup")
async def unload_model(request: OpenRequest, message: UnloadModel) -> Outgoing:
    model = request.workspace.current.find_model(message.model_path)
    await request.info(f"Unloading model: {model.name}")
    await request.workspace.worker.unload_model(model.id)
    request.closing_info = "Model unloaded successfully"
    return ModelUnloaded(id=request.id, model_id=model.id, model_path=str(model.path))


@handles(Estimate)
async def estimate(request: OpenRequest, message: Estimate) -> Outgoing:
    request.workspace.ensure_options_allowed(message.options)
    needed = await request.workspace.estimate(plain_name(message.model_path), message.options)
    return Result(id=request.id, value=to_builtins(needed))


@handles(ListModels)
async def list_models(request: OpenRequest, message: ListModels) -> Outgoing:
    return Result(id=request.id, value=to_builtins(await request.workspace.worker.list_models()))


@handles(DownloadModel)
async def download_model(request: OpenRequest, message: DownloadModel) -> Outgoing:
    name = plain_name(message.model_id)
    download = request.workspace.download(name, sha256=message.sha256, size=message.size)
    name = message.model_id if isinstance(message.model_id, str) else message.model_id.repo
    return await request.follow(download, f"Starting download of model: {name}", "Model downloaded successfully")
