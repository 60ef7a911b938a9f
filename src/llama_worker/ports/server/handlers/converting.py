"""Answers to who wants a repository converted."""

from __future__ import annotations

from ....messages import ConvertModel, Outgoing
from ..open_requests import OpenRequest
from ..registry import handles


@handles(ConvertModel)
async def convert_model(request: OpenRequest, message: ConvertModel) -> Outgoing:
    request.workspace.ensure_files_allowed()
    converting = request.workspace.worker.convert_model(
        message.source,
        message.target,
        message.dtype,
        base=message.base,
        quantize=message.quantize,
        overwrite=message.overwrite,
        threads=message.threads,
        politeness=message.politeness,
    )
    return await request.follow(converting, f"Converting {message.source}", "Model converted")
