"""Hostile HTTP requests: bodies of every dialect at the ends of their types, beyond them, and no bodies at all."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from msgspec import inspect

from llama_worker.http.dialects.anthropic.request import MessagesRequest
from llama_worker.http.dialects.chat import ChatRequest
from llama_worker.http.dialects.completions import CompletionRequest
from llama_worker.http.dialects.responses.request import ResponsesRequest
from llama_worker.http.routes.embeddings import EmbeddingsRequest, TeiEmbedRequest
from llama_worker.http.routes.models import ModelRequest, PullRequest
from llama_worker.http.routes.ranking import RerankRequest, TeiRerankRequest
from llama_worker.http.routes.tokens import DetokenizeRequest, TokenizeRequest
from tests.http.server import request
from tests.worker.structured.hostile import FIELDS

from ..corpus.recipes import Recipe
from .typed import spoiled, well_typed

BODIES: dict[str, tuple[str, Any]] = {
    "chat": ("/v1/chat/completions", ChatRequest),
    "completion": ("/v1/completions", CompletionRequest),
    "responses": ("/v1/responses", ResponsesRequest),
    "messages": ("/v1/messages", MessagesRequest),
    "tokens of messages": ("/v1/messages/count_tokens", MessagesRequest),
    "embeddings": ("/v1/embeddings", EmbeddingsRequest),
    "embeddings as TEI": ("/embed", TeiEmbedRequest),
    "rerank": ("/v1/rerank", RerankRequest),
    "rerank as TEI": ("/rerank", TeiRerankRequest),
    "tokenize": ("/tokenize", TokenizeRequest),
    "detokenize": ("/detokenize", DetokenizeRequest),
    "template": ("/apply-template", ChatRequest),
    "load": ("/models/load", ModelRequest),
    "pull": ("/models/pull", PullRequest),
}
_CHAT = "/v1/chat/completions"
_HELLO: dict[str, Any] = {"messages": [{"role": "user", "content": "la li"}], "max_tokens": 2}
_ROLES = ("user", "assistant", "system", "tool", "developer", "nobody")
TIMES = 12

RAW: dict[str, bytes] = {
    "nothing": b"\r\n\r\n",
    "noise": bytes(range(256)) * 8,
    "another protocol": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(512),
    "a long first line": b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n",
    "many headers": b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 20_000 + b"\r\n",
    "two lengths": request("POST", _CHAT, _HELLO, {"Content-Length": "5\r\nContent-Length: 6"}),
    "a negative length": request("POST", _CHAT, _HELLO, {"Content-Length": "-1"}),
    "a length of too much": request("POST", _CHAT, _HELLO, {"Content-Length": str(2**63)}),
    "no host": request("POST", _CHAT, _HELLO, {"Host": ""}),
    "another host": request("POST", _CHAT, _HELLO, {"Host": "evil.example"}),
    "an origin": request("POST", _CHAT, _HELLO, {"Origin": "https://evil.example"}),
    "chunks and length": request("POST", _CHAT, _HELLO, {"Transfer-Encoding": "chunked"}),
    "path of dots": request("GET", "/page/..%2f..%2f..%2fetc%2fpasswd"),
    "path of zeros": request("GET", "/v1/models/%00%ff"),
    "a strange conversation": request("GET", "/conversations/%00%2e%2e%2f"),
    "not JSON": request("POST", _CHAT, b"\xff\xfe{"),
    "deep": request("POST", _CHAT, b'{"a":' * 100_000),
    "deep lists": request("POST", _CHAT, b'{"messages":' + b"[" * 100_000),
    "half a surrogate": request("POST", _CHAT, b'{"messages":[{"role":"user","content":"\\ud800"}]}'),
    "a number of 400 digits": request("POST", _CHAT, b'{"messages":[],"seed":' + b"9" * 400 + b"}"),
    "the same field often": request("POST", _CHAT, b'{"n":1,' * 1 + b'"n":1,' * 50_000 + b'"messages":[]}'),
    "31 megabytes": request("POST", _CHAT, {"messages": [{"role": "user", "content": "x" * (31 << 20)}]}),
    "33 megabytes": request("POST", _CHAT, b"x" * (33 << 20)),
    "many messages": request("POST", _CHAT, _HELLO | {"messages": _HELLO["messages"] * 5_000}),
}


def http_recipes(seed: int) -> list[Recipe]:
    """Each is a file with the request's bytes."""
    found = [
        Recipe(f"any/http {kind}/{name} {number}", partial(_typed, name, f"{seed} {number}", kind), door="http")
        for kind in ("at the ends", "beyond")
        for name in BODIES
        for number in range(TIMES)
    ]
    found += [Recipe(f"any/http raw/{name}", partial(_written, data), door="http") for name, data in RAW.items()]
    return found + list(_forms())


def _forms() -> Iterator[Recipe]:
    for name, fields in FIELDS.items():
        for path in (_CHAT, "/v1/completions"):
            body = _HELLO | {"prompt": "la"} | fields
            yield Recipe(f"any/http form/{name} {path}", partial(_written, request("POST", path, body)), door="http")


def _typed(name: str, seed: str, kind: str, folder: Path) -> Path:
    path, struct = BODIES[name]
    chance = random.Random(f"{name} {seed}")
    body = well_typed(inspect.type_info(struct), chance)
    if "messages" in body:
        body["messages"] = [_message(chance) for _ in range(chance.randint(1, 4))]
    for field in ("max_tokens", "max_output_tokens", "max_completion_tokens"):
        body[field] = min(body.get(field) or 4, 64)  # noise does not end by itself
    body["n"] = min(body.get("n") or 1, 4)
    body |= {"model": "good"} if chance.random() < 0.8 or path.startswith("/models/") else {}
    return _written(
        request("POST", path, json.dumps(spoiled(body, chance) if kind == "beyond" else body).encode()), folder
    )


def _message(chance: random.Random) -> dict[str, Any]:
    message: dict[str, Any] = {"role": chance.choice(_ROLES), "content": "la li " * chance.randrange(20)}
    calls = [{"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}]
    if chance.random() < 0.2:
        message |= chance.choice([{"tool_calls": calls}, {"tool_call_id": "b"}, {"content": None}, {"name": "x"}])
    return message


def _written(data: bytes, folder: Path) -> Path:
    (folder / "request").write_bytes(data)
    return folder / "request"
