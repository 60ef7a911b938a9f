"""What this machine can do, as far as it decides how an engine is started."""

from __future__ import annotations

from .defaults import LARGEST_BATCH, NEXT_STEP_TOKENS, NEXT_TOKEN_SECONDS, SMALLEST_BATCH

# What a core does of them in a second while it reads a prompt; measured with AVX2, on a server's core of 2023: 29e9 (a
# mixture of experts), 31e9 (Q8_0), 42e9 (Q4_0). Others are told apart by measuring, see `calibration/`.
_MULTIPLY_ADDS_PER_CORE = 40e9
# A small one of the last years; larger ones do ten times that. Not measured: it only says how long an abort may take.
_MULTIPLY_ADDS_PER_GPU = 1e12


def token_seconds(multiply_adds: int, threads: int) -> float:
    """About how long a token of a prompt takes on the processor."""
    return multiply_adds / (_MULTIPLY_ADDS_PER_CORE * threads)


def gpu_token_seconds(multiply_adds: int) -> float:
    """The same on a GPU."""
    return multiply_adds / _MULTIPLY_ADDS_PER_GPU


def choose_batch_size(seconds_for_token: float) -> int:
    """Prompt tokens for each batch on the processor: the largest power of two with which the next first token comes
    within `NEXT_TOKEN_SECONDS` of an abort, within the range that is worth it (docs/tuning.md)."""
    size = LARGEST_BATCH
    while size > SMALLEST_BATCH and next_token_seconds(size, seconds_for_token) > NEXT_TOKEN_SECONDS:
        size //= 2
    return size


def next_token_seconds(batch_size: int, seconds_for_token: float) -> float:
    """About how long after an abort, on average, the next answer begins, beside others that go on."""
    return (batch_size / 2 + NEXT_STEP_TOKENS) * seconds_for_token
