"""Further paths of routes, under which llama-server and others have them."""

from __future__ import annotations

from starlette.routing import Route
from starlette.types import ASGIApp

ALIASES = {
    "/v1/chat/completions": ("/chat/completions",),
    "/v1/chat/completions/input_tokens": ("/chat/completions/input_tokens",),
    "/v1/responses": ("/responses",),
    "/v1/responses/input_tokens": ("/responses/input_tokens",),
    "/v1/rerank": ("/v2/rerank", "/rerank", "/reranking", "/v1/reranking"),
    "/v1/audio/transcriptions": ("/audio/transcriptions",),
    "/v1/models": ("/models",),
    "/completion": ("/completions",),
    "/embedding": ("/embeddings",),
    "/health": ("/v1/health",),
}
"""By the path that the documents have."""


def routes_at(path: str, endpoint: ASGIApp, method: str = "POST") -> list[Route]:
    """The route at `path` and at its further ones."""
    return [Route(one, endpoint, methods=[method]) for one in (path, *ALIASES.get(path, ()))]
