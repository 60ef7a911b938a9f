"""Ollama's routes, and by name those of it that there are not."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from ..._version import __version__
from ...models.store.store import ModelStore
from ..answers import send_json
from ..endpoint import AsgiEndpoint
from ..pool import ModelPool
from ..problems import Problem
from ..send_buffer import SendBuffers
from .embeddings import EmbeddingRoutes
from .generating.endpoint import AnsweringEndpoint
from .generating.request import read_chat, read_generate
from .models.library import LibraryRoutes
from .models.pull import PullRoute

OLLAMA_VERSION = "0.14.0"
"""Three numbers and nothing else, as clients compare them (VS Code's needs 0.6.4, Continue's 0.6.5). Of the newest
Ollama whose additions for clients are here as far as its docs tell them: `logprobs` (0.12.11), `/v1/responses` (0.13.3)
and `/v1/messages` (0.14.0)."""
_REFUSED = {
    "create": "models are files: download one, or start the server with --model NAME=PATH",
    "copy": "a model gets another name with --model NAME=MODEL where the server is started",
    "push": "models are published with Hugging Face's own tools",
    "blobs/{digest}": "models are files: download one, or start the server with --model NAME=PATH",
}


def ollama_routes(pool: ModelPool, store: ModelStore, buffers: SendBuffers) -> list[BaseRoute]:
    """All under /api."""
    embeddings, library = EmbeddingRoutes(pool), LibraryRoutes(pool, store)
    return [
        Route("/api/chat", AnsweringEndpoint(pool, buffers, read_chat), methods=["POST"]),
        Route("/api/generate", AnsweringEndpoint(pool, buffers, read_generate), methods=["POST"]),
        Route("/api/embed", AsgiEndpoint(embeddings.embed), methods=["POST"]),
        Route("/api/embeddings", AsgiEndpoint(embeddings.embeddings), methods=["POST"]),
        Route("/api/tags", AsgiEndpoint(library.tags), methods=["GET"]),
        Route("/api/ps", AsgiEndpoint(library.ps), methods=["GET"]),
        Route("/api/show", AsgiEndpoint(library.show), methods=["POST"]),
        Route("/api/delete", AsgiEndpoint(library.delete), methods=["DELETE"]),
        Route("/api/pull", AsgiEndpoint(PullRoute(pool).pull), methods=["POST"]),
        Route("/api/version", AsgiEndpoint(_version), methods=["GET"]),
        *(Route(f"/api/{path}", AsgiEndpoint(_refuse), methods=["POST", "DELETE"]) for path in _REFUSED),
    ]


async def _version(scope: Scope, receive: Receive, send: Send) -> None:
    await send_json(send, {"version": OLLAMA_VERSION, "llama_worker": __version__})


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    name = scope["path"].rpartition("/api/")[2]
    why = _REFUSED.get(name, _REFUSED["blobs/{digest}"])
    raise Problem(501, f"Ollama's {name} is not served: {why}.", code="not_supported")
