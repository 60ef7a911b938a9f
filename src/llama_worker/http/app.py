"""The server as an ASGI app: OpenAI's API and its relatives, model management, the message port and the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Unpack

from msgspec import Struct
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import Scope

from ..config.named_model import NamedModel, as_named
from ..engine.api import endpoints
from ..models.store.store import ModelStore
from ..options import build_options
from ..options.keywords import ServerKeywords
from ..options.server import ServerOptions
from ..options.signatures import list_options
from ..worker.worker import LlamaWorker
from .dialects.anthropic.messages import Messages
from .dialects.anthropic.request import MessagesRequest
from .dialects.chat import Chat, ChatRequest
from .dialects.completions import Completion
from .dialects.dialect import Exchange
from .dialects.fields import Object
from .dialects.native import generating
from .dialects.responses.request import ResponsesRequest
from .dialects.responses.responses import Responses
from .endpoint import AsgiEndpoint, GeneratingEndpoint, JsonEndpoint
from .middleware.bodies import BodiesMiddleware
from .middleware.headers import HeadersMiddleware
from .middleware.host import HostMiddleware
from .middleware.key import KeyMiddleware, Keys
from .middleware.origin import OriginMiddleware
from .middleware.problems import ProblemMiddleware
from .middleware.unread import UnreadMiddleware
from .ollama.routes import ollama_routes
from .paths import routes_at
from .pool import ModelPool
from .problems import Problem
from .routes.control import ControlRequest, ControlRoutes
from .routes.conversations import ConversationRoutes
from .routes.embeddings import EmbeddingRoutes, EmbeddingsRequest, TeiEmbedRequest
from .routes.health import HealthRoutes
from .routes.metrics import MetricsRoute, RequestCounter
from .routes.models import LoadRequest, ModelRequest, ModelRoutes
from .routes.native import NativeEmbeddingRequest, NativeRoutes
from .routes.page import LoginRoute, PageRoute
from .routes.port import PortRoute
from .routes.ranking import RankingRoutes, RerankRequest, TeiRerankRequest
from .routes.responses import ResponseRoutes
from .routes.speech import SpeechRoutes
from .routes.tokens import DetokenizeRequest, TemplateRequest, TokenizeRequest, TokenRoutes
from .send_buffer import SendBuffers
from .storing.conversations import Conversation, ConversationStore
from .storing.database import Database
from .storing.responses import ResponseStore

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
    store = store or worker.store
    pool = ModelPool(worker, checked, as_named(models or {}), store)
    counts: Counts = Counter()
    keys, database = Keys(api_key), Database(data)
    responses, buffers = ResponseStore(database, checked.stored_responses), SendBuffers(checked)
    app = Starlette(
        routes=[
            *_routes(pool, store, counts),
            *_generating(pool, responses, buffers),
            *ollama_routes(pool, store, buffers),
            *_asking(pool, responses),
            *_page(pool, keys, ConversationStore(database)),
        ],
        middleware=_middleware(checked, keys, counts),
        exception_handlers={HTTPException: _not_found},
    )
    app.state.pool = pool
    return app


def _routes(pool: ModelPool, store: ModelStore, counts: Counts) -> list[BaseRoute]:
    metrics, health, control = MetricsRoute(pool, counts), HealthRoutes(pool), ControlRoutes(pool.worker)
    native = NativeRoutes(pool)
    return [
        *routes_at(endpoints.CONTROL, JsonEndpoint(pool.options, control.control, ControlRequest)),
        *routes_at("/v1/audio/transcriptions", AsgiEndpoint(SpeechRoutes(pool).transcriptions)),
        *_managing(ModelRoutes(pool, store), pool.options),
        Route("/metrics", metrics, methods=["GET"]),
        Route("/props", AsgiEndpoint(native.props), methods=["GET"]),
        Route("/slots", AsgiEndpoint(native.slots), methods=["GET"]),
        *routes_at("/health", AsgiEndpoint(health.health), "GET"),
        Route("/models/health", AsgiEndpoint(health.models), methods=["GET"]),
    ]


def _generating(pool: ModelPool, responses: ResponseStore, buffers: SendBuffers) -> list[BaseRoute]:
    dialects: dict[str, Callable[[dict[str, Any]], Exchange]] = {
        "/v1/chat/completions": Chat,
        "/v1/completions": Completion,
        "/v1/responses": partial(Responses, store=responses),
        "/v1/messages": Messages,
        "/completion": generating.Completion,
        "/infill": generating.Infill,
    }
    stored = ResponseRoutes(responses)
    return [
        *(
            route
            for path, kind in dialects.items()
            for route in routes_at(path, GeneratingEndpoint(pool, buffers, kind, reads=isinstance(kind, partial)))
        ),
        Route("/v1/responses/{id}", AsgiEndpoint(stored.get), methods=["GET"]),
        Route("/v1/responses/{id}", AsgiEndpoint(stored.delete), methods=["DELETE"]),
        Route("/v1/responses/{id}/input_items", AsgiEndpoint(stored.input_items), methods=["GET"]),
    ]


def _asking(pool: ModelPool, responses: ResponseStore) -> list[BaseRoute]:
    tokens, embeddings = TokenRoutes(pool, responses), EmbeddingRoutes(pool)
    ranking, native = RankingRoutes(pool), NativeRoutes(pool)
    answers: dict[str, tuple[Callable[[Scope, Object], Awaitable[Any]], type[Struct], *tuple[type[Struct], ...]]] = {
        "/v1/embeddings": (embeddings.embeddings, EmbeddingsRequest),
        "/embed": (embeddings.embed, TeiEmbedRequest),
        "/embedding": (native.embedding, NativeEmbeddingRequest),
        "/v1/rerank": (ranking.rerank, RerankRequest, TeiRerankRequest),
        "/v1/messages/count_tokens": (tokens.count_messages, MessagesRequest),
        "/v1/chat/completions/input_tokens": (tokens.count_chat, ChatRequest),
        "/v1/responses/input_tokens": (tokens.count_response, ResponsesRequest),
        "/tokenize": (tokens.tokenize, TokenizeRequest),
        "/detokenize": (tokens.detokenize, DetokenizeRequest),
        "/apply-template": (tokens.apply_template, TemplateRequest),
    }
    return [route for path, answer in answers.items() for route in routes_at(path, JsonEndpoint(pool.options, *answer))]


def _managing(models: ModelRoutes, options: ServerOptions) -> list[BaseRoute]:
    return [
        *routes_at("/v1/models", AsgiEndpoint(models.index), "GET"),
        Route("/v1/models/{model:path}", AsgiEndpoint(models.show), methods=["GET"]),
        Route("/models/status", AsgiEndpoint(models.status), methods=["GET"]),
        Route("/models/load", JsonEndpoint(options, models.load, LoadRequest), methods=["POST"]),
        Route("/models/unload", JsonEndpoint(options, models.unload, ModelRequest), methods=["POST"]),
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
        Route("/conversations/{id}", JsonEndpoint(pool.options, conversations.put, Conversation), methods=["PUT"]),
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
        Middleware(UnreadMiddleware),
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
