"""Numbers for Prometheus: the server's own and those of each engine."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ...engine.api import endpoints
from ...errors import LlamaWorkerError
from ...worker.model import Model
from ..pool import ModelPool

_KIND = b"text/plain; version=0.0.4; charset=utf-8"
_SAMPLE = re.compile(r"(?P<name>[a-zA-Z_:][\w:]*)(?:\{(?P<labels>.*)\})? (?P<value>\S+)")

_REQUESTS = "llama_worker_http_requests_total"
_GAUGES: dict[str, tuple[str, Callable[[Model], int]]] = {
    "llama_worker_requests_waiting": ("Requests that wait for a slot.", lambda model: model.runtime.queue.waiting),
    "llama_worker_slots_free": ("Requests that could start now.", lambda model: model.runtime.queue.free),
    "llama_worker_resident_bytes": ("Of the engine, in memory.", lambda model: model.info.resident_bytes or 0),
    "llama_worker_mapped_bytes": ("Of those, pages of files.", lambda model: model.info.mapped_bytes or 0),
    "llama_worker_engine_up": ("1 while the engine runs.", lambda model: int(model.pid is not None)),
}


PATIENCE_SECONDS = 5.0
"""How long an engine may take to tell its figures: half of what Prometheus waits for a server."""


class RequestCounter:
    """Middleware that counts answers by method, route and status."""

    def __init__(self, app: ASGIApp, counts: Counter[tuple[str, str, int]]) -> None:
        self._app = app
        self._counts = counts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = getattr(scope.get("route"), "path", "other")
                self._counts[scope["method"], route, message["status"]] += 1
            await send(message)

        await self._app(scope, receive, counted if scope["type"] == "http" else send)


class MetricsRoute:
    """The endpoint."""

    def __init__(self, pool: ModelPool, counts: Counter[tuple[str, str, int]]) -> None:
        self._pool = pool
        self._counts = counts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        families = self._own()
        running = [model for model in self._pool.worker.models if model.pid is not None]
        for model, text in zip(running, await asyncio.gather(*map(_engine_metrics, running)), strict=True):
            _add(families, text, self._pool.public_name(model))
        body = "".join(f"{line}\n" for lines in families.values() for line in lines).encode()
        headers = [(b"content-type", _KIND), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _own(self) -> dict[str, list[str]]:
        models = [(f'model="{_escaped(self._pool.public_name(model))}"', model) for model in self._pool.worker.models]
        families = {
            name: _family(name, "gauge", text, [(label, read(model)) for label, model in models])
            for name, (text, read) in _GAUGES.items()
        }
        requests = [
            (f'method="{method}",route="{route}",status="{status}"', count)
            for (method, route, status), count in self._counts.items()
        ]
        return {_REQUESTS: _family(_REQUESTS, "counter", "HTTP answers.", requests)} | families


def _family(name: str, kind: str, text: str, samples: list[tuple[str, int]]) -> list[str]:
    head = [f"# HELP {name} {text}", f"# TYPE {name} {kind}"]
    return head + [f"{name}{{{labels}}} {value}" for labels, value in samples]


def _escaped(value: str) -> str:
    """The value of a label as Prometheus' text format has it."""
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


async def _engine_metrics(model: Model) -> str:
    """Nothing of one that dies or does not answer: the figures of all others are wanted."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return (await model.runtime.request(endpoints.METRICS)).decode()
    except (LlamaWorkerError, TimeoutError):
        return ""


def _add(families: dict[str, list[str]], text: str, model: str) -> None:
    """Engines number the same things: one family each, told apart by the model."""
    for line in text.splitlines():
        if line.startswith("#"):
            name = line.split(" ")[2]
            if line not in families.setdefault(name, []):
                families[name].append(line)
        elif match := _SAMPLE.fullmatch(line):
            labels = f'model="{_escaped(model)}"' + (f",{match['labels']}" if match["labels"] else "")
            families.setdefault(match["name"], []).append(f"{match['name']}{{{labels}}} {match['value']}")
