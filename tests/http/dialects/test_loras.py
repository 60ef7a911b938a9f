"""Adapters over HTTP, by name and in llama.cpp's own form, in every dialect."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from llama_worker import LlamaWorker
from llama_worker.http import create_app
from tests.adapter_factory import write_lora
from tests.http.server import Address, fetch, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")

MESSAGES = [{"role": "user", "content": "Tell me a story of ships."}]
REQUESTS: dict[str, dict[str, Any]] = {
    "/v1/chat/completions": {"messages": MESSAGES, "max_tokens": 12},
    "/v1/completions": {"prompt": "Ships", "max_tokens": 12},
    "/v1/responses": {"input": "Tell me a story of ships.", "max_output_tokens": 12},
    "/v1/messages": {"messages": MESSAGES, "max_tokens": 12},
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(random_model_path: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Address]:
    folder = tmp_path_factory.mktemp("adapters")
    loras = {name: write_lora(folder / f"{name}.gguf", seed) for seed, name in enumerate(("first", "second"))}
    async with LlamaWorker() as worker:
        await worker.load_model(random_model_path, loras=loras, sequences=2, context_size=512)
        async with serving(create_app(worker, models={"random": str(random_model_path)})) as address:
            yield address


async def ask(server: Address, path: str, lora: Any) -> tuple[int, Any]:
    body = REQUESTS[path] | {"model": "random", "temperature": 0} | ({} if lora is None else {"lora": lora})
    answer = await fetch(server, "POST", path, body)
    return answer.status, answer.json()


def text_of(answer: dict[str, Any]) -> Any:
    """What was generated, in whichever dialect."""
    return [answer.get(field) for field in ("choices", "content")] + [
        item["content"][0]["text"] for item in answer.get("output", ()) if item["type"] == "message"
    ]


@pytest.mark.parametrize("path", REQUESTS)
async def test_every_dialect_takes_an_adapter_by_its_name(path: str, server: Address) -> None:
    answers = [await ask(server, path, lora) for lora in (None, {"first": 1}, {"second": 1}, {"first": 0})]
    assert [status for status, _ in answers] == [200] * 4
    none, first, second, unapplied = [text_of(answer) for _, answer in answers]
    assert none == unapplied
    assert first != none != second != first


async def test_llama_cpp_s_own_form_is_taken(server: Address) -> None:
    path = "/v1/completions"
    named, numbered = await ask(server, path, {"second": 1}), await ask(server, path, [{"id": 1, "scale": 1}])
    assert text_of(named[1]) == text_of(numbered[1])


@pytest.mark.parametrize("path", REQUESTS)
@pytest.mark.parametrize("lora", [{"third": 1}, {"first": 1e9}, "first"])
async def test_what_is_no_adapter_is_refused(path: str, lora: Any, server: Address) -> None:
    status, answer = await ask(server, path, lora)
    assert status == 400
    assert "lora" in str(answer) or "third" in str(answer)


@pytest.mark.parametrize("lora", [[{"id": 2, "scale": 1}], [{"id": -1}], [{"scale": 1}], [{"id": 0, "scale": "x"}]])
async def test_what_is_no_number_of_an_adapter_is_refused(lora: Any, server: Address) -> None:
    assert (await ask(server, "/v1/completions", lora))[0] == 400
