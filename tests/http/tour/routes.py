"""What there is to be asked, taken from the app itself: methods, paths, and a sound body of each route that has one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from starlette.applications import Starlette
from starlette.routing import Route

from llama_worker.http.paths import ALIASES
from tests.http.ollama import test_wrong_types as ollama
from tests.http.wrong_types.requests import ROUTES

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "get")
NAMES = (
    "x",
    "..%2f..%2fetc%2fpasswd",
    "%00",
    "%ff%fe",
    "%ed%a0%80",
    "a" * 5000,
    "%F0%9F%A6%99",
    "a%0d%0aX-Set:%201",
    "-1",
)
"""What may stand in the place of an id, as it goes over the wire."""
FORMS = {"/v1/audio/transcriptions", "/audio/transcriptions"}
"""What takes no JSON."""


def served(app: Starlette) -> Iterator[tuple[str, str]]:
    """Each method and path, with something harmless in the place of an id."""
    for route in app.routes:
        if isinstance(route, Route):
            for method in sorted(route.methods or ()):
                yield method, _filled(route.path, "x")


def named(app: Starlette) -> Iterator[tuple[str, str]]:
    """Each route with an id, with each strange one."""
    for route in app.routes:
        if isinstance(route, Route) and "{" in route.path:
            for method in sorted(route.methods or ()):
                for name in NAMES:
                    yield method, _filled(route.path, name)


def posted(app: Starlette) -> list[tuple[str, str]]:
    """The routes that take JSON."""
    return [(method, path) for method, path in served(app) if method in ("POST", "PUT") and path not in FORMS]


def bodies() -> dict[str, dict[str, Any]]:
    """A sound body of each route that reads one with several fields; of aliases, too."""
    found = dict(ROUTES)
    for path, aliases in ALIASES.items():
        found |= {alias: found[path] for alias in aliases if path in found and alias not in found}
    found |= {f"/api/{name}": body for name, body in ollama.ROUTES.items()}
    return found


def _filled(path: str, name: str) -> str:
    begin, brace, rest = path.partition("{")
    return begin + name + rest.partition("}")[2] if brace else path
