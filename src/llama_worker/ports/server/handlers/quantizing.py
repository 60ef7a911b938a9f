"""Answers to who wants a model quantized."""

from __future__ import annotations

from ....messages import Outgoing, QuantizeModel
from ..open_requests import OpenRequest
from ..registry import handles
from ..workspace import plain_name


@handles(QuantizeModel)
async def quantize_model(request: OpenRequest, message: QuantizeModel) -> Outgoing:
    request.workspace.ensure_files_allowed()
    quantizing = request.workspace.worker.quantize_model(
        plain_name(message.model_path),
        message.target,
        message.quantization,
        imatrix=message.imatrix,
        pure=message.pure,
        requantize=message.requantize,
        overwrite=message.overwrite,
        threads=message.threads,
        politeness=message.politeness,
    )
    return await request.follow(quantizing, f"Quantizing to {message.quantization}", "Model quantized")
