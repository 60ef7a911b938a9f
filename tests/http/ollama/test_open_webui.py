"""What Open WebUI asks of an Ollama, in its order, and what it makes of the answers.

From its backend's `routers/ollama.py`, `utils/payload.py`, `utils/response.py` and `retrieval/utils.py`.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from llama_worker import LlamaWorker
from llama_worker.http import create_app
from tests.http.ollama.test_models import hub
from tests.http.server import Address, Response, fetch, serving
from tests.models.download.hub_server import HubServer

__all__ = ["hub"]
KEY = "the key of the connection"
NAME = "hf.co/org/repo:Q4_K_M"


class OpenWebUI:
    """Its backend, with one connection."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self.models: dict[str, Any] = {}

    async def ask(self, method: str, path: str, payload: Any = None) -> Response:
        headers = {
            "Authorization": f"Bearer {KEY}",
            "Content-Type": "application/json",
            "X-OpenWebUI-User-Name": "Ana%20Maria",
            "X-OpenWebUI-User-Role": "admin",
        }
        return await fetch(self._address, method, f"/api/{path}", payload, headers)

    async def verify_connection(self) -> tuple[int, ...]:
        """It takes the lowest version of all connections, number by number."""
        told = (await self.ask("GET", "version")).json()["version"]
        return tuple(map(int, re.sub(r"^v|-.*", "", told).split(".")))

    async def get_all_models(self) -> dict[str, Any]:
        """The list for its users, with what is loaded and until when."""
        models = {model["model"]: model for model in (await self.ask("GET", "tags")).json()["models"]}
        for loaded in (await self.ask("GET", "ps")).json()["models"]:
            expires_at = datetime.fromisoformat(loaded["expires_at"])
            models[loaded["name"]]["expires_at"] = int(expires_at.timestamp())
        self.models = models
        return models

    async def pull(self, name: str) -> list[Any]:
        """With progress by digest, which its page draws as a bar."""
        answer = await self.ask("POST", "pull", {"name": name, "model": name, "insecure": True})
        lines = [json.loads(line) for line in answer.body.splitlines()]
        assert not any("error" in line for line in lines)
        return [
            round(line["completed"] / line["total"], 3) for line in lines if "digest" in line and "completed" in line
        ]

    async def chat(self, model: str, messages: list[Any], **more: Any) -> dict[str, Any]:
        """As its users talk: streamed, with the settings of their models."""
        model = model if ":" in model else f"{model}:latest"
        assert model in self.models
        options = {"temperature": 0.0, "top_p": 0.9, "num_predict": 40, "num_ctx": 1024, "num_keep": 24}
        payload = {"model": model, "messages": messages, "stream": True, "options": options, "keep_alive": "5m"}
        answer = await self.ask("POST", "chat", payload | more)
        assert answer.status == 200, answer.body
        text, usage = "", {}
        for line in answer.body.splitlines():
            data = json.loads(line)
            message = data.get("message", {})
            text += message.get("content", "")
            if data.get("done"):
                usage = {
                    "response_token/s": data["eval_count"] / (data["eval_duration"] / 10_000_000) * 100,
                    "prompt_tokens": int(data["prompt_eval_count"]),
                    "total_duration": data["total_duration"],
                }
        return {"content": text, "usage": usage}

    async def task(self, model: str, prompt: str) -> str:
        """Titles, tags and queries: whole, and quickly."""
        asked = {"model": model, "messages": [{"role": "user", "content": prompt}], "stream": False, "think": False}
        answer = await self.ask("POST", "chat", asked | {"options": {"num_predict": 20}})
        text: str = answer.json()["message"]["content"]
        return text

    async def embed(self, model: str, texts: list[str]) -> list[list[float]]:
        """Of documents, in batches."""
        answer = await self.ask("POST", "embed", {"input": texts, "model": model, "truncate": True})
        vectors: list[list[float]] = answer.json()["embeddings"]
        return vectors

    async def unload(self, model: str) -> None:
        payload = {"model": model, "keep_alive": 0, "prompt": ""}
        assert (await self.ask("POST", "generate", payload)).json()["done_reason"] == "unload"


@pytest.fixture
async def webui(hub: HubServer, random_model_path: Path) -> AsyncIterator[OpenWebUI]:
    hub.add("org/repo", "tiny-Q4_K_M.gguf", random_model_path.read_bytes())
    async with LlamaWorker() as worker, serving(create_app(worker, api_key=KEY)) as address:
        yield OpenWebUI(address)


async def test_a_day_with_open_webui(webui: OpenWebUI) -> None:
    assert await webui.verify_connection() >= (0, 1, 16)
    assert list(await webui.get_all_models()) == ["builtin:latest"]
    hello = [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hello!"}]
    answer = await webui.chat("builtin", hello)
    assert answer["content"]
    assert answer["usage"]["response_token/s"] > 0
    assert answer["usage"]["prompt_tokens"] > 0
    later = [*hello, {"role": "assistant", "content": answer["content"]}, {"role": "user", "content": "And again?"}]
    assert (await webui.chat("builtin:latest", later))["content"]
    assert await webui.task("builtin:latest", "Give this chat a title.")
    assert len(await webui.embed("builtin:latest", ["one", "two"])) == 2
    assert (await webui.get_all_models())["builtin:latest"]["expires_at"] > 0
    await webui.unload("builtin:latest")
    assert "expires_at" not in (await webui.get_all_models())["builtin:latest"]


async def test_its_models_page_pulls_shows_and_deletes(webui: OpenWebUI) -> None:
    progress = await webui.pull(NAME)
    assert progress == sorted(progress)
    assert progress[-1] == 1.0
    assert NAME in await webui.get_all_models()
    shown = (await webui.ask("POST", "show", {"name": NAME, "model": NAME})).json()
    assert "completion" in shown["capabilities"]
    assert (await webui.ask("DELETE", "delete", {"name": NAME, "model": NAME})).status == 200
    assert NAME not in await webui.get_all_models()


async def test_what_goes_wrong_is_a_sentence_that_its_page_shows(webui: OpenWebUI) -> None:
    for path, payload in (("chat", {"model": "gone:latest", "messages": []}), ("pull", {"model": "llama3.2"})):
        answer = await webui.ask("POST", path, payload)
        assert not 200 <= answer.status < 300
        assert isinstance(answer.json()["error"], str)
