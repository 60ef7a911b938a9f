"""The rules of the protocol under random conversations and random damage."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llama_worker import LlamaWorker
from llama_worker.messages import ErrorMessage, Incoming, Outgoing
from llama_worker.ports import in_process_port, stdio_port
from llama_worker.ports.codec import decode_request, encode
from llama_worker.ports.lines import LineSplitter
from llama_worker.ports.port import ClientPort
from llama_worker.ports.server.connection import Connection
from tests.ports.talk import Json, Talk, check_rules

PROMPT: Json = {"type": "prompt", "prompt": "Hello!", "options": {"maxTokens": 5, "temperature": 0}}
REQUESTS: list[Json] = [
    PROMPT,
    PROMPT | {"session": "one"},
    PROMPT | {"type": "send_prompt"},
    PROMPT | {"type": "generate_completion"},
    PROMPT | {"type": "complete"},
    PROMPT | {"options": {"maxTokens": -1}},
    {"type": "generate_chat_completion", "messages": [{"role": "user", "content": "Hi"}], "options": {"maxTokens": 5}},
    {"type": "load_model", "modelPath": "builtin"},
    {"type": "load_model", "modelPath": "/nowhere.gguf"},
    {"type": "create_context"},
    {"type": "initialize_session"},
    {"type": "get_chat_history"},
    {"type": "reset_chat_history"},
    {"type": "abort"},
    {"type": "pause"},
    {"type": "resume"},
    {"type": "unload_model"},
    {"type": "list_models"},
    {"type": "worker:initialize", "payload": {}},
    {"type": "worker:prompt", "payload": {"prompt": "Hello!", "options": {"maxTokens": 5}}},
    {"type": "nope"},
]
step = st.tuples(st.sampled_from(REQUESTS), st.floats(0, 0.02))


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(step, min_size=1, max_size=12))
def test_every_request_has_exactly_one_end(steps: list[tuple[Json, float]]) -> None:
    """Whatever is asked in whatever order and haste; paused generations are let go at the end."""
    asyncio.run(converse(steps))


@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(step, min_size=4, max_size=12))
def test_it_is_the_same_over_stdio(steps: list[tuple[Json, float]]) -> None:
    """The rules hold on every port."""
    asyncio.run(converse(steps, stdio_port()))


async def converse(steps: list[tuple[Json, float]], port: ClientPort | None = None) -> None:
    async with LlamaWorker() as worker:
        talk = Talk(port or in_process_port(worker))
        for index, (request, pause) in enumerate(steps):
            await talk.send(**request, id=index)
            await asyncio.sleep(pause)
        ids: list[Any] = list(range(len(steps)))
        if any(request["type"] == "pause" for request, _ in steps):
            await talk.send("cleanup", id="cleanup")
            ids.append("cleanup")
        for id in ids:
            await talk.end_of(id)
        await talk.close()
        check_rules(talk.heard, ids)


LINES = [
    b'{"type":"init","id":"i","options":{"debug":false,"gpu":"auto","numThreads":2}}',
    b'{"type":"load_model","id":"m","modelPath":"/nowhere/model.bin","options":{"gpuLayers":20,"contextSize":512}}',
    b'{"type":"create_context","id":"c","options":{"seed":42,"threads":4}}',
    b'{"type":"generate_completion","id":"g","prompt":"a","options":{"maxTokens":5,"stopSequences":["x"]}}',
    b'{"type":"generate_chat_completion","id":"h","messages":[{"role":"user","content":"a"}],"options":{"topP":0.9}}',
    b'{"type":"worker:prompt","id":1,"payload":{"prompt":"a","options":{"temperature":0.7}}}',
    b'{"type":"worker:unloadModel","id":2,"payload":{"modelPath":"model.bin"}}',
    b'{"type":"function_result","id":3,"callId":"x","result":{"a":[1,2.5,null,"\\u00e9"]}}',
    b'{"type":"set_chat_history","id":4,"messages":[{"role":"assistant","content":"b"}]}',
    b'{"type":"abort","id":5}',
]


def mutate(line: bytes, chance: random.Random) -> bytes:
    """A few bytes changed, removed, doubled or inserted, now and then a line's end."""
    data = bytearray(line)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(data) + 1)
        match chance.randrange(5):
            case 0:
                data[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del data[at : at + chance.randint(1, 8)]
            case 2:
                data[at:at] = data[at : at + chance.randint(1, 8)]
            case 3:
                data[at:at] = chance.choice([b'"', b"{", b"}", b"[", b"]", b":", b",", b"\\", b"\n", b"1e999", b"null"])
            case 4:
                data[at : at + 5] = chance.choice([b"true", b"-1", b'"\\ud800"', b"{}", b"[[[["])
    return bytes(data)


class BytesPort:
    """What the connection sees of a pipe whose bytes are given."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.sent: list[Outgoing] = []

    async def send(self, message: Outgoing) -> None:
        encode(message)
        self.sent.append(message)

    async def __aiter__(self) -> AsyncIterator[Incoming | ErrorMessage]:
        lines = LineSplitter()
        for line in [*lines.feed(self._data), *lines.end()]:
            if line is not None and line.strip():
                yield decode_request(line)
            await asyncio.sleep(0)

    async def close(self) -> None:
        pass


async def test_ten_thousand_damaged_lines_leave_the_port_answering(worker: LlamaWorker) -> None:
    """Nothing that comes in ends the conversation."""
    chance = random.Random(20261120)
    lines = [mutate(chance.choice(LINES), chance) for _ in range(10_000)]
    port = BytesPort(b"\n".join([*lines, b'{"type":"list_models","id":"after all"}']))
    await Connection(worker, port).serve(finish=True)
    answered = [message for message in port.sent if message.id == "after all"]
    assert [str(message.__struct_config__.tag) for message in answered] == ["result"]
    assert len(port.sent) > 10_000


leaves = st.none() | st.booleans() | st.floats() | st.text()


@given(st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_any_json_is_a_request_or_a_refusal(value: Any) -> None:
    """Decoding has no third outcome."""
    assert isinstance(decode_request(json.dumps(value).encode()), ErrorMessage)


@given(st.binary())
def test_any_bytes_are_refused(data: bytes) -> None:
    """Also those that are no JSON."""
    assert isinstance(decode_request(data), ErrorMessage)
