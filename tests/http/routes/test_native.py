"""llama-server's own routes, and its names for others."""

from __future__ import annotations

from typing import Any

import pytest

from tests.http.server import Address, events, fetch

GREEDY: dict[str, Any] = {"temperature": 0, "n_predict": 6}


async def test_a_completion(server: Address) -> None:
    """Whole and streamed, from text, from tokens and from several prompts at once."""
    whole = (await fetch(server, "POST", "/completion", GREEDY | {"prompt": "Hello", "return_tokens": True})).json()
    assert (whole["stop"], whole["stop_type"], whole["tokens_predicted"]) == (True, "limit", len(whole["tokens"]))
    stream = events((await fetch(server, "POST", "/completions", GREEDY | {"prompt": "Hello", "stream": True})).body)
    assert "".join(event["content"] for event in stream) == whole["content"]
    tokens = (await fetch(server, "POST", "/tokenize", {"content": "Hello"})).json()["tokens"]
    two = (
        await fetch(
            server, "POST", "/completion", GREEDY | {"prompt": [{"prompt_string": "Hello"}, tokens], "n_probs": 2}
        )
    ).json()
    assert [one["content"] for one in two] == [whole["content"]] * 2
    assert len(two[0]["completion_probabilities"]) == 6
    assert two[0]["tokens"] == []


@pytest.mark.parametrize("stream", [False, True])
async def test_a_prompt_that_is_only_read_has_no_answer(server: Address, stream: bool) -> None:
    answer = await fetch(server, "POST", "/completion", {"prompt": "Hello", "n_predict": 0, "stream": stream})
    told = events(answer.body)[-1] if stream else answer.json()
    assert (told["content"], told["tokens_predicted"], told["stop"]) == ("", 0, True)
    answer = await fetch(server, "POST", "/v1/completions", {"prompt": "Hello", "max_tokens": 0, "stream": stream})
    told = events(answer.body)[-1] if stream else answer.json()
    assert (told["choices"][0]["text"], told["choices"][0]["finish_reason"]) == ("", "length")
    assert told["usage"]["completion_tokens"] == 0


async def test_what_is_told_of_a_model_and_its_slots(server: Address) -> None:
    props = (await fetch(server, "GET", "/props")).json()
    slots = (await fetch(server, "GET", "/slots?model=builtin")).json()
    assert (props["model_alias"], props["model_path"]) == ("builtin", "builtin.gguf")
    assert props["total_slots"] == len(slots)
    assert props["default_generation_settings"]["n_ctx"] == slots[0]["n_ctx"]
    await fetch(server, "POST", "/completion", GREEDY | {"prompt": "A secret"})
    assert b"secret" not in (await fetch(server, "GET", "/slots")).body
    assert (await fetch(server, "GET", "/props?model=nothing")).status == 404


async def test_vectors(server: Address) -> None:
    openai = (await fetch(server, "POST", "/v1/embeddings", {"input": ["six", "seven"]})).json()["data"]
    for field in ("content", "input"):
        native = (await fetch(server, "POST", "/embedding", {field: ["six", "seven"]})).json()
        assert [one["embedding"][0] for one in native] == [pytest.approx(one["embedding"], abs=1e-3) for one in openai]
    assert (await fetch(server, "POST", "/embeddings", {})).status == 400


async def test_tokens_of_a_chat_are_counted(server: Address) -> None:
    body = {"messages": [{"role": "user", "content": "Hello!"}], "max_tokens": 1}
    usage = (await fetch(server, "POST", "/chat/completions", body)).json()["usage"]
    for path in ("/chat/completions/input_tokens", "/v1/chat/completions/input_tokens"):
        counted = (await fetch(server, "POST", path, body)).json()
        assert counted == {"object": "response.input_tokens", "input_tokens": usage["prompt_tokens"]}
    assert (await fetch(server, "GET", "/models")).json()["data"]
