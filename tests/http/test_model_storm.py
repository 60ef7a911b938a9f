"""Many clients and a program want more models than there is memory for, leave at any moment, and nobody is stuck."""

from __future__ import annotations

import asyncio
import random
import shutil
from collections import Counter
from pathlib import Path

import pytest

from llama_worker import LlamaWorker, Model, ModelOptions
from llama_worker.config.named_model import NamedModel
from llama_worker.errors import InsufficientMemoryError
from llama_worker.http import create_app
from tests.http.server import Address, RawClient, fetch, serving
from tests.http.test_cancel import eventually

SMALL = ModelOptions(context_size=1024, sequences=2, prompt_cache_bytes=0)
ASK = {"prompt": "x", "ignore_eos": True}
CLIENTS, ROUNDS, LONGEST_WAIT = 8, 25, 60


async def client(address: Address, program: Model, chance: random.Random, seen: Counter[object]) -> None:
    for _ in range(ROUNDS):
        asked = ASK | {"model": chance.choice("abcd"), "max_tokens": chance.choice([1, 20, 300])}
        async with asyncio.timeout(LONGEST_WAIT):
            match chance.randrange(4):
                case 0:  # leaves, whether it is waiting or being answered
                    leaver = await RawClient.connect(address)
                    await leaver.post("/v1/completions", asked | {"max_tokens": 900, "stream": True})
                    await asyncio.sleep(chance.random() / 2)
                    leaver.leave()
                case 1:
                    try:
                        await program.complete("x", max_tokens=5)
                        seen["program"] += 1
                    except InsufficientMemoryError as error:
                        seen["refused" if error.busy else "refused for nothing"] += 1
                case _:
                    seen[(await fetch(address, "POST", "/v1/completions", asked)).status] += 1


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 7])
async def test_nobody_is_stuck_and_nothing_is_left(seed: int, random_model_path: Path, tmp_path: Path) -> None:
    paths = {name: shutil.copy(random_model_path, tmp_path / f"{name}.gguf") for name in "abcde"}
    models = {name: NamedModel(model=str(paths[name]), options=SMALL) for name in "abcd"}
    chance, seen = random.Random(seed), Counter[object]()
    async with LlamaWorker() as worker:
        needed = (await worker.estimate(random_model_path, SMALL)).required_bytes
        await worker.initialize(memory_budget=needed * 5 // 2)
        program = await worker.load_model(paths["e"], SMALL, keep_alive=0.3)
        async with serving(create_app(worker, models=models, keep_alive=0.5)) as address:
            await asyncio.gather(*(client(address, program, chance, seen) for _ in range(CLIENTS)))
            assert seen["program"]
            assert seen[200]
            assert not set(seen) - {"program", "refused", 200}
            await eventually(lambda: _rests(worker, program))
            assert worker.residency.changes.waiting == 0


async def _rests(worker: LlamaWorker, program: Model) -> bool:
    """Whatever was loaded for requests is unloaded, and the program's own engine has ended."""
    (listed, *others) = await worker.list_models()
    return not others and listed.model_id == program.id and not listed.users and program.pid is None
