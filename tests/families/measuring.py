"""`python -m tests.families.measuring`: the estimate of memory against the engine, for docs/models-that-work.md.

One family for each pair of architecture and vocabulary. What was measured is kept in `measured.json` beside this file.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

import psutil
from msgspec import Struct, json

from llama_worker import LlamaWorker, Model
from llama_worker.engine.api.endpoints import EMBEDDINGS
from llama_worker.models.gguf.inspect import read_header
from llama_worker.models.memory.estimate import estimate

from .family import Family
from .table import FAMILIES

MEASURED = Path(__file__).with_name("measured.json")
_CONTEXT, _LARGEST_EMBEDDED = 2048, 512
_ROOM = 200


class Measured(Struct, frozen=True):
    """What an engine occupied with its context full, and what was expected; bytes."""

    found: int
    expected: int

    @property
    def error(self) -> float:
        """The estimate's, as a share of what was found."""
        return self.expected / self.found - 1


async def measured(model: Model, path: Path) -> Measured:
    """Fill the context of the one sequence, and look."""
    settings = model.runtime.settings
    if settings.pooling == "model":
        tokens = [1000 + place % 900 for place in range(settings.context_size - 8)]
        await model.runtime.request(EMBEDDINGS, {"input": [tokens]}, owner=path)
    else:
        await model.complete("la " * (settings.context_size - _ROOM), max_tokens=4, temperature=0)
    assert model.pid is not None
    found = (await asyncio.to_thread(psutil.Process(model.pid).memory_info)).rss
    expected = estimate(
        read_header(path),
        context_size=settings.context_size,
        sequences=settings.sequences,
        batch_size=settings.batch_size,
        context_checkpoints=settings.context_checkpoints,
        flash_attention=settings.flash_attention,
    )
    return Measured(found, expected.total_bytes)


def read() -> dict[str, Measured]:
    """What was measured, by family."""
    return json.decode(MEASURED.read_bytes(), type=dict[str, Measured])


async def _measure(family: Family, worker: LlamaWorker, folder: Path) -> Measured:
    path = await asyncio.to_thread(family.write, folder)
    context = _CONTEXT if family.chats else _LARGEST_EMBEDDED
    model = await worker.load_model(path, context_size=context, sequences=1)
    try:
        return await measured(model, path)
    finally:
        await model.unload()
        path.unlink()


async def main() -> None:
    """Measure, and keep it."""
    kinds = {(family.architecture, family.vocabulary): family for family in reversed(FAMILIES)}
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        async with LlamaWorker(state_cache=False) as worker:
            for family in FAMILIES:
                if family in kinds.values():
                    results[family.name] = await _measure(family, worker, Path(folder))
                    print(f"{family.name}: {results[family.name].error:+.1%}", flush=True)
    MEASURED.write_bytes(json.format(json.encode(results), indent=2) + b"\n")


if __name__ == "__main__":
    asyncio.run(main())
