"""Vectors of texts, in the bodies of OpenAI and of Hugging Face's text-embeddings-inference (TEI)."""

from __future__ import annotations

import secrets
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct
from starlette.types import Scope

from ...engine.api.vectors import EUCLIDEAN, UNCHANGED, Embedded
from ...options.base import Count, CountOrZero
from ...worker.embedding.embedding import begin_embedding
from ...worker.embedding.forms import to_list
from ...worker.embedding.texts import EmbedRequest, check_texts
from ..bodies import checked
from ..dialects.fields import Object, Text
from ..endpoint import model_name, owner_of
from ..pool import ModelPool
from ..problems import Problem

Tokens = Annotated[list[CountOrZero], Meta(min_length=1)]
Texts = Text | Annotated[list[Text | CountOrZero | Tokens], Meta(min_length=1)]
MOST_TEXTS = 2048
"""Of one request, as OpenAI has it."""


class EmbeddingsRequest(Struct):
    """OpenAI's body; texts or tokens. `truncate` embeds the beginning of what is too long, `embd_normalize` is
    llama.cpp's: -1 for none, 0 for the largest number to be 32760, and p for the p-norm. With `dimensions` it is
    2 or -1."""

    input: Texts
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: Count | None = None
    embd_normalize: Annotated[int, Meta(ge=-1, le=64)] = EUCLIDEAN
    truncate: bool = False


class TeiEmbedRequest(Struct):
    """TEI's body."""

    inputs: Texts
    normalize: bool = True
    dimensions: Count | None = None
    truncate: bool = False


class EmbeddingRoutes:
    """The endpoints."""

    def __init__(self, pool: ModelPool) -> None:
        self._pool = pool

    async def embeddings(self, scope: Scope, body: Object) -> Object:
        request = checked(body, EmbeddingsRequest)
        _check_norm(request)
        asked = EmbedRequest(
            texts=check_texts(each_text(request.input, "input"), "input"),
            norm=request.embd_normalize,
            dimensions=request.dimensions,
            truncate=request.truncate,
        )
        name, answer = await self._embedded(scope, body, asked)
        form = to_list if request.encoding_format == "float" else bytes
        data = [
            {"object": "embedding", "index": index, "embedding": form(vector)}
            for index, vector in enumerate(answer.vectors)
        ]
        about = {"id": f"embd-{secrets.token_hex(16)}", "object": "list", "model": name}  # Mistral's client wants an id
        return about | {"data": data, "usage": usage(answer.tokens)}

    async def embed(self, scope: Scope, body: Object) -> list[list[float]]:
        """TEI's: the bare vectors."""
        request = checked(body, TeiEmbedRequest)
        asked = EmbedRequest(
            texts=check_texts(each_text(request.inputs, "inputs"), "inputs"),
            norm=EUCLIDEAN if request.normalize else UNCHANGED,
            dimensions=request.dimensions,
            truncate=request.truncate,
        )
        _, answer = await self._embedded(scope, body, asked)
        return [to_list(vector) for vector in answer.vectors]

    async def _embedded(self, scope: Scope, body: Object, asked: EmbedRequest) -> tuple[str, Embedded]:
        async with self._pool.use(model_name(body)) as model:
            embedding = begin_embedding(model.runtime, asked, owner_of(scope))
            return model.public_name, await model.runtime.run("embed", embedding.run)


def _check_norm(request: EmbeddingsRequest) -> None:
    """Raise `Problem` for a norm that the engine makes of whole vectors, and nothing here of shorter ones."""
    if request.dimensions is not None and request.embd_normalize not in (EUCLIDEAN, UNCHANGED):
        raise Problem(
            400,
            f"embd_normalize {request.embd_normalize} cannot be given with dimensions: shorter vectors are made of "
            f"length 1 ({EUCLIDEAN}) or left as they are ({UNCHANGED}).",
            code="invalid_options",
            param="embd_normalize",
        )


def each_text(value: Any, field: str) -> list[Any]:
    """One text, several, or the tokens of one. Raises `Problem` for too many texts."""
    if isinstance(value, str) or all(isinstance(item, int) for item in value):
        return [value]
    if len(value) > MOST_TEXTS:
        message = f"{field}: {len(value)} texts are more than the {MOST_TEXTS} that one request may have."
        raise Problem(400, message, code="invalid_value", param=field)
    return list(value)


def usage(tokens: int) -> Object:
    """As OpenAI tells it."""
    return {"prompt_tokens": tokens, "total_tokens": tokens}
