"""What this machine can do, as far as it decides how an engine is started."""

from __future__ import annotations

import math

from .defaults import BATCH_SECONDS, LARGEST_BATCH, SMALLEST_BATCH

# A core of the last ten years does about this many multiply-adds a second in llama.cpp's prompt processing.
_MULTIPLY_ADDS_PER_CORE = 20e9
# A small one of the last years; larger ones do ten times that. Not measured: it only says how long an abort may take.
_MULTIPLY_ADDS_PER_GPU = 1e12


def choose_batch_size(model_bytes: int, threads: int) -> int:
    """Prompt tokens for each batch on the processor, a power of two from 32 to 512.

    An abort waits for the running batch, so a batch is sized to take about half a second: a token costs one
    multiply-add for each weight, and a quantized weight takes about a byte.
    """
    tokens = BATCH_SECONDS / batch_seconds(model_bytes, 1, threads)
    power = 1 << max(0, math.ceil(math.log2(max(tokens, 1))))
    return min(max(power, SMALLEST_BATCH), LARGEST_BATCH)


def batch_seconds(model_bytes: int, batch_size: int, threads: int, gpu_share: float = 0.0) -> float:
    """About how long such a batch takes, when so much of the model (0 to 1) is on GPUs."""
    multiply_adds = max(model_bytes, 1) * batch_size
    on_processor = multiply_adds * (1 - gpu_share) / (_MULTIPLY_ADDS_PER_CORE * threads)
    return on_processor + multiply_adds * gpu_share / _MULTIPLY_ADDS_PER_GPU
