"""Answers over HTTP from a context that all requests share, when together they need more than there is."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from llama_worker import LlamaWorker
from llama_worker.http import create_app
from tests.gguf_factory import write_gguf
from tests.http.server import Response, fetch, serving


@pytest.mark.parametrize("stream", [False, True])
async def test_it_is_whole_or_ends_with_an_error_that_says_so(
    worker: LlamaWorker, tmp_path: Path, stream: bool
) -> None:
    path = write_gguf(tmp_path / "sharing.gguf", endless=True)
    model = await worker.load_model(path, context_size=512, sequences=3, kv_unified=True)
    async with serving(create_app(worker)) as server:

        async def ask(prompt: str) -> Response:
            body = {"model": model.public_name, "prompt": prompt, "max_tokens": 300, "stream": stream}
            return await fetch(server, "POST", "/v1/completions", body)

        answers = await asyncio.gather(*map(ask, "abc"))
        again = await ask("a")
    assert [answer.status for answer in (*answers, again)] == [200] * 4
    if stream:
        ends = [answer.body.rsplit(b"data: ", 2)[1:] for answer in answers]
        assert all(last == b"[DONE]\n\n" or b'"shared_context_full"' in last for _, last in ends)
        assert again.body.endswith(b"[DONE]\n\n")
    else:
        assert [json.loads(answer.body)["usage"]["completion_tokens"] for answer in answers] == [300] * 3
    assert model.runtime.queue.idle
