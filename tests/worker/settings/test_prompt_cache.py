"""How much the engine keeps of conversations that have left their sequence, where nobody says."""

from __future__ import annotations

from pathlib import Path

from llama_worker import LlamaWorker
from llama_worker.worker.companions.companions import NO_COMPANIONS
from llama_worker.worker.planning.plan import prompt_cache_mib

MIB, GIB = 1 << 20, 1 << 30


def test_it_is_as_large_as_the_model_and_its_sequences_within_limits() -> None:
    def suited(beside_bytes: int, machine_bytes: int = 64 * GIB) -> int:
        return prompt_cache_mib(None, NO_COMPANIONS, beside_bytes, machine_bytes)

    assert suited(MIB) == 64
    assert suited(300 * MIB) == 300
    assert suited(9 * GIB) == 1024
    assert suited(9 * GIB, 4 * GIB) == 512
    assert suited(MIB, 256 * MIB) == 32
    assert prompt_cache_mib(2 * GIB, NO_COMPANIONS, MIB, GIB) == 2048
    assert prompt_cache_mib(0, NO_COMPANIONS, GIB, GIB) == 0


async def test_a_small_model_has_a_small_one_and_a_longer_context_a_larger_one(
    worker: LlamaWorker, random_model_path: Path
) -> None:
    """It keeps 512 bytes of each token."""
    sizes = []
    for context in (1024, 65536):
        model = await worker.load_model(random_model_path, context_size=context, sequences=3)
        sizes.append(model.settings.prompt_cache_bytes)
        await model.unload()
    assert sizes == [64 * MIB, 96 * MIB]
