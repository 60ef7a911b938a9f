"""Nothing that a request says is ignored in silence: it is done, refused, or named in a header."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from llama_worker import LlamaWorker
from llama_worker.http import create_app
from llama_worker.models import ModelStore
from tests.gguf_factory import CHAT_TEMPLATE, write_gguf
from tests.http.server import Address, events, fetch, serving
from tests.worker.embedding.small_models import encoder

HELLO: list[dict[str, Any]] = [{"role": "user", "content": "Hello!"}]
CHAT: dict[str, Any] = {"messages": HELLO, "temperature": 0, "max_tokens": 4}
BEGUN = [*HELLO, {"role": "assistant", "content": "Hel"}]
TEXT: dict[str, Any] = {"prompt": "Hello", "temperature": 0, "max_tokens": 3}


async def test_what_cannot_be_done_is_refused(server: Address) -> None:
    refused: dict[str, list[dict[str, Any]]] = {
        "/v1/chat/completions": [
            {"functions": [{"name": "f"}]},
            {"function_call": {"name": "f"}},
            {"modalities": ["text", "audio"]},
            {"web_search_options": {"a": 1}},
        ],
        "/v1/completions": [{"suffix": "a"}, {"echo": True}, {"best_of": 2}],
        "/v1/responses": [{"background": True}, {"conversation": "a"}],
        "/v1/messages": [{"mcp_servers": [{}]}],
    }
    for path, each in refused.items():
        for fields in each:
            (name,) = fields
            answer = await fetch(server, "POST", path, CHAT | TEXT | {"input": "a"} | fields)
            assert answer.status == 400, fields
            assert name in answer.json()["error"]["message"]
    quiet = {"functions": [], "modalities": ["text"], "function_call": "auto"}
    assert (await fetch(server, "POST", "/v1/chat/completions", CHAT | quiet)).status == 200
    assert (await fetch(server, "POST", "/v1/completions", TEXT | {"best_of": 1, "echo": False})).status == 200


@pytest.mark.parametrize("stream", [False, True])
async def test_what_is_not_read_is_named(server: Address, stream: bool) -> None:
    body = CHAT | {"stream": stream, "user": "me", "service_tier": "auto", "model": "builtin", "a\nb": 1}
    answer = await fetch(server, "POST", "/v1/chat/completions", body)
    assert answer.headers["x-ignored-fields"] == "service_tier, user"
    assert "x-ignored-fields" not in (await fetch(server, "POST", "/v1/chat/completions", CHAT)).headers
    vectors = await fetch(server, "POST", "/v1/embeddings", {"input": "a", "user": "me"})
    assert vectors.headers["x-ignored-fields"] == "user"
    reasoned = {"input": "a", "max_output_tokens": 1, "reasoning": {"summary": "auto"}, "stream": stream}
    answer = await fetch(server, "POST", "/v1/responses", reasoned)
    assert answer.headers["x-ignored-fields"] == "reasoning.summary"


async def test_how_a_prompt_ends_is_the_requests_choice(server: Address) -> None:
    path = "/v1/chat/completions"
    usual = (await fetch(server, "POST", path, CHAT)).json()["usage"]["prompt_tokens"]
    bare = (await fetch(server, "POST", path, CHAT | {"add_generation_prompt": False})).json()["usage"]["prompt_tokens"]
    assert bare < usual
    going_on = await fetch(server, "POST", path, CHAT | {"messages": BEGUN, "continue_final_message": True})
    assert going_on.json()["choices"][0]["message"]["content"]
    for wrong in (
        {"messages": BEGUN, "continue_final_message": True, "add_generation_prompt": True},
        {"messages": BEGUN, "continue_final_message": False},
        {"continue_final_message": True},
    ):
        refused = await fetch(server, "POST", path, CHAT | wrong)
        assert (refused.status, refused.json()["error"]["param"]) == (400, "continue_final_message")


async def test_progress_is_told_to_who_asks_for_it(server: Address) -> None:
    for path, body in (("/v1/chat/completions", CHAT), ("/v1/completions", TEXT), ("/completion", TEXT)):
        for wanted in (False, True):
            answer = await fetch(server, "POST", path, body | {"stream": True, "return_progress": wanted})
            assert any("prompt_progress" in event for event in events(answer.body)) == wanted, path


async def test_probabilities_of_completions_have_their_old_form(server: Address) -> None:
    path, body = "/v1/completions", TEXT | {"logprobs": 2}
    whole = (await fetch(server, "POST", path, body)).json()["choices"][0]
    told = whole["logprobs"]
    assert "".join(told["tokens"]) == whole["text"]
    assert told["token_logprobs"] == [token["logprob"] for token in told["content"]]
    assert [len(likeliest) for likeliest in told["top_logprobs"]] == [2, 2, 2]
    assert told["text_offset"] == [0, len(told["tokens"][0]), len("".join(told["tokens"][:2]))]
    chunks = [
        event["choices"][0] for event in events((await fetch(server, "POST", path, body | {"stream": True})).body)
    ]
    streamed = [chunk["logprobs"] for chunk in chunks if chunk.get("logprobs")]
    for name in ("tokens", "text_offset"):
        assert [one for part in streamed for one in part[name]] == told[name]
    bare = (await fetch(server, "POST", path, TEXT | {"logprobs": 0})).json()["choices"][0]["logprobs"]
    assert (len(bare["token_logprobs"]), bare["top_logprobs"]) == (3, None)


async def test_as_far_as_it_goes_can_be_said(server: Address) -> None:
    for name in ("max_tokens", "n_predict", "max_completion_tokens"):
        body = {"messages": HELLO, "temperature": 0, name: -1}
        assert (await fetch(server, "POST", "/v1/chat/completions", body)).json()["choices"][0][
            "finish_reason"
        ] == "stop"
    shorter = CHAT | {"n_predict": 2}
    assert (await fetch(server, "POST", "/v1/chat/completions", shorter)).json()["usage"]["completion_tokens"] == 2


async def test_an_overflow_is_told_in_the_words_that_clients_know(server: Address) -> None:
    long = CHAT | {"messages": [{"role": "user", "content": "word " * 4000}]}
    error = (await fetch(server, "POST", "/v1/chat/completions", long)).json()["error"]
    assert (error["type"], error["code"]) == ("exceed_context_size_error", "context_length_exceeded")
    assert "exceeds the available context size" in error["message"]
    assert error["n_prompt_tokens"] > error["n_ctx"] > 0
    error = (await fetch(server, "POST", "/v1/messages", long)).json()["error"]
    assert error["type"] == "invalid_request_error"
    assert error["message"].startswith("prompt is too long: ")


async def test_what_a_model_cannot_do_is_the_requests_fault(
    worker: LlamaWorker, store: ModelStore, tmp_path: Path
) -> None:
    """An encoder that is asked for an answer, and a template that refuses a conversation."""
    raising = "{% if messages | length > 3 %}{{ raise_exception('too many turns') }}{% endif %}" + CHAT_TEMPLATE
    models = {
        "encoder": str(encoder(tmp_path / "encoder.gguf")),
        "raising": str(write_gguf(tmp_path / "raising.gguf", chat_template=raising)),
    }
    async with serving(create_app(worker, store=store, models=models)) as server:
        asked = {"/v1/chat/completions": CHAT, "/v1/completions": TEXT, "/v1/responses": {"input": "a"}}
        asked |= {"/v1/messages": CHAT, "/completion": TEXT}
        for path, body in asked.items():
            for stream in (False, True):
                answer = await fetch(server, "POST", path, body | {"model": "encoder", "stream": stream})
                assert answer.status == 400, answer.body
                assert "generates no text" in answer.json()["error"]["message"]
        long = [*BEGUN, *HELLO, *BEGUN]
        for path in ("/v1/chat/completions", "/v1/messages", "/apply-template", "/v1/messages/count_tokens"):
            answer = await fetch(server, "POST", path, CHAT | {"model": "raising", "messages": long})
            assert answer.status == 400, answer.body
            assert "too many turns" in answer.json()["error"]["message"]
