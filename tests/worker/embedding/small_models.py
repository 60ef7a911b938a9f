"""Models for vectors and scores: with noise for weights, but all the parts of real ones."""

from __future__ import annotations

from pathlib import Path

from tests.gguf_factory import write_architecture

VOCABULARY, WIDTH, HEADS, FEED_FORWARD, BLOCKS, CONTEXT = 512, 64, 4, 128, 2, 512
_RANK = 4
_COMMON = {
    "context_length": CONTEXT,
    "embedding_length": WIDTH,
    "block_count": BLOCKS,
    "feed_forward_length": FEED_FORWARD,
    "attention.head_count": HEADS,
    "attention.head_count_kv": HEADS,
    "vocab_size": VOCABULARY,
}
_ATTENTION = ("attn_q", "attn_k", "attn_v", "attn_output")


def causal_ranker(path: Path) -> Path:
    """Of the architecture of Qwen 3 Reranker, which reads like a chat model and has a head for scores."""
    facts = _COMMON | {"pooling_type": _RANK, "attention.key_length": 16, "attention.value_length": 16}
    shapes: dict[str, tuple[int, ...]] = {
        "token_embd.weight": (VOCABULARY, WIDTH),
        "output_norm.weight": (WIDTH,),
        "cls.output.weight": (1, WIDTH),
    }
    for block in range(BLOCKS):
        shapes |= {f"blk.{block}.{name}.weight": (WIDTH, WIDTH) for name in _ATTENTION}
        shapes |= {f"blk.{block}.{name}.weight": (16,) for name in ("attn_q_norm", "attn_k_norm")}
        shapes |= {f"blk.{block}.{name}.weight": (WIDTH,) for name in ("attn_norm", "ffn_norm")}
        shapes |= {f"blk.{block}.{name}.weight": (FEED_FORWARD, WIDTH) for name in ("ffn_gate", "ffn_up")}
        shapes[f"blk.{block}.ffn_down.weight"] = (WIDTH, FEED_FORWARD)
    return write_architecture(path, "qwen3", facts, shapes)


def encoder(path: Path, *, ranks: bool = False) -> Path:
    """Of the architecture of BERT, which reads a text as a whole; with a head for scores, or the mean of all tokens."""
    reads = {"attention.causal": False, "attention.layer_norm_epsilon": 1e-12}
    facts = {**_COMMON, "pooling_type": _RANK if ranks else 1, **reads}
    shapes: dict[str, tuple[int, ...]] = {
        "token_embd.weight": (VOCABULARY, WIDTH),
        "position_embd.weight": (CONTEXT, WIDTH),
        "token_types.weight": (2, WIDTH),
        **_with_bias("token_embd_norm"),
    }
    if ranks:
        shapes |= {"cls.weight": (WIDTH, WIDTH), "cls.bias": (WIDTH,)}
        shapes |= {"cls.output.weight": (1, WIDTH), "cls.output.bias": (1,)}
    for block in range(BLOCKS):
        for name in _ATTENTION:
            shapes |= {f"blk.{block}.{name}.weight": (WIDTH, WIDTH), f"blk.{block}.{name}.bias": (WIDTH,)}
        shapes |= _with_bias(f"blk.{block}.attn_output_norm") | _with_bias(f"blk.{block}.layer_output_norm")
        shapes |= {
            f"blk.{block}.ffn_up.weight": (FEED_FORWARD, WIDTH),
            f"blk.{block}.ffn_up.bias": (FEED_FORWARD,),
            f"blk.{block}.ffn_down.weight": (WIDTH, FEED_FORWARD),
            f"blk.{block}.ffn_down.bias": (WIDTH,),
        }
    return write_architecture(path, "bert", facts, shapes, general={"tokenizer.ggml.token_type_count": 2})


def _with_bias(name: str) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": (WIDTH,), f"{name}.bias": (WIDTH,)}
