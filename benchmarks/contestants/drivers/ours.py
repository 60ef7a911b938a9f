"""llama-worker, as its README uses it: `load_model`, `complete` and `session.prompt`, streamed by `async for`.

Several at a time are several sessions in one event loop, each prompted in a task of its own. Nothing is set that a
caller would not set: `context_size` and `sequences` as for everybody, `threads` when equal threads are compared, and
`engine_options={"ignore_eos": True}`, which llama.cpp has for measuring. The event loop runs all the time,
also between two requests, as it does in a program.

`LLAMA_WORKER_ENGINE` chooses another engine, as everywhere.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from importlib.metadata import version
from typing import Any

from msgspec import to_builtins

from benchmarks.contestants.drivers.lines import Fields, Lines, Stopwatch
from llama_worker import LlamaWorker
from llama_worker.worker.model import Model

_TO_THE_LIMIT = {"ignore_eos": True}


class Ours:
    """One worker with one model."""

    def __init__(self, worker: LlamaWorker) -> None:
        self._worker = worker
        self._model: Model | None = None
        self.requests: dict[str, Callable[..., Awaitable[Fields]]] = {
            "load": self.load,
            "answer": self.answer,
            "chats": self.chats,
            "embed": self.embed,
        }

    @property
    def _loaded(self) -> Model:
        assert self._model is not None, "load comes first"
        return self._model

    async def load(
        self, model: str, threads: int | None, context: int, sequences: int, embeddings: bool = False
    ) -> Fields:
        began = time.perf_counter()
        chosen: dict[str, Any] = {} if threads is None else {"threads": threads}
        if embeddings:
            chosen["pooling"] = "last"
        self._model = await self._worker.load_model(model, context_size=context, sequences=sequences, **chosen)
        seconds = time.perf_counter() - began
        versions = {name: version(name) for name in ("llama-worker", "xllamacpp")}
        if engine := os.environ.get("LLAMA_WORKER_ENGINE"):
            versions["engine"] = os.path.basename(engine)  # noqa: PTH119 - it may be a command's name
        return {"seconds": seconds, "versions": versions, "settings": to_builtins(self._model.info.settings)}

    async def answer(self, prompt: str, tokens: int, cached: bool) -> Fields:
        watch = Stopwatch()
        answer = self._loaded.complete(
            prompt, max_tokens=tokens, temperature=0, cache_prompt=cached, engine_options=_TO_THE_LIMIT
        )
        async for text in answer:
            watch.hear(text)
        usage = (await answer).usage
        return watch.read(usage.completion_tokens, usage.prompt_tokens, usage.cached_tokens)

    async def chats(self, prompts: list[str], tokens: int) -> Fields:
        began = time.perf_counter()
        each = await asyncio.gather(*[self._chat(prompt, tokens) for prompt in prompts])
        return {"total": time.perf_counter() - began, "each": each}

    async def _chat(self, prompt: str, tokens: int) -> Fields:
        watch = Stopwatch()
        session = await self._loaded.create_session()
        answer = session.prompt(prompt, max_tokens=tokens, temperature=0, engine_options=_TO_THE_LIMIT)
        async for text in answer:
            watch.hear(text)
        usage = (await answer).usage
        return watch.read(usage.completion_tokens, usage.prompt_tokens, usage.cached_tokens)

    async def embed(self, texts: list[str]) -> Fields:
        began = time.perf_counter()
        await self._loaded.embed(texts)
        return {"total": time.perf_counter() - began}


async def main() -> None:
    lines = Lines()
    async with LlamaWorker() as worker:
        ours = Ours(worker)
        while request := await asyncio.to_thread(lines.read):
            did = request.pop("do")
            if did == "quit":
                break
            try:
                lines.write(await ours.requests[did](**request))
            except Exception as error:  # whatever went wrong is the answer
                lines.write({"error": f"{type(error).__name__}: {error}"})
    lines.write({})


if __name__ == "__main__":
    asyncio.run(main())
