"""The server as an ASGI app: OpenAI's API and its relatives, model management, the message port and the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Unpack

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute

from ..config.named_model import NamedModel, as_named
from ..engine.api import endpoints
from ..models.store.store import ModelStore
from ..options import build_options
from ..options.keywords import ServerKeywords
from ..options.server import ServerOptions
from ..options.signatures import list_options
from ..worker.worker import LlamaWorker
from .conversations import ConversationStore
from .dialects.anthropic.messages import Messages
from .dialects.chat import Chat
from .dialects.completions import Completion, Infill
from .dialects.dialect import Exchange
from .dialects.responses.responses import Responses
from .endpoint import AsgiEndpoint, GeneratingEndpoint, JsonEndpoint
from .middleware.bodies import BodiesMiddleware
from .middleware.headers import HeadersMiddleware
from .middleware.host import HostMiddleware
from .middleware.key import KeyMiddleware, Keys
from .middleware.origin import OriginMiddleware
from .middleware.problems import ProblemMiddleware
from .ollama.routes import ollama_routes
from .pool import ModelPool
from .problems import Problem
from .routes.control import ControlRoutes
from .routes.conversations import ConversationRoutes
from .routes.embeddings import EmbeddingRoutes
from .routes.health import HealthRoutes
from .routes.metrics import MetricsRoute, RequestCounter
from .routes.models import ModelRoutes
from .routes.page import LoginRoute, PageRoute
from .routes.port import PortRoute
from .routes.ranking import RankingRoutes
from .routes.speech import SpeechRoutes
from .routes.tokens import TokenRoutes
from .send_buffer import SendBuffers

PUBLIC_PATHS = frozenset({"/", "/health", "/v1/health", "/login", "/favicon.ico"})
"""What is answered without the API key, beside the page's own files."""

Counts = Counter[tuple[str, str, int]]


@list_options
def create_app(
    worker: LlamaWorker,
    options: ServerOptions | None = None,
    /,
    *,
    api_key: str | None = None,
    models: Mapping[str, str | NamedModel] | None = None,
    store: ModelStore | None = None,
    data: Path | None = None,
    **changes: Unpack[ServerKeywords],
) -> Starlette:
    """An ASGI app around `worker`, which stays the caller's to clean up; mount it anywhere.

    `models` are further names for models, such as `{"mine": "/models/a.gguf"}`, or a `NamedModel` with its options; the
    first is the default. `data` is
    the SQLite file of the page's conversations, which without one are forgotten. Keyword arguments are the fields of
    `ServerOptions`. Raises `InvalidOptionsError`.
    """
    checked = build_options(ServerOptions, options, changes)
    pool = ModelPool(worker, checked, as_named(models or {}))
    counts: Counts = Counter()
    keys = Keys(api_key)
    app = Starlette(
        routes=[*_routes(pool, store or ModelStore(), counts), *_page(pool, keys, ConversationStore(data))],
        middleware=_middleware(checked, keys, counts),
        exception_handlers={HTTPException: _not_found},
    )
    app.state.pool = pool
    return app


def _routes(pool: ModelPool, store: ModelStore, counts: Counts) -> list[BaseRoute]:
    metrics, health = MetricsRoute(pool, counts), HealthRoutes(pool)
    buffers = SendBuffers(pool.options)
    return [
        *_generating(pool, buffers),
        *_asking(pool),
        *ollama_routes(pool, store, buffers),
        Route(endpoints.CONTROL, JsonEndpoint(pool.options, ControlRoutes(pool.worker).control), methods=["POST"]),
        Route("/v1/audio/transcriptions", AsgiEndpoint(SpeechRoutes(pool).transcriptions), methods=["POST"]),
        *_managing(ModelRoutes(pool, store), pool.options),
        Route("/metrics", metrics, methods=["GET"]),
        Route("/health", AsgiEndpoint(health.health), methods=["GET"]),
        Route("/v1/health", AsgiEndpoint(health.health), methods=["GET"]),
        Route("/models/health", AsgiEndpoint(health.models), methods=["GET"]),
    ]


