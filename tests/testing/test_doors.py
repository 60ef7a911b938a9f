"""Fake models through every door."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import aiohttp
import pytest

from llama_worker import Image, LlamaWorker, LlamaWorkerBridge, errors
from llama_worker.http import create_app
from llama_worker.ports.local import local_ports
from llama_worker.ports.server.connection import Connection
from llama_worker.testing import DownloadFails, EngineDies, FakeCall, FakeModel, fake_models
from tests.http.server import serving
from tests.ports.stdio_child import StdioChild
from tests.projector_factory import png

SCRIPT = {
    "replies": [{"pieces": ["Hel", "lo"]}, {"text": "never", "fault": {"type": "dies", "after": 1}}],
    "rules": [{"when": "weather", "reply": {"calls": [{"name": "get_weather", "arguments": {"city": "Lisbon"}}]}}],
}


async def test_names_lead_to_different_models() -> None:
    models = {"hf:org/embed*": FakeModel(kind="embedding"), "builtin": FakeModel("small"), "*.gguf": FakeModel("file")}
    with fake_models(models) as fakes:
        async with LlamaWorker() as worker:
            embedder = await worker.load_model("hf:org/embedder:Q8_0")
            small, file = await worker.load_model("builtin"), await worker.load_model("/no/such/file.gguf")
            assert (await small.chat([{"role": "user", "content": "?"}])).text == "small"
            assert (await file.chat([{"role": "user", "content": "?"}])).text == "file"
            assert len(await embedder.embed("x")) == 256
            assert (embedder.public_name, file.public_name) == ("hf:org/embedder:Q8_0", "file")
            with pytest.raises(errors.ModelNotFoundError, match="no fake model"):
                await worker.load_model("hf:org/other")
    assert fakes.loads == ["hf:org/embedder:Q8_0", "builtin", "/no/such/file.gguf", "hf:org/other"]
    fakes.check()


async def test_nothing_is_fetched() -> None:
    models = {"*good*": FakeModel(size_bytes=80), "*": FakeModel(download_fault=DownloadFails(reason="disk_full"))}
    with fake_models(models) as fakes:
        async with LlamaWorker() as worker:
            download = worker.download_model("hf:org/good:Q4_K_M")
            seen = [progress.downloaded_bytes async for progress in download]
            assert (seen[0], seen[-1], (await download).suffix) == (0, 80, ".gguf")
            with pytest.raises(errors.DownloadError) as failed:
                await worker.download_model("https://example.com/broken.gguf")
    assert failed.value.reason == "disk_full"
    assert fakes.downloads == ["hf:org/good:Q4_K_M", "https://example.com/broken.gguf"]


async def test_an_openai_client_is_answered() -> None:
    fake = FakeModel("Hello there!", FakeCall("f", {"x": 1}), EngineDies(after=1), "text", "one", "two")
    with fake_models({"builtin": fake}):
        async with LlamaWorker() as worker, serving(create_app(worker)) as address, aiohttp.ClientSession() as client:
            url = f"{address.url}/v1/chat/completions"
            asked = {"model": "builtin", "messages": [{"role": "user", "content": "Hi"}]}
            async with client.post(url, json=asked) as answer:
                whole = await answer.json()
            assert whole["choices"][0]["message"]["content"] == "Hello there!"
            assert whole["usage"]["completion_tokens"] == 3
            tools = [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}]
            async with client.post(url, json=asked | {"tools": tools, "stream": True}) as answer:
                events = [line[6:] async for line in answer.content if line.startswith(b"data: {")]
            deltas = [choice["delta"] for event in events for choice in json.loads(event)["choices"]]
            pieces = [call["function"]["arguments"] for delta in deltas for call in delta.get("tool_calls", ())]
            assert "".join(pieces) == '{"x": 1}'
            async with client.post(url, json=asked) as answer:
                assert answer.status == 500
            async with client.post(f"{address.url}/v1/completions", json={"model": "builtin", "prompt": "x"}) as answer:
                assert (await answer.json())["choices"][0]["text"] == "text"
            async with client.post(url, json=asked | {"n": 2}) as answer:
                choices = (await answer.json())["choices"]
            assert [choice["message"]["content"] for choice in choices] == ["one", "two"]
    fake.check()


async def test_an_image_is_read_by_who_can() -> None:
    fake = FakeModel("A cat.", modalities=("image",))
    seen = [{"role": "user", "content": ["What is it?", Image(png())]}]
    async with fake as model:
        assert (await model.chat(seen)).text == "A cat."
    assert fake.requests[0].text == "What is it?"
    async with FakeModel("Nothing.") as model:
        with pytest.raises(errors.MediaNotSupportedError):
            await model.chat(seen)


async def test_a_bridge_is_answered() -> None:
    here, there = local_ports()
    with FakeModel("Hello there!").installed():
        async with LlamaWorker() as worker:
            serving = asyncio.create_task(Connection(worker, there).serve())
            async with LlamaWorkerBridge(here) as bridge:
                model = await bridge.load_model("hf:org/model")
                session = await model.create_session()
                assert (await session.prompt("Hi")).text == "Hello there!"
            await serving


def test_a_program_that_speaks_lines_is_answered(tmp_path: Path) -> None:
    script = tmp_path / "script.json"
    script.write_text(json.dumps(SCRIPT))
    with StdioChild((sys.executable, "-m", "llama_worker", "stdio", "--fake", str(script))) as child:
        child.send("load_model", id="load", modelPath="hf:org/model")
        child.send("create_context", id="context")
        child.send("generate_completion", id="first", prompt="Hi")
        child.send("generate_completion", id="second", prompt="Hi")
        chunks, ended = [], ""
        while not ended:
            message = child.read()
            if message["type"] == "completion_chunk":
                chunks.append(message["chunk"])
            if message["type"] == "error":
                ended = message["code"]
    assert chunks[:2] == ["Hel", "lo"]
    assert ended == "engine_died"


@pytest.mark.parametrize(
    ("text", "words"),
    [("{", "no script"), ('{"replies": [{"txt": "a"}]}', "txt"), (None, "cannot be read")],
    ids=["broken", "misspelled", "missing"],
)
def test_a_script_that_is_none_is_one_sentence(text: str | None, words: str, tmp_path: Path) -> None:
    from llama_worker.testing.from_file import faked

    file = tmp_path / "script.json"
    if text is not None:
        file.write_text(text)
    with pytest.raises(errors.InvalidOptionsError, match=words):
        faked(str(file))


async def test_a_script_in_toml(tmp_path: Path) -> None:
    from llama_worker.testing.from_file import faked

    file = tmp_path / "script.toml"
    file.write_text(
        'then = "repeat"\nreplies = ["a"]\n[models."*embed*"]\nkind = "embedding"\n'
        '[[rules]]\nwhen = "who"\nreply = { value = { name = "Maria" } }\n'
    )
    with faked(str(file)):
        async with LlamaWorker() as worker:
            model = await worker.load_model("hf:org/chat")
            assert (await model.chat([{"role": "user", "content": "Who?"}])).text == '{"name":"Maria"}'
            assert (await model.chat([{"role": "user", "content": "?"}])).text == "a"
            assert len(await (await worker.load_model("hf:org/embedder")).embed("x")) == 256
