"""Models whose memory cannot simply be cut: one with a sliding window, one that is recurrent."""

from __future__ import annotations

from pathlib import Path

from tests.gguf_factory import CHAT_TEMPLATE, write_architecture

VOCABULARY, WIDTH, BLOCKS, WINDOW = 512, 128, 4, 64


def windowed(path: Path, chat_template: str = CHAT_TEMPLATE) -> Path:
    """Of the architecture of Gemma 2: every other layer sees the last 64 tokens."""
    hidden = 2 * WIDTH
    facts = {
        "context_length": 4096,
        "embedding_length": WIDTH,
        "block_count": BLOCKS,
        "feed_forward_length": hidden,
        "attention.head_count": 4,
        "attention.head_count_kv": 4,
        "attention.key_length": WIDTH // 4,
        "attention.value_length": WIDTH // 4,
        "attention.sliding_window": WINDOW,
        "vocab_size": VOCABULARY,
    }
    shapes: dict[str, tuple[int, ...]] = {"token_embd.weight": (VOCABULARY, WIDTH), "output_norm.weight": (WIDTH,)}
    for block in range(BLOCKS):
        for name in ("attn_norm", "post_attention_norm", "ffn_norm", "post_ffw_norm"):
            shapes[f"blk.{block}.{name}.weight"] = (WIDTH,)
        for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
            shapes[f"blk.{block}.{name}.weight"] = (WIDTH, WIDTH)
        shapes[f"blk.{block}.ffn_gate.weight"] = shapes[f"blk.{block}.ffn_up.weight"] = (hidden, WIDTH)
        shapes[f"blk.{block}.ffn_down.weight"] = (WIDTH, hidden)
    return write_architecture(path, "gemma2", facts, shapes, chat_template)


def recurrent(path: Path, chat_template: str = CHAT_TEMPLATE) -> Path:
    """Of the architecture of Mamba: one state, however long the text."""
    inner, states, rank, kernel = 2 * WIDTH, 16, 8, 4
    facts = {
        "context_length": 4096,
        "embedding_length": WIDTH,
        "block_count": BLOCKS,
        "feed_forward_length": 0,
        "attention.head_count": 0,
        "ssm.conv_kernel": kernel,
        "ssm.inner_size": inner,
        "ssm.state_size": states,
        "ssm.time_step_rank": rank,
        "vocab_size": VOCABULARY,
    }
    shapes: dict[str, tuple[int, ...]] = {
        "token_embd.weight": (VOCABULARY, WIDTH),
        "output_norm.weight": (WIDTH,),
        "output.weight": (VOCABULARY, WIDTH),
    }
    for block in range(BLOCKS):
        shapes |= {
            f"blk.{block}.attn_norm.weight": (WIDTH,),
            f"blk.{block}.ssm_in.weight": (2 * inner, WIDTH),
            f"blk.{block}.ssm_conv1d.weight": (inner, kernel),
            f"blk.{block}.ssm_conv1d.bias": (inner,),
            f"blk.{block}.ssm_x.weight": (rank + 2 * states, inner),
            f"blk.{block}.ssm_dt.weight": (inner, rank),
            f"blk.{block}.ssm_dt.bias": (inner,),
            f"blk.{block}.ssm_a": (inner, states),
            f"blk.{block}.ssm_d": (inner,),
            f"blk.{block}.ssm_out.weight": (WIDTH, inner),
        }
    return write_architecture(path, "mamba", facts, shapes, chat_template)
