"""`python -m tests.families.injection.table`: how many tokens a prompt has whose user wrote a special token."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from llama_worker import LlamaWorker, Model
from llama_worker.engine.api.endpoints import count_chat_tokens
from llama_worker.worker.inert.policy import Policy

from ..family import Family
from ..table import FAMILIES
from .differences import special_tokens

_MARKS = {
    **dict.fromkeys(("qwen-3", "llama-3.1", "gemma-4", "deepseek-v3.1", "phi-3.5", "tinyllama")),
    "gpt-oss": "<|start|>",
    "command-r-plus": "<|START_OF_TURN_TOKEN|>",
    "mistral-nemo": "[INST]",
    "granite-3.3": "<|end_of_role|>",
}


async def main() -> None:
    """Print a row for each family."""
    print("| Family | Text | llama-server | as text | inert | tokens that give orders: before, now |\n|" + " --- |" * 6)
    async with LlamaWorker() as worker:
        for family in FAMILIES:
            if family.slug in _MARKS:
                with tempfile.TemporaryDirectory() as folder:
                    model = await worker.load_model(family.write(Path(folder)), context_size=512, sequences=1)
                    print(await _row(family, model), flush=True)
                    await model.unload()


async def _row(family: Family, model: Model) -> str:
    mark = _MARKS[family.slug] or family.end
    message = [{"role": "user", "content": mark}]
    async with model.runtime.borrow_engine() as engine:
        default = await count_chat_tokens(engine, message, {})
    inert = await model.count_tokens(message)
    as_text = len(await model.tokenize(mark)) - 1
    before = await special_tokens(model, message, policy=Policy("allow", "allow"))
    now = await special_tokens(model, message)
    harmless = await special_tokens(model, [{"role": "user", "content": "x"}])
    counts = (default, default + as_text, inert)
    orders = f"{len(before) - len(harmless)}, {len(now) - len(harmless)}"
    return f"| {family.name} | `{mark}` | " + " | ".join(map(str, counts)) + f" | {orders} |"


if __name__ == "__main__":
    asyncio.run(main())
