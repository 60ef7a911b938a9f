"""How much memory an engine may take at most: more than any use of it takes, less than what ends a machine."""

from __future__ import annotations

from ...messages import MemoryEstimate

_MIB = 1 << 20
# Measured (docs/reliability.md): tokenizing and rendering take about 100 bytes for each byte of a prompt, and a token
# has four or five of them; two copies of a prompt are on their way at once.
_BYTES_PER_TOKEN_OF_PROMPT = 1024
_SPARE = 1024 * _MIB
_NUMBER = 4


def memory_limit(needed: MemoryEstimate, *, use_mmap: bool, prompt_cache_mib: int, embeds_batches_of: int) -> int:
    """Bytes of memory, mapped model files not counted, that an engine with that estimate may take.

    That is the estimate and a quarter, the prompt cache and two sequences that move in or out of it, room for the
    texts of prompts that fill every sequence, the numbers that an engine for embeddings keeps for a batch of so many
    outputs, and 1 GiB for grammars, long requests and whatever else.
    """
    private = needed.total_bytes - (needed.weights_bytes if use_mmap else 0)
    return (
        private * 5 // 4
        + prompt_cache_mib * _MIB
        + 2 * needed.kv_cache_bytes // (1 if needed.kv_unified else needed.sequences)
        + needed.cells * _BYTES_PER_TOKEN_OF_PROMPT
        + embeds_batches_of * _NUMBER
        + _SPARE
    )
