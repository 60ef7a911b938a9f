"""Answers with vectors of texts, and with documents ranked."""

from __future__ import annotations

from ....errors import InvalidOptionsError
from ....messages import Embed, Outgoing, Rerank
from ....worker.embedding.embedding import vector_size
from ....worker.embedding.forms import FLOAT_BYTES
from ....worker.model import Model
from ...codec import MAX_MESSAGE_BYTES
from ..open_requests import OpenRequest
from ..registry import handles

_ROOM_FOR_THE_REST = 1 << 16


@handles(Embed)
async def embed(request: OpenRequest, message: Embed) -> Outgoing:
    model = request.workspace.current.find_model(message.model)
    _ensure_sendable(model, message)
    operation = model.embed(
        message.texts,
        pooling=message.pooling,
        normalize=message.normalize,
        dimensions=message.dimensions,
        truncate=message.truncate,
    )
    return await request.follow(operation, "Embedding...", "Embedding finished")


@handles(Rerank)
async def rerank(request: OpenRequest, message: Rerank) -> Outgoing:
    model = request.workspace.current.find_model(message.model)
    operation = model.rerank(message.query, message.documents, top_n=message.top_n, truncate=message.truncate)
    return await request.follow(operation, "Ranking...", "Ranking finished")


def _ensure_sendable(model: Model, message: Embed) -> None:
    """All vectors have to fit into the one message that ends the request."""
    count = 1 if isinstance(message.texts, str) else len(message.texts)
    size = vector_size(model.runtime.loaded_files.header)
    each = (min(message.dimensions or size, size) * FLOAT_BYTES + 2) // 3 * 4 + 3
    most = (MAX_MESSAGE_BYTES - _ROOM_FOR_THE_REST) // each
    if count > most:
        raise InvalidOptionsError(
            f"The vectors of {count} texts do not fit into one message: ask for at most {most} at a time.", path="texts"
        )
