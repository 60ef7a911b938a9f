"""A value of a wrong type, wherever it stands in whichever request, is refused in the form of that API."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import ASGIApp, Message

from llama_worker import LlamaWorker
from llama_worker.http import create_app
from llama_worker.http.dialects.anthropic.request import MessagesRequest
from llama_worker.http.dialects.chat import ChatRequest
from llama_worker.http.dialects.completions import CompletionRequest
from llama_worker.http.dialects.native import generating as native
from llama_worker.http.dialects.responses.request import ResponsesRequest
from llama_worker.http.paths import ALIASES
from llama_worker.http.routes.embeddings import EmbeddingsRequest, TeiEmbedRequest
from llama_worker.http.routes.native import NativeEmbeddingRequest
from llama_worker.http.routes.ranking import RerankRequest, TeiRerankRequest
from llama_worker.http.routes.tokens import DetokenizeRequest, TemplateRequest, TokenizeRequest
from llama_worker.models import ModelStore
from tests.http.wrong_types.places import mutants
from tests.http.wrong_types.requests import ALSO, REFUSED, ROUTES
from tests.worker.embedding.small_models import encoder

NOT_JSON = {"/v1/audio/transcriptions", "/login", "/models/pull"}
"""Forms, and what would fetch something."""
OF_EACH_TEST = {"integer", "text", "list of objects"}
SHAPES: dict[str, tuple[type[Struct], ...]] = {
    "/v1/chat/completions": (ChatRequest,),
    "/v1/completions": (CompletionRequest,),
    "/v1/responses": (ResponsesRequest,),
    "/v1/messages/count_tokens": (MessagesRequest,),
    "/completion": (native.CompletionRequest,),
    "/infill": (native.InfillRequest,),
    "/apply-template": (TemplateRequest,),
    "/v1/embeddings": (EmbeddingsRequest,),
    "/embed": (TeiEmbedRequest,),
    "/embedding": (NativeEmbeddingRequest,),
    "/v1/rerank": (RerankRequest,),
    "/rerank": (TeiRerankRequest,),
    "/tokenize": (TokenizeRequest,),
    "/detokenize": (DetokenizeRequest,),
}
UNLIKE = {"grammar", "json_schema", "response_format", "previous_response_id"}
"""What cannot be said beside the rest."""


@pytest.fixture
async def app(worker: LlamaWorker, store: ModelStore, seeing_path: Path, tmp_path: Path) -> Any:
    ranker = encoder(tmp_path / "ranker.gguf", ranks=True)
    return create_app(worker, store=store, models={"seeing": str(seeing_path), "ranker": str(ranker)})


@pytest.mark.parametrize("kinds", ["some", pytest.param("all", marks=pytest.mark.slow)])
async def test_wrong_types_are_refused(app: ASGIApp, kinds: str) -> None:
    wrong: list[str] = []
    for path, body in ROUTES.items():
        status, answer = await ask(app, path, body)
        assert status == 200 or REFUSED[path] in answer["error"]["message"], (path, answer)
        for mutant in mutants(body, ALSO):
            if kinds == "all" or mutant.name in OF_EACH_TEST:
                status, answer = await ask(app, path, mutant.body)
                if fault := fault_of(path, mutant.path, status, answer):
                    wrong.append(f"{path}: {mutant.name} at {mutant.path}: {fault}")
    assert not wrong, "\n".join(wrong)


def fault_of(path: str, place: str, status: int, answer: Any) -> str | None:
    """What is wrong with an answer to a wrong value at `place`."""
    if not 400 <= status < 500:
        return f"status {status}"
    error = answer["error"]
    if path.startswith("/v1/messages"):
        formed = answer["type"] == "error" and error["type"] == "invalid_request_error"
        return None if formed else f"not in Anthropic's form: {answer}"
    if error["type"] != "invalid_request_error":
        return f"not in OpenAI's form: {answer}"
    named = re.split(r"[.\[]", str(error["param"]))[0]
    return None if named in re.split(r"[.\[]", place) else f"names {named}: {error['message']}"


def test_every_route_and_every_field_is_asked(app: Starlette) -> None:
    """A new route, or a new field of one, has its place in `requests.py`."""
    posted = {route.path for route in app.routes if isinstance(route, Route) and "POST" in (route.methods or ())}
    served = {path for path in posted if not path.startswith("/api/")}  # tests/http/ollama/test_wrong_types.py
    aliases = {alias for path in ALIASES for alias in ALIASES[path]}
    assert served - aliases - NOT_JSON == ROUTES.keys() - aliases
    for path, shapes in SHAPES.items():
        assert {name for shape in shapes for name in shape.__struct_fields__} <= ROUTES[path].keys() | UNLIKE, path


async def ask(app: ASGIApp, path: str, body: Any) -> tuple[int, Any]:
    """The status and the body of an answer, without a socket."""
    parts: list[Message] = []
    headers = [(b"host", b"localhost"), (b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "headers": headers}
    scope |= {"query_string": b"", "root_path": "", "client": ("127.0.0.1", 1), "scheme": "http"}

    async def send(message: Message) -> None:
        parts.append(message)

    await app(scope, _receive(json.dumps(body).encode()), send)
    return parts[0]["status"], json.loads(b"".join(part["body"] for part in parts[1:]))


def _receive(body: bytes) -> Callable[[], Awaitable[Message]]:
    """The body, and after it nothing for as long as somebody waits."""
    rest = [{"type": "http.request", "body": body}]

    async def receive() -> Message:
        return rest.pop() if rest else await asyncio.Future[Message]()

    return receive
