"""What a server says in place of requests that do not say it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from llama_worker import LlamaWorker
from llama_worker.config.named_model import PROMPT_DEFAULTS, NamedModel
from llama_worker.http import create_app
from llama_worker.http.prompt_defaults import with_prompt_defaults
from llama_worker.models import ModelStore
from llama_worker.options import PromptOptions, build_options
from tests.http.server import Address, fetch, serving

HELLO = {"messages": [{"role": "user", "content": "Hello!"}]}
SAID: dict[str, Any] = {
    "max_tokens": 3,
    "stop_sequences": ["stop"],
    "temperature": 0.5,
    "top_p": 0.5,
    "top_k": 5,
    "min_p": 0.5,
    "typical_p": 0.5,
    "top_n_sigma": 0.5,
    "dynamic_temperature": {"range": 0.5},
    "xtc": {"probability": 0.5},
    "mirostat": {"version": 2},
    "seed": 5,
    "repeat_penalty": {"penalty": 1.5},
    "dry_repeat_penalty": {"strength": 0.5},
    "system_prompt": "Be brief.",
    "reasoning_budget": 5,
    "reasoning_effort": "low",
    "chat_template_options": {"a": 1},
    "cache_prompt": False,
}


def test_each_default_says_something_where_the_request_does_not() -> None:
    assert SAID.keys() == PROMPT_DEFAULTS
    for name, value in SAID.items():
        assert with_prompt_defaults(HELLO, build_options(PromptOptions, None, {name: value}), 512) != HELLO, name
    assert with_prompt_defaults(HELLO, PromptOptions(), 512) is HELLO


def test_what_a_request_says_goes_first() -> None:
    options = build_options(PromptOptions, None, SAID)
    body = {
        "messages": [{"role": "system", "content": "Be long."}, *HELLO["messages"]],
        "temperature": 0,
        "max_tokens": 9,
        "chat_template_kwargs": {"a": 2},
        "thinking_budget_tokens": 0,
        "top_k": None,
    }
    asked = with_prompt_defaults(body, options, 512)
    assert {name: asked[name] for name in body if name != "top_k"} == {
        name: value for name, value in body.items() if name != "top_k"
    }
    assert (asked["top_k"], asked["top_p"]) == (5, 0.5)
    assert "reasoning_effort" not in asked
    assert "messages" not in with_prompt_defaults({"prompt": "x"}, options, 512)


@pytest.fixture
async def server(worker: LlamaWorker, store: ModelStore, random_model_path: Path) -> AsyncIterator[Address]:
    prompt = PromptOptions(max_tokens=3, temperature=0, system_prompt="You are a very brief assistant indeed.")
    models = {"brief": NamedModel(model=str(random_model_path), prompt=prompt)}
    async with serving(create_app(worker, store=store, models=models)) as address:
        yield address


async def test_requests_of_every_dialect_have_them(server: Address) -> None:
    async def ask(path: str, **fields: Any) -> Any:
        answer = await fetch(server, "POST", path, {"model": "brief", **fields})
        assert answer.status == 200, answer.body
        return answer.json()

    said = await ask("/v1/chat/completions", **HELLO)
    assert said["usage"]["completion_tokens"] == 3
    own = await ask("/v1/chat/completions", messages=[{"role": "system", "content": "!"}, *HELLO["messages"]])
    assert own["usage"]["prompt_tokens"] < said["usage"]["prompt_tokens"]
    assert (await ask("/v1/chat/completions", **HELLO, max_tokens=5))["usage"]["completion_tokens"] == 5
    assert (await ask("/v1/completions", prompt="Hello!"))["usage"]["completion_tokens"] == 3
    assert (await ask("/v1/responses", input="Hello!"))["usage"]["output_tokens"] == 3
    counted = await ask("/v1/messages/count_tokens", **HELLO)
    assert counted["input_tokens"] == said["usage"]["prompt_tokens"]
    usage = (await ask("/v1/messages", **HELLO, max_tokens=5))["usage"]
    assert usage["input_tokens"] + usage["cache_read_input_tokens"] == said["usage"]["prompt_tokens"]