def _generating(pool: ModelPool, buffers: SendBuffers) -> list[BaseRoute]:
    dialects: dict[str, Callable[[dict[str, Any]], Exchange]] = {
        "/v1/chat/completions": Chat,
        "/v1/completions": Completion,
        "/v1/responses": Responses,
        "/v1/messages": Messages,
        "/infill": Infill,
    }
    return [Route(path, GeneratingEndpoint(pool, buffers, kind), methods=["POST"]) for path, kind in dialects.items()]


def _asking(pool: ModelPool) -> list[BaseRoute]:
    tokens, embeddings, ranking = TokenRoutes(pool), EmbeddingRoutes(pool), RankingRoutes(pool)
    answers = {
        "/v1/embeddings": embeddings.embeddings,
        "/embed": embeddings.embed,
        "/v1/rerank": ranking.rerank,
        "/v2/rerank": ranking.rerank,
        "/rerank": ranking.rerank,
        "/reranking": ranking.rerank,
        "/v1/messages/count_tokens": tokens.count_messages,
        "/tokenize": tokens.tokenize,
        "/detokenize": tokens.detokenize,
        "/apply-template": tokens.apply_template,
    }
    return [Route(path, JsonEndpoint(pool.options, answer), methods=["POST"]) for path, answer in answers.items()]


def _managing(models: ModelRoutes, options: ServerOptions) -> list[BaseRoute]:
    return [
        Route("/v1/models", AsgiEndpoint(models.index), methods=["GET"]),
        Route("/v1/models/{model:path}", AsgiEndpoint(models.show), methods=["GET"]),
        Route("/models/status", AsgiEndpoint(models.status), methods=["GET"]),
        Route("/models/load", JsonEndpoint(options, models.load), methods=["POST"]),
        Route("/models/unload", JsonEndpoint(options, models.unload), methods=["POST"]),
        Route("/models/pull", AsgiEndpoint(models.pull), methods=["POST"]),
    ]


def _page(pool: ModelPool, keys: Keys, store: ConversationStore) -> list[BaseRoute]:
    page, conversations = PageRoute(), ConversationRoutes(store)
    return [
        Route("/", page, methods=["GET"]),
        Route("/page/{name}", page, methods=["GET"]),
        Route("/login", LoginRoute(keys, pool.options), methods=["GET", "POST"]),
        Route("/conversations", AsgiEndpoint(conversations.index), methods=["GET"]),
        Route("/conversations/{id}", AsgiEndpoint(conversations.get), methods=["GET"]),
        Route("/conversations/{id}", JsonEndpoint(pool.options, conversations.put), methods=["PUT"]),
        Route("/conversations/{id}", AsgiEndpoint(conversations.delete), methods=["DELETE"]),
        WebSocketRoute("/ws", PortRoute(pool.worker, pool.options)),
    ]


def _middleware(options: ServerOptions, keys: Keys, counts: Counts) -> list[Middleware]:
    cors = Middleware(
        CORSMiddleware, allow_origins=options.allowed_origins, allow_methods=["*"], allow_headers=["*"], max_age=600
    )
    return [
        *([cors] if options.allowed_origins else []),
        Middleware(RequestCounter, counts=counts),
        Middleware(HeadersMiddleware),
        Middleware(ProblemMiddleware),
        Middleware(HostMiddleware, allowed=options.allowed_hosts),
        Middleware(OriginMiddleware, allowed=options.allowed_origins),
        Middleware(KeyMiddleware, keys=keys, public=PUBLIC_PATHS),
        Middleware(BodiesMiddleware, limit=options.total_body_bytes),
    ]


async def _not_found(request: Request, error: Exception) -> Response:
    """Starlette's own refusals (404, 405) in the shape that the caller's client knows."""
    assert isinstance(error, HTTPException)
    problem = Problem(
        error.status_code, f"{error.detail}: {request.method} is not served at this path.", code="not_found"
    )
    return JSONResponse(problem.at(request.url.path), error.status_code, headers=error.headers)
