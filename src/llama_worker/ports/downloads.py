"""Answers to downloads."""

from __future__ import annotations

from ..messages import DownloadModel, Outgoing
from .answers import answers
from .call import Call
from .desk import plain_name


@answers(DownloadModel)
async def download_model(call: Call, request: DownloadModel) -> Outgoing:
    download = call.desk.worker.download_model(plain_name(request.model_id), sha256=request.sha256)
    name = request.model_id if isinstance(request.model_id, str) else request.model_id.repo
    return await call.follow(download, f"Starting download of model: {name}", "Model downloaded successfully")
