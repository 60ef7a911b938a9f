"""The server that one of llama.cpp's tests asks for, as one process: `python -m tests.compat.server SETTINGS`."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from llama_worker import LlamaWorker
from llama_worker.config.named_model import NamedModel
from llama_worker.http import create_app
from llama_worker.http.serving.server import create_server, listen
from llama_worker.models import ModelStore
from llama_worker.options import ModelOptions, PromptOptions
from tests.families.sources import TEMPLATES
from tests.gguf_factory import write_gguf
from tests.projector_factory import write_projector
from tests.worker.embedding.small_models import encoder
from tests.worker.infill.test_infill import coder

_LARGEST = 2048
# llama-server answers whatever name a request has with the one model that it has.
_ANY_NAME = ("test", "gpt-4.1", "gpt-3.5-turbo", "gpt-3.5-turbo-instruct", "davinci-002", "text-embedding-3-small")
_ROUTED = (
    "ggml-org/tinygemma3-GGUF:Q8_0",
    "ggml-org/test-model-stories260K:F32",
    "ggml-org/test-model-stories260K-infill:F32",
)


def model_for(repository: str, folder: Path) -> str:
    """A model of the same kind as the one that a test wants; its text is another."""
    kinds: dict[str, Callable[[], Path]] = {
        "bert-bge": lambda: encoder(folder / "bert.gguf"),
        "rerank": lambda: encoder(folder / "ranker.gguf", ranks=True),
        "infill": lambda: coder(folder),
        "gemma3": lambda: _seeing(folder),
    }
    for name, make in kinds.items():
        if name in repository:
            return str(make())
    return "builtin"


def _seeing(folder: Path) -> Path:
    write_projector(folder / "mmproj-model.gguf")
    return write_gguf(folder / "model.gguf", plain_text=True, endless=True)


def named(asked: dict[str, Any], folder: Path) -> dict[str, NamedModel]:
    """What the test has loaded, under all the names by which it is asked for."""
    hub = f"{asked.get('model_hf_repo')} {asked.get('model_hf_file')}"
    if asked.get("model_hf_repo") is None:
        return {name: _one(asked, model_for(name, folder)) for name in _ROUTED}
    model = _one(asked, model_for(hub, folder))
    return dict.fromkeys((asked.get("model_alias") or "model", *_ANY_NAME), model)


def _one(asked: dict[str, Any], model: str) -> NamedModel:
    """With the settings that the test gives."""
    slots = asked.get("n_slots") or 1
    whole = bool(asked.get("kv_unified"))
    context = (asked.get("n_ctx") or 512) // (1 if whole else slots)
    options: dict[str, Any] = {
        "context_size": min(context, _LARGEST),
        "sequences": slots,
        "batch_size": asked.get("n_batch"),
        "chat_template": _template(asked.get("chat_template_file")),
    }
    known: dict[str, Any] = {name: value for name, value in options.items() if value is not None}
    return NamedModel(model=model, options=ModelOptions(kv_unified=whole, **known), prompt=_answers(asked))


def _template(path: str | None) -> str | None:
    return str(TEMPLATES / Path(path).name) if path else None


def _answers(asked: dict[str, Any]) -> PromptOptions:
    said: dict[str, Any] = {"temperature": asked.get("temperature"), "seed": asked.get("seed")}
    if (asked.get("n_predict") or -1) >= 0:
        said["max_tokens"] = asked["n_predict"]
    if asked.get("reasoning") == "off":
        said["reasoning_effort"] = "none"
    return PromptOptions(**{name: value for name, value in said.items() if value is not None})


async def serve(asked: dict[str, Any]) -> None:
    """Until it is ended."""
    with tempfile.TemporaryDirectory() as folder:
        store = ModelStore(Path(folder) / "hub", Path(folder) / "plain")
        async with LlamaWorker() as worker:
            models = named(asked, Path(folder))
            most = asked.get("models_max")
            app = create_app(worker, store=store, models=models, api_key=asked.get("api_key"), max_models=most)
            if asked.get("model_hf_repo"):
                await app.state.pool.load(next(iter(models)))
            server = create_server(app)
            await server.serve(sockets=[listen("127.0.0.1", asked["server_port"], has_key=True)])


if __name__ == "__main__":
    asyncio.run(serve(json.loads(sys.argv[1])))
