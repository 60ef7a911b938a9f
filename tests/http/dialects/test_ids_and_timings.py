"""What an answer is called, and what each piece of it tells of time, as clients of each API expect it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.http.server import Address, events, fetch

HELLO = [{"role": "user", "content": "Hello!"}]
SHORT: dict[str, Any] = {"model": "builtin", "temperature": 0, "max_tokens": 3}
HEADER = "x-ignored-fields"


@pytest.mark.parametrize("more", [{}, {"logprobs": 1}, {"max_tokens": 0}], ids=str)
async def test_text_completions_are_no_chats(server: Address, more: dict[str, Any]) -> None:
    """However the engine calls them: its own name is nowhere left, as clients look at how it begins."""
    asked = {"prompt": 'Say "id":"chatcmpl-1"', **SHORT, **more}
    whole = await fetch(server, "POST", "/v1/completions", asked)
    assert (whole.status, whole.json()["id"][:5]) == (200, "cmpl-")
    streamed = events((await fetch(server, "POST", "/v1/completions", asked | {"stream": True})).body)
    (name,) = {event["id"] for event in streamed}
    assert name.startswith("cmpl-")
    chat = {"messages": HELLO, **SHORT}
    assert (await fetch(server, "POST", "/v1/chat/completions", chat)).json()["id"].startswith("chatcmpl-")


async def test_timings_of_each_token(server: Address) -> None:
    """Done where the API has a place for them, and named in the header where it has none."""
    asked = SHORT | {"timings_per_token": True, "stream": True}
    for path, body, place in (
        ("/v1/chat/completions", {"messages": HELLO}, "choices"),
        ("/v1/completions", {"prompt": "Hello"}, "choices"),
        ("/completion", {"prompt": "Hello"}, "content"),
    ):
        answer = await fetch(server, "POST", path, asked | body)
        pieces = [event for event in events(answer.body) if event.get(place)]
        assert len(pieces) > 2
        assert HEADER not in answer.headers
        assert all("predicted_n" in piece["timings"] for piece in pieces[1:-1]), path
        plain = events((await fetch(server, "POST", path, SHORT | body | {"stream": True})).body)
        assert not any("timings" in piece for piece in plain[1:-1] if piece.get(place) and not piece.get("stop"))
    for path, body in (("/v1/messages", {"messages": HELLO}), ("/v1/responses", {"input": "Hello"})):
        answer = await fetch(server, "POST", path, asked | body)
        assert answer.status == 200
        assert "timings_per_token" in answer.headers[HEADER], path
