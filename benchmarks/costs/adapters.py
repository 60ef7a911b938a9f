"""What LoRA adapters cost: one answer with an adapter against one without, and two answers at once, with the same
adapter against different ones, which llama-server does not compute in one batch.

`python -m benchmarks.costs.adapters [ROUNDS]`: every way in each round, so that whatever else the machine does hits
all; medians of the ratios of a round. The model has 40 million random weights, the adapters have rank 16 on every
matrix.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

from tests.adapter_factory import pair, write_lora
from tests.gguf_factory import write_gguf

from llama_worker import LlamaWorker, Model, PromptOptions

TOKENS = 64
WIDTH, FORWARD, BLOCKS, RANK = 512, 1536, 12, 16
WAYS: dict[str, tuple[dict[str, float], ...]] = {
    "one answer": ({},),
    "one answer with an adapter": ({"first": 1},),
    "two at once, no adapter": ({}, {}),
    "two at once, the same adapter": ({"first": 1}, {"first": 1}),
    "two at once, different adapters": ({"first": 1}, {"second": 1}),
}


async def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "random.gguf"
        write_gguf(path, embedding_length=WIDTH, block_count=BLOCKS, head_count=8, feed_forward_length=FORWARD)
        loras = {name: make_lora(Path(folder) / name, seed) for seed, name in enumerate(("first", "second"))}
        async with LlamaWorker(state_cache=False) as worker:
            model = await worker.load_model(path, loras=loras, sequences=2, context_size=1024)
            print(f"adapters of {model.info.loras[0].size / 1e6:.1f} MB, the model has {model.info.size / 1e6:.0f} MB")
            report([{way: await seconds(model, scales) for way, scales in WAYS.items()} for _ in range(rounds)])


def make_lora(path: Path, seed: int) -> Path:
    wide = {name: pair(WIDTH, WIDTH, RANK) for name in ("attn_q", "attn_k", "attn_v", "attn_output")}
    shapes = wide | {"ffn_gate": pair(WIDTH, FORWARD, RANK), "ffn_up": pair(WIDTH, FORWARD, RANK)}
    shapes |= {"ffn_down": pair(FORWARD, WIDTH, RANK)}
    changed = {f"blk.{block}.{name}.weight": shape for block in range(BLOCKS) for name, shape in shapes.items()}
    return write_lora(path, seed, changed=changed)


async def seconds(model: Model, scales: tuple[dict[str, float], ...]) -> float:
    """Until all answers are there; each goes on from what its own slot holds."""
    options = PromptOptions(max_tokens=TOKENS, temperature=0, engine_options={"ignore_eos": True})
    began = time.perf_counter()
    await asyncio.gather(*(model.complete("Ships", options, lora=lora) for lora in scales))
    return time.perf_counter() - began


def report(rounds: list[dict[str, float]]) -> None:
    for way, base in zip(WAYS, ("one answer", "one answer", *["two at once, no adapter"] * 3), strict=True):
        ratio = statistics.median(round_[way] / round_[base] for round_ in rounds)
        taken = statistics.median(round_[way] for round_ in rounds)
        print(f"{way:32} {taken:6.2f} s   {ratio:5.2f} times {base!r}")


if __name__ == "__main__":
    asyncio.run(main())
