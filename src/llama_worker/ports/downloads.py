"""Answers to downloads."""

from __future__ import annotations

from ..messages import DownloadModel, Outgoing
from .answers import answers
from .call import Call
from .desk import plain_name


@answers(DownloadModel)
async def download_model(call: Call, request: DownloadModel) -> Outgoing:
    name = plain_name(request.model_id)
    download = call.desk.worker.download_model(name, sha256=request.sha256, size=request.size)
    name = request.model_id if isinstance(request.model_id, str) else request.model_id.repo
    return await call.follow(download, f"Starting download of model: {name}", "Model downloaded successfully")
