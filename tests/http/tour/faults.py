"""What is wrong with an answer."""

from __future__ import annotations

import json

from tests.http.server import Response

UNSERVED = ("/api/create", "/api/copy", "/api/push", "/api/blobs/")
"""Answered with 501, as Ollama's clients are to know that there is nobody who does that."""


def fault_of(method: str, path: str, answer: Response, statuses: set[int] | None = None) -> str | None:
    """None for an answer that is right: no fault of ours, and where it is a refusal, in the words of that API."""
    if answer.status >= 500 and not (answer.status == 501 and path.startswith(UNSERVED)):
        return f"status {answer.status}: {answer.body[:200]!r}"
    if statuses is not None and answer.status not in statuses and not path.startswith(UNSERVED):
        return f"status {answer.status} and not {sorted(statuses)}: {answer.body[:200]!r}"
    if answer.status < 400 or method == "HEAD":
        return None
    return _unreadable(path, answer)


def _unreadable(path: str, answer: Response) -> str | None:
    if not answer.headers.get("content-type", "").startswith("application/json"):
        return f"no JSON: {answer.headers.get('content-type')} {answer.body[:200]!r}"
    try:
        error = json.loads(answer.body)["error"]
    except (ValueError, KeyError, TypeError):
        return f"not in the form of an error: {answer.body[:200]!r}"
    ollama = path.startswith("/api/") and isinstance(error, str)
    text = error if ollama else error.get("message") if isinstance(error, dict) else None
    if not isinstance(text, str) or not text:
        return f"says nothing: {answer.body[:200]!r}"
    return f"longer than anybody reads: {len(text)} characters" if len(text) > 2000 else None
