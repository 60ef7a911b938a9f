"""Answers about the models on the worker's machine."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import to_builtins

from ....messages import (
    DownloadLockedModels,
    ExportModels,
    HubFile,
    ImportModels,
    ListAliases,
    ListStoredModels,
    LockModels,
    MeasureStores,
    Outgoing,
    RemoveModel,
    RemoveUnusedModels,
    Result,
    SetAlias,
    UpdateModels,
    VerifyModels,
)
from ....models.names import ModelReference
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
    checking = request.workspace.worker.verify_models(
        _plain(message.names), upstream=message.upstream, signatures=message.signatures
    )
    return await request.follow(checking, "Reading models", "Models were read")


@handles(UpdateModels)
async def update_models(request: OpenRequest, message: UpdateModels) -> Outgoing:
    request.workspace.ensure_stores_allowed()
    updating = request.workspace.worker.update_models(_plain(message.names), check=message.check)
    return await request.follow(updating, "Looking for newer revisions", "Revisions were compared")


@handles(LockModels)
async def lock_models(request: OpenRequest, message: LockModels) -> Outgoing:
    request.workspace.ensure_stores_allowed()
    locking = request.workspace.worker.lock_models(_plain(message.names), message.path)
    return await request.follow(locking, f"Locking models in {message.path}", "Models were locked")


@handles(DownloadLockedModels)
async def download_locked_models(request: OpenRequest, message: DownloadLockedModels) -> Outgoing:
    request.workspace.ensure_stores_allowed()
    fetching = request.workspace.worker.download_locked_models(_plain(message.names), path=message.path)
    return await request.follow(fetching, f"Fetching what {message.path} has", "Models are as they are locked")


@handles(ExportModels)
async def export_models(request: OpenRequest, message: ExportModels) -> Outgoing:
    request.workspace.ensure_stores_allowed()
    exporting = request.workspace.worker.export_models(_plain(message.names), message.path)
    return await request.follow(exporting, f"Exporting models to {message.path}", "Models were exported")


@handles(ImportModels)
async def import_models(request: OpenRequest, message: ImportModels) -> Outgoing:
    request.workspace.ensure_stores_allowed()
    importing = request.workspace.worker.import_models(message.path)
    return await request.follow(importing, f"Importing models from {message.path}", "Models were imported")


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


def _plain(names: Iterable[str | HubFile]) -> list[ModelReference]:
    return [plain_name(name) for name in names]
