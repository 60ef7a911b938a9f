"""A client that leaves stops its work, wherever that work is; nobody else's."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from llama_worker import LlamaWorker, Model
from llama_worker.http import create_app
from tests.http.server import Address, RawClient, events, fetch, serving

LONG = 1900
QUESTION = [{"role": "user", "content": "Hello!"}]
LONG_QUESTION = [{"role": "user", "content": "Hello there! " * 100}]
DIALECTS: dict[str, dict[str, Any]] = {
    "/v1/chat/completions": {"messages": QUESTION, "max_tokens": LONG},
    "/v1/completions": {"prompt": "Hello!", "max_tokens": LONG},
    "/v1/responses": {"input": "Hello!", "max_output_tokens": LONG},
    "/v1/messages": {"messages": QUESTION, "max_tokens": LONG},
}


async def eventually(condition: Callable[[], Awaitable[bool]], seconds: float = 30.0) -> None:
    async with asyncio.timeout(seconds):
        while not await condition():
            await asyncio.sleep(0.02)


async def busy_slots(model: Model) -> int:
    """Slots that the engine itself computes in."""
    slots = await model.runtime.request("/slots")
    return slots.count(b'"is_processing":true')


@pytest.fixture
def model(worker: LlamaWorker, slow_server: Address) -> Model:
    return worker.models[0]


async def idle(model: Model) -> bool:
    return model.runtime.queue.free == model.sequences and await busy_slots(model) == 0


async def begin(server: Address, path: str, body: Any) -> RawClient:
    client = await RawClient.connect(server)
    await client.post(path, body)
    return client


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("path", list(DIALECTS))
async def test_leaving_while_tokens_come_frees_the_slot(
    slow_server: Address, model: Model, path: str, stream: bool
) -> None:
    neighbour = await begin(slow_server, "/v1/completions", DIALECTS["/v1/completions"] | {"stream": True})
    await neighbour.until(b'"text"')
    client = await begin(slow_server, path, DIALECTS[path] | {"stream": stream})
    await eventually(lambda: _slots_are(model, 2))
    client.leave()
    await eventually(lambda: _slots_are(model, 1), 5.0)
    await neighbour.until(b'"text"')
    neighbour.leave()
    await eventually(lambda: idle(model))


async def _slots_are(model: Model, count: int) -> bool:
    return await busy_slots(model) == count


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/messages"])
async def test_leaving_while_the_prompt_is_read_frees_the_slot(
    slow_server: Address, model: Model, path: str, stream: bool
) -> None:
    body = {"messages": LONG_QUESTION, "max_tokens": LONG, "stream": stream}
    client = await begin(slow_server, path, body)
    await eventually(lambda: _slots_are(model, 1))
    client.leave()
    await eventually(lambda: idle(model), 5.0)


async def test_leaving_the_queue_leaves_no_trace(slow_server: Address, model: Model) -> None:
    path = "/v1/chat/completions"
    running = [await begin(slow_server, path, DIALECTS[path] | {"stream": True}) for _ in range(2)]
    await eventually(lambda: _slots_are(model, 2))
    waiting = [await begin(slow_server, path, DIALECTS[path] | {"stream": stream}) for stream in (True, False)]
    await eventually(lambda: _waiting(model, 2))
    for client in waiting:
        client.leave()
    await eventually(lambda: _waiting(model, 0), 5.0)
    assert await busy_slots(model) == 2
    for client in running:
        client.leave()
    await eventually(lambda: idle(model))


async def _waiting(model: Model, count: int) -> bool:
    return model.runtime.queue.waiting == count


async def test_those_who_stay_get_what_they_would_have_got_alone(slow_server: Address, model: Model) -> None:
    bodies = [{"prompt": f"Hello {n}", "max_tokens": 8, "temperature": 0, "stream": True} for n in range(8)]
    alone = [text_of(await fetch(slow_server, "POST", "/v1/completions", body)) for body in bodies]
    leaving = [await begin(slow_server, "/v1/completions", body | {"max_tokens": LONG}) for body in bodies[:4]]
    staying = [asyncio.create_task(fetch(slow_server, "POST", "/v1/completions", body)) for body in bodies]
    await asyncio.sleep(0.2)
    for client in leaving:
        client.leave()
    assert [text_of(await answer) for answer in staying] == alone
    await eventually(lambda: idle(model))


def text_of(answer: Any) -> str:
    assert answer.status == 200, answer.body
    return "".join(chunk["choices"][0]["text"] for chunk in events(answer.body))


async def test_leaving_while_a_model_loads_lets_others_have_it(worker: LlamaWorker, server: Address) -> None:
    body = {"messages": QUESTION, "max_tokens": 4}
    client = await begin(server, "/v1/chat/completions", body)
    other = asyncio.create_task(fetch(server, "POST", "/v1/chat/completions", body))
    await asyncio.sleep(0.05)
    client.leave()
    assert (await other).status == 200
    assert len(worker.models) == 1


async def test_a_reader_that_stalls_slows_nobody_and_is_dropped_in_the_end(
    worker: LlamaWorker, random_model: Model
) -> None:
    async with serving(create_app(worker, write_timeout=2.0)) as address:
        body = {"prompt": "Hello!", "max_tokens": 3900, "stream": True, "logprobs": 20, "ignore_eos": True}
        stalled = await RawClient.connect(address)
        stalled.writer.transport.pause_reading()  # type: ignore[attr-defined]
        await stalled.post("/v1/completions", body)
        answer = await fetch(
            address, "POST", "/v1/completions", {"prompt": "a", "max_tokens": 50, "stream": True, "ignore_eos": True}
        )
        assert len(events(answer.body)) >= 10
        await eventually(lambda: idle(random_model))
        stalled.leave()


async def test_leaving_a_list_of_texts_costs_no_more_than_a_few_of_them(slow_server: Address, model: Model) -> None:
    text, count = "Hello there! " * 20, 2000
    alone = await fetch(slow_server, "POST", "/v1/embeddings", {"input": text})
    tokens = alone.json()["usage"]["prompt_tokens"]
    before = await _tokens_read(model)
    client = await begin(slow_server, "/v1/embeddings", {"input": [text] * count})
    await eventually(lambda: _computes(model))
    client.leave()
    await eventually(lambda: idle(model))
    assert await _tokens_read(model) - before < tokens * count / 20


async def _tokens_read(model: Model) -> int:
    """Of all prompts, as the engine counts them."""
    lines = (await model.runtime.request("/metrics")).decode().splitlines()
    return int(float(next(line for line in lines if line.startswith("llamacpp:prompt_tokens_total")).split()[-1]))


async def _computes(model: Model) -> bool:
    return model.runtime.queue.free < model.sequences
