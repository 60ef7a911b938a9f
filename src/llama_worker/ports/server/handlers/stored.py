"""Answers about the models on the worker's machine."""

from __future__ import annotations

from msgspec import to_builtins

from ....messages import (
    ListAliases,
    ListStoredModels,
    MeasureStores,
    Outgoing,
    RemoveModel,
    RemoveUnusedModels,
    Result,
    SetAlias,
    VerifyModels,
)
from ..open_requests import OpenRequest
from ..registry import handles
from ..workspace import plain_name


@handles(ListStoredModels)
async def list_stored_models(request: OpenRequest, message: ListStoredModels) -> Outgoing:
    request.workspace.ensure_stores_allowed()
    return Result(id=request.id, value=to_builtins(await request.workspace.worker.list_stored_models()))


@handles(VerifyModels)
async def verify_models(request: OpenRequest, message: VerifyModels) -> Outgoing:
    request.workspace.ensure_stores_allowed()
    names = [plain_name(name) for name in message.names]
    checking = request.workspace.worker.verify_models(names, upstream=message.upstream)
    return await request.follow(checking, "Reading models", "Models were read")


@handles(MeasureStores)
async def measure_stores(request: OpenRequest, message: MeasureStores) -> Outgoing:
    request.workspace.ensure_stores_allowed()
    return Result(id=request.id, value=to_builtins(await request.workspace.worker.measure_stores()))


@handles(RemoveModel)
async def remove_model(request: OpenRequest, message: RemoveModel) -> Outgoing:
    request.workspace.ensure_stores_allowed()
    removed = await request.workspace.worker.remove_model(plain_name(message.model_id))
    return Result(id=request.id, value=to_builtins(removed))


@handles(RemoveUnusedModels)
async def remove_unused_models(request: OpenRequest, message: RemoveUnusedModels) -> Outgoing:
    request.workspace.ensure_stores_allowed()
    removed = await request.workspace.worker.remove_unused_models(message.days, dry_run=message.dry_run)
    return Result(id=request.id, value=to_builtins(removed))


@handles(ListAliases)
async def list_aliases(request: OpenRequest, message: ListAliases) -> Outgoing:
    request.workspace.ensure_stores_allowed()
    return Result(id=request.id, value=await request.workspace.worker.list_aliases())


@handles(SetAlias)
async def set_alias(request: OpenRequest, message: SetAlias) -> Outgoing:
    request.workspace.ensure_stores_allowed()
    model = None if message.model is None else plain_name(message.model)
    await request.workspace.worker.set_alias(message.name, model)
    return Result(id=request.id)
