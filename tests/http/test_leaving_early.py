"""Clients that leave before their request is complete."""

from __future__ import annotations

import logging

import pytest
from starlette.routing import Route
from starlette.types import Message, Scope

from llama_worker import LlamaWorker
from llama_worker.http.app import create_app

HEADERS = [(b"host", b"127.0.0.1"), (b"content-type", b"application/json"), (b"content-length", b"100")]


async def test_they_are_no_failure_of_any_route(worker: LlamaWorker, caplog: pytest.LogCaptureFixture) -> None:
    app = create_app(worker)
    posts = [route.path for route in app.routes if isinstance(route, Route) and "POST" in (route.methods or ())]
    assert {"/v1/chat/completions", "/api/show", "/models/pull"} <= set(posts)
    for path in posts:
        received: list[Message] = [{"type": "http.request", "body": b'{"model":', "more_body": True}]
        sent: list[Message] = []

        async def receive(received: list[Message] = received) -> Message:
            return received.pop() if received else {"type": "http.disconnect"}

        async def send(message: Message, sent: list[Message] = sent) -> None:
            sent.append(message)

        scope: Scope = {
            "type": "http",
            "method": "POST",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": HEADERS,
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
            "scheme": "http",
            "http_version": "1.1",
        }
        await app(scope, receive, send)
        assert not sent or sent[0]["status"] in (415, 501), (
            path
        )  # where another kind of body is due, or nothing is done
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
