"""The seeds' dialogue, message by message, without ids, as a client written for them has it."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

from tests.ports.stdio_child import StdioChild
from tests.ports.talk import Json, Talk

OPTIONS = {"maxTokens": 12, "temperature": 0.8, "topP": 0.95, "stopSequences": [], "seed": 1}
MESSAGES = [
    {"role": "system", "content": "Você é um assistente útil"},
    {"role": "user", "content": "Hello!"},
    {"role": "assistant", "content": "Hello! How can I help you?"},
    {"role": "user", "content": "Explique clean architecture"},
]

# What is sent, and the types that come back; "*" is any number of them, "+" one at least.
DIALOGUE: list[tuple[Json, list[str]]] = [
    ({"type": "init", "options": {"debug": False, "gpu": "auto", "numThreads": 2}}, ["info", "result", "info"]),
    (
        {
            "type": "load_model",
            "modelPath": "builtin",
            "options": {"gpuLayers": 0, "contextSize": 1024, "batchSize": 64, "seed": 42},
        },
        ["info", "progress+", "model_loaded", "info"],
    ),
    ({"type": "create_context"}, ["info", "context_created", "info"]),
    (
        {"type": "generate_completion", "prompt": "Hello!", "options": OPTIONS},
        ["info", "progress+", "completion_chunk+", "completion_done", "info"],
    ),
    (
        {"type": "generate_chat_completion", "messages": MESSAGES, "options": OPTIONS},
        ["info", "progress+", "completion_chunk+", "completion_done", "info"],
    ),
    ({"type": "abort"}, ["result"]),
    ({"type": "abort_download"}, ["result"]),
    ({"type": "teapot"}, ["error"]),
]

CHANNELS: list[tuple[Json, list[str]]] = [
    (
        {"type": "worker:initialize", "payload": {"modelPath": "builtin", "gpuLayers": 20}},
        ["info", "info", "progress+", "model_loaded", "info"],
    ),
    (
        {"type": "worker:loadModel", "payload": {"modelPath": "builtin", "gpuLayers": 20}},
        ["info", "progress+", "model_loaded", "info"],
    ),
    (
        {"type": "worker:createContext", "payload": {"seed": 42, "threads": 1}},
        ["info", "progress*", "context_created", "info"],
    ),
    (
        {"type": "worker:initializeSession", "payload": {"systemPrompt": "Você é um assistente útil"}},
        ["session_created", "info"],
    ),
    (
        {"type": "worker:prompt", "payload": {"prompt": "Hello!", "options": {"temperature": 0.7, "maxTokens": 12}}},
        ["info", "progress+", "completion_chunk+", "completion_done", "info"],
    ),
    (
        {
            "type": "worker:sendPrompt",
            "payload": {"prompt": "Explique clean architecture", "options": {"temperature": 0.7, "maxTokens": 12}},
        },
        ["operation_started", "info", "progress+", "completion_chunk+", "completion_done", "info"],
    ),
    ({"type": "worker:unloadModel", "payload": {"modelPath": "builtin"}}, ["info", "model_unloaded", "info"]),
]


def fits(types: list[str], pattern: list[str]) -> bool:
    """Whether the types are those of the pattern."""
    expression = "".join(f"(?:{name.rstrip('*+')} ){name[len(name.rstrip('*+')) :]}" for name in pattern)
    return re.fullmatch(expression, "".join(f"{type} " for type in types)) is not None


def check_fields(message: Json) -> None:
    """The fields that a client of the seeds reads, with their names and types."""
    expected: dict[str, dict[str, Any]] = {
        "info": {"message": str},
        "error": {"error": str},
        "progress": {"progressType": str, "progress": float},
        "completion_chunk": {"chunk": str},
        "completion_done": {"fullText": str, "stats": dict},
        "model_loaded": {"modelInfo": dict},
    }
    for name, kind in expected.get(message["type"], {}).items():
        assert isinstance(message[name], kind)
    if message["type"] == "completion_done":
        assert {"promptTokens", "completionTokens", "totalTokens"} <= set(message["stats"])
    if message["type"] == "model_loaded":
        assert message["modelInfo"]["name"] == "builtin.gguf"
        assert {"size", "parameters"} <= set(message["modelInfo"])


@pytest.mark.parametrize("dialogue", [DIALOGUE, CHANNELS], ids=["messages", "channels"])
async def test_the_dialogue_one_request_after_the_other(talk: Talk, dialogue: list[tuple[Json, list[str]]]) -> None:
    """Each request is answered as the seeds answer it, and none carries an id."""
    await talk.until(lambda message: message["type"] == "info")
    for request, pattern in dialogue:
        talk.heard.clear()
        await talk.send(**request)
        async with asyncio.timeout(60):
            while not fits([message["type"] for message in talk.heard], pattern):
                await asyncio.sleep(0.01)
        for message in talk.heard:
            assert "id" not in message
            check_fields(message)
        chunks = "".join(message["chunk"] for message in talk.heard if "chunk" in message)
        assert chunks == next((message["fullText"] for message in talk.heard if "fullText" in message), "")


@pytest.mark.parametrize(
    "dialogue",
    [pytest.param(DIALOGUE[:5], id="messages", marks=pytest.mark.slow), pytest.param(CHANNELS, id="channels")],
)
def test_the_dialogue_piped_in_at_once(dialogue: list[tuple[Json, list[str]]]) -> None:
    """A file of the requests gives the same answers in the same order."""
    with StdioChild() as child:
        for request, _ in dialogue:
            child.send(**request)
        heard = child.rest()
    pattern = ["info"] + [expected for _, pattern in dialogue for expected in pattern]
    assert fits([message["type"] for message in heard], pattern)


async def test_the_seeds_abort(talk: Talk, random_model_path: Path) -> None:
    """`abort` without an id aborts the running generation; its text so far is the answer."""
    for request in (
        {"type": "load_model", "modelPath": str(random_model_path)},
        {"type": "create_context"},
        {"type": "generate_completion", "prompt": "a", "options": {"maxTokens": 100_000, "temperature": 0}},
    ):
        await talk.send(**request)
    await talk.until(lambda message: message["type"] == "completion_chunk")
    await talk.send("abort")
    done = await talk.until(lambda message: message["type"] == "completion_done")
    assert done["finishReason"] == "abort"
    assert done["fullText"] == "".join(message["chunk"] for message in talk.heard if "chunk" in message)
    for text in ("Operation aborted", "Generation aborted by the user"):
        await talk.until(lambda message, text=text: message.get("message") == text)  # type: ignore[misc]


async def test_the_seeds_download_that_fails(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    """One end, with the `requestId` and the text where the seeds have them."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    await talk.send("download_model", modelId="hf://org/repo", requestId="download-1")
    error = await talk.until(lambda message: message["type"] == "download_error")
    assert error["requestId"] == "download-1"
    assert error["error"] == error["message"] != ""
    await talk.ask("list_models", id=1)
    assert [message["type"] for message in talk.heard].count("download_error") == 1
    assert not [message for message in talk.heard if message["type"] == "error"]


async def serve_file(data: bytes) -> asyncio.Server:
    """A web server that knows one file, and sends it in pieces."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(data))
        for start in range(0, len(data) if request.startswith(b"GET") else 0, 65536):
            writer.write(data[start : start + 65536])
            await writer.drain()
        writer.close()

    return await asyncio.start_server(answer, "127.0.0.1", 0)


async def test_the_seeds_download(talk: Talk, random_model_path: Path) -> None:
    """Progress to 1.0, then the path; every message carries the `requestId`."""
    server = await serve_file(random_model_path.read_bytes())
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/model.gguf"
    await talk.send("download_model", modelId=url, requestId="download-1")
    complete = await talk.until(lambda message: message["type"].startswith("download_") and "progress" not in message)
    assert complete["type"] == "download_complete", complete
    assert Path(complete["filePath"]).read_bytes() == random_model_path.read_bytes()
    about = [message for message in talk.heard if message.get("requestId") == "download-1"]
    progress = [message["progress"] for message in about if message["type"] == "download_progress"]
    assert progress == sorted(set(progress))
    assert progress[-1] == 1.0
    assert about[-1] is complete
    server.close()
