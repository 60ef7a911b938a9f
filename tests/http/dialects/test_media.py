"""Images and sounds in requests of every dialect."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from llama_worker import LlamaWorker, Model
from llama_worker.http import create_app
from tests.http.server import Address, events, fetch, serving
from tests.projector_factory import IMAGE_TOKENS, png, wav

pytestmark = pytest.mark.asyncio(loop_scope="module")
Body = dict[str, Any]
RED = base64.b64encode(png()).decode()
URL = f"data:image/png;base64,{RED}"
WAV = base64.b64encode(wav()).decode()
SOURCE = {"type": "base64", "media_type": "image/png", "data": RED}


class Served:
    """A server with a model that sees and one that does not."""

    def __init__(self, address: Address, model: Model) -> None:
        self.address = address
        self.model = model

    async def post(self, path: str, body: Body, status: int = 200) -> Any:
        answer = await fetch(self.address, "POST", path, {"model": "seeing", "temperature": 0} | body)
        assert answer.status == status, answer.body
        return answer.json() if not body.get("stream") else events(answer.body)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(seeing_path: Path) -> AsyncIterator[Served]:
    async with LlamaWorker() as worker:
        await worker.load_model("builtin", context_size=512)
        model = await worker.load_model(seeing_path, context_size=1024, sequences=2)
        models = {"seeing": str(seeing_path), "blind": "builtin"}
        async with serving(create_app(worker, models=models)) as address:
            yield Served(address, model)


def chat(*parts: Body, **fields: Any) -> Body:
    return {"messages": [{"role": "user", "content": list(parts)}], "max_tokens": 12} | fields


TEXT = {"type": "text", "text": "What is this?"}
IMAGE = {"type": "image_url", "image_url": {"url": URL, "detail": "low"}}
SOUND = {"type": "input_audio", "input_audio": {"data": WAV, "format": "wav"}}
RESPONSE = {
    "input": [
        {
            "role": "user",
            "content": [{"type": "input_text", "text": "What is this?"}, {"type": "input_image", "image_url": URL}],
        }
    ],
    "max_output_tokens": 12,
}
MESSAGE = {
    "messages": [{"role": "user", "content": [TEXT, {"type": "image", "source": SOURCE}]}],
    "max_tokens": 12,
}


async def test_every_dialect_shows_the_model_the_same(served: Served) -> None:
    here = await served.model.chat(chat(TEXT, IMAGE)["messages"], temperature=0, max_tokens=12)
    answer = await served.post("/v1/chat/completions", chat(TEXT, IMAGE))
    assert answer["choices"][0]["message"]["content"] == here.text
    assert answer["usage"]["prompt_tokens"] == here.usage.prompt_tokens
    response = await served.post("/v1/responses", RESPONSE)
    assert response["output"][-1]["content"][0]["text"] == here.text
    message = await served.post("/v1/messages", MESSAGE)
    assert message["content"][-1]["text"] == here.text
    pieces = await served.post("/v1/chat/completions", chat(TEXT, IMAGE, stream=True))
    assert (
        "".join(piece["choices"][0]["delta"].get("content") or "" for piece in pieces if piece["choices"]) == here.text
    )


async def test_a_sound_is_heard(served: Served) -> None:
    count = await served.model.count_tokens(chat(TEXT, SOUND)["messages"])
    answer = await served.post("/v1/chat/completions", chat(TEXT, SOUND))
    assert answer["usage"]["prompt_tokens"] == count


async def test_forms_are_kept_beside_an_image(served: Served) -> None:
    function = {
        "name": "tell",
        "parameters": {"type": "object", "properties": {"n": {"enum": [1, 2]}}, "required": ["n"]},
    }
    called = await served.post(
        "/v1/chat/completions",
        chat(TEXT, IMAGE, tools=[{"type": "function", "function": function}], tool_choice="required", max_tokens=200),
    )
    assert called["choices"][0]["message"]["tool_calls"][0]["function"]["name"] == "tell"
    schema = {"type": "json_schema", "json_schema": {"schema": {"enum": ["yes", "no"]}}}
    formed = await served.post("/v1/chat/completions", chat(TEXT, IMAGE, response_format=schema))
    assert formed["choices"][0]["message"]["content"] in ('"yes"', '"no"')


def tool_result(*blocks: Body) -> Body:
    call = {"type": "tool_use", "id": "toolu_1", "name": "look", "input": {}}
    result = {"type": "tool_result", "tool_use_id": "toolu_1", "content": list(blocks)}
    return {
        "messages": [
            {"role": "user", "content": "Look!"},
            {"role": "assistant", "content": [call]},
            {"role": "user", "content": [result]},
        ],
        "max_tokens": 4,
    }


async def test_what_a_tool_shows_is_seen(served: Served) -> None:
    without = await served.post("/v1/messages/count_tokens", tool_result(TEXT))
    shown = tool_result(TEXT, {"type": "image", "source": SOURCE})
    counted = await served.post("/v1/messages/count_tokens", shown)
    assert counted["input_tokens"] - without["input_tokens"] == IMAGE_TOKENS
    usage = (await served.post("/v1/messages", shown))["usage"]
    assert usage["input_tokens"] + usage.get("cache_read_input_tokens", 0) == counted["input_tokens"]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/chat/completions", chat(TEXT, IMAGE)),
        ("/v1/chat/completions", chat(TEXT, SOUND)),
        ("/v1/responses", RESPONSE),
        ("/v1/messages", MESSAGE),
        ("/v1/messages", tool_result({"type": "image", "source": SOURCE})),
    ],
)
async def test_a_model_that_cannot_read_it_says_so(served: Served, path: str, body: Body, stream: bool) -> None:
    answer = await fetch(served.address, "POST", path, body | {"model": "blind", "stream": stream})
    assert answer.status == 400, answer.body
    assert "This model cannot " in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:9/a.png", "https://example.org/a.png", "file:///etc/passwd", RED]
)
async def test_nothing_is_fetched(served: Served, address: str) -> None:
    image = {"type": "image_url", "image_url": {"url": address}}
    error = (await served.post("/v1/chat/completions", chat(TEXT, image), 400))["error"]
    assert (error["code"], error["param"]) == ("invalid_media", "messages[0].content[1].image_url.url")
    response = {"input": [{"role": "user", "content": [{"type": "input_image", "image_url": address}]}]}
    assert (await served.post("/v1/responses", response, 400))["error"]["code"] == "invalid_media"
    source = {"type": "image", "source": {"type": "url", "url": address}}
    message = {"messages": [{"role": "user", "content": [source]}], "max_tokens": 1}
    assert "must be a data: URL" in (await served.post("/v1/messages", message, 400))["error"]["message"]
    assert "must be a data: URL" in (await served.post("/v1/messages", tool_result(source), 400))["error"]["message"]


async def test_what_only_begins_as_an_image_is_refused(served: Served) -> None:
    broken = base64.b64encode(png()[:30]).decode()
    image = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{broken}"}}
    error = (await served.post("/v1/chat/completions", chat(TEXT, image), 400))["error"]
    assert (error["code"], "broken" in error["message"]) == ("invalid_media", True)


async def test_a_template_is_shown_without_the_bytes(served: Served) -> None:
    prompt = (await served.post("/apply-template", chat(TEXT, IMAGE)))["prompt"]
    assert "What is this?" in prompt
    assert len(prompt) < 200
