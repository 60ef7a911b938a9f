"""Bodies as Ollama takes them: curl sends JSON as a form unless it is told otherwise, and Ollama does not mind."""

from __future__ import annotations

from starlette.types import Scope

_FROM_PAGES = frozenset({b"origin", b"referer", b"sec-fetch-site", b"sec-fetch-mode"})
"""Headers one of which every browser sends with what a page posts."""
_CURLS = (b"", b"application/x-www-form-urlencoded")


def as_json(scope: Scope) -> Scope:
    """The request as one of JSON, where a program sent it that said nothing of its kind. A page of another origin could
    send a form without asking first, so what comes from a browser is left as it is."""
    headers = dict(scope["headers"])
    kind = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
    if kind not in _CURLS or _FROM_PAGES & headers.keys():
        return scope
    kept = [header for header in scope["headers"] if header[0] != b"content-type"]
    return {**scope, "headers": [*kept, (b"content-type", b"application/json")]}
