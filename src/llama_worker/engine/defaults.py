"""Every number that an engine is started with unless somebody says otherwise: here alone, each with its reason.

`llama-worker doctor` prints them, docs/guide/gpu.md has the same table, `model.settings` tells what came of them.
"""

from __future__ import annotations

from msgspec import Struct

_GIB_IN_MIB = 1024

# The share of a prompt from which on the engine takes what a slot holds for that conversation and keeps nothing of it:
# conversations that have so much in common read at most the rest again. Below it the engine copies what the slot holds,
# even for the conversation itself, which costs at most a hundredth of reading it: a tenth of reading what is new.
ALIKE = 0.9
SEQUENCES = 4
# Bytes of a model below which one thread computes as fast as two. Measured: the built-in one of 6 MB answers with 2,400
# tokens a second with one thread, 1,800 with two.
SMALLEST_FOR_THREADS = 32 << 20
# What has left its sequence and does not fit there is read again: 16 conversations of 500 tokens on four sequences of
# the built-in model need 42 MiB, and with 16 MiB two thirds of what was read and said are lost (docs/tuning.md).
SMALLEST_PROMPT_CACHE_MIB, PROMPT_CACHE_MIB, PROMPT_CACHE_SHARE = 64, 1024, 1 / 8
# Copies of a sliding-window or recurrent memory that the engine keeps for each sequence. A turn makes up to three:
# where its message begins, a step before its end, and at its end. The last is of no use where a template writes
# something at the end of a question that it leaves out of the history, as when reasoning is off. llama.cpp keeps up to
# 32, which for a 4B model with a sliding window is gigabytes: three only where they are small beside the model.
FEWEST_CHECKPOINTS, MOST_CHECKPOINTS = 1, 3
CHECKPOINT_BYTES, WEIGHTS_FOR_EACH_CHECKPOINT_BYTE = 512 << 20, 16

# From an abort to the next first token on the processor, on average: half of the batch that runs, and the first step of
# the next prompt beside other answers, which costs as much as so many tokens of a batch. docs/tuning.md has the speeds
# of all sizes; below 64 tokens the engine's attention takes a slower way.
NEXT_TOKEN_SECONDS, NEXT_STEP_TOKENS = 0.5, 24
SMALLEST_BATCH, LARGEST_BATCH = 32, 512
# On processors flash attention is used for contexts of so many tokens and less, where prompts are read a fifth faster
# with it and tokens written little slower; and where memory would be more than by this share more without it.
LONGEST_FOR_FLASH, SCORES_SHARE = 1024, 0.25
# llama.cpp's own. A GPU computes hundreds of tokens in the time of one, and smaller batches leave it idle.
GPU_BATCH, GPU_UBATCH = 2048, 512
SMALLEST_GPU_UBATCH = 64

# llama.cpp's own: for what the driver, the desktop and other programs take next, and what the count leaves out.
GPU_MARGIN_MIB = 1 * _GIB_IN_MIB
# After an allocation failed: what was free has been taken by others, or scratch is larger than it was counted.
LARGER_GPU_MARGIN_MIB = 3 * _GIB_IN_MIB


# Drafts of what the text repeats: what follows the last so many tokens where they came before. A GPU verifies 16 tokens
# about as fast as it computes one; a processor, where batches are small, is given fewer.
REPEATED_TOKENS, LOOKED_UP_TOKENS, FEWEST_REPEATED = 16, 8, 4
# Drafts of a smaller model; llama.cpp's own number.
WRITTEN_TOKENS = 3


class Default(Struct, frozen=True):
    """`option` is what `load_model` (or `LlamaWorker`) calls it, `value` what it is without."""

    option: str
    value: str
    reason: str


def defaults() -> tuple[Default, ...]:
    """All of them but `context_size`, for people."""
    return (
        Default(
            "threads",
            "the physical cores that others leave free, decided again while it computes",
            f"one thread too many halves the speed of all; 1 for models below {SMALLEST_FOR_THREADS >> 20} MiB",
        ),
        Default("sequences", str(SEQUENCES), "conversations computed at once; each has memory of its own"),
        Default(
            "batch_size",
            f"{SMALLEST_BATCH} to {LARGEST_BATCH} by the speed that is measured; {GPU_BATCH} with layers on a GPU",
            f"after an abort the next answer waits for half of one and its own step: {NEXT_TOKEN_SECONDS} s on the "
            "processor; a GPU needs large ones",
        ),
        Default(
            "ubatch_size",
            f"as batch_size; {GPU_UBATCH} with layers on a GPU",
            "tokens computed in one step; scratch memory grows with it",
        ),
        Default(
            "flash_attention",
            f'off on x86-64 processors for contexts of more than {LONGEST_FOR_FLASH} tokens, not shared; else "auto"',
            "there it writes up to 2.5 times as slowly in a long conversation",
        ),
        Default("gpu_layers", "as many as fit", "each layer there is faster; what does not fit would fail"),
        Default(
            "gpu_memory_margin",
            f"{GPU_MARGIN_MIB // _GIB_IN_MIB} GiB on each GPU",
            f"left free for others; {LARGER_GPU_MARGIN_MIB // _GIB_IN_MIB} GiB after an allocation has failed",
        ),
        Default(
            "prompt_cache_bytes",
            f"as the model and its sequences take, {SMALLEST_PROMPT_CACHE_MIB} MiB to "
            f"{PROMPT_CACHE_MIB // _GIB_IN_MIB} GiB",
            "main memory for conversations that have left their sequence; at most an eighth of the machine's",
        ),
        Default(
            "context_checkpoints",
            f"{FEWEST_CHECKPOINTS} to {MOST_CHECKPOINTS}, within {CHECKPOINT_BYTES >> 20} MiB or a "
            f"{WEIGHTS_FOR_EACH_CHECKPOINT_BYTE}th of the weights",
            "recurrent and sliding-window models go on from one where a conversation differs near its end",
        ),
        Default(
            "memory_limit",
            "the estimate and a quarter, the caches, 1 GiB",
            "more than any use takes, less than what ends a machine; none with a GPU",
        ),
    )
