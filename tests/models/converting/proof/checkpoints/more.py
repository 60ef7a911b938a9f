"""Further members of families: OLMo 3, Phi-4, a Llama without SentencePiece's file, DistilBERT, XLM-RoBERTa."""

from __future__ import annotations

from typing import Any

from ..tokenizers.byte_pairs import olmo2
from ..tokenizers.pieces import LLAMA2, without_pieces
from ..tokenizers.words import bert
from .checkpoint import GELU, HEADS, HIDDEN, WIDTH, Checkpoint, decoder
from .llama import layer, shape
from .others import olmo_layer
from .phi import phi_layer
from .shards import Shape

_OLMO3 = shape(
    4,
    architectures=["Olmo3ForCausalLM"],
    eos_token_id=100257,
    layer_types=["sliding_attention", "sliding_attention", "sliding_attention", "full_attention"],
    max_position_embeddings=65536,
    model_type="olmo3",
    pad_token_id=100277,
    rms_norm_eps=1e-06,
    rope_scaling={
        "attention_factor": 1.2079441541679836,
        "beta_fast": 32.0,
        "beta_slow": 1.0,
        "factor": 8.0,
        "original_max_position_embeddings": 8192,
        "rope_type": "yarn",
    },
    rope_theta=500000,
    sliding_window=8,
    tie_word_embeddings=False,
    vocab_size=100352,
)
_PHI4 = shape(
    2,
    architectures=["Phi3ForCausalLM"],
    bos_token_id=100257,
    eos_token_id=100265,
    max_position_embeddings=16384,
    model_type="phi3",
    original_max_position_embeddings=16384,
    pad_token_id=100257,
    rms_norm_eps=1e-05,
    rope_scaling=None,
    rope_theta=250000,
    sliding_window=None,
    tie_word_embeddings=False,
    vocab_size=100352,
)
_TINY = shape(
    2,
    architectures=["LlamaForCausalLM"],
    bos_token_id=1,
    eos_token_id=2,
    max_position_embeddings=2048,
    model_type="llama",
    pretraining_tp=1,
    rms_norm_eps=1e-05,
    rope_scaling={"factor": 2.0, "type": "linear"},
    rope_theta=10000.0,
    tie_word_embeddings=False,
    torch_dtype="float32",
    vocab_size=LLAMA2,
)
_DISTILBERT: dict[str, Any] = {
    "activation": "gelu",
    "architectures": ["DistilBertModel"],
    "attention_dropout": 0.1,
    "dim": WIDTH,
    "dropout": 0.1,
    "hidden_dim": HIDDEN,
    "initializer_range": 0.02,
    "max_position_embeddings": 512,
    "model_type": "distilbert",
    "n_heads": HEADS,
    "n_layers": 2,
    "pad_token_id": 0,
    "qa_dropout": 0.1,
    "seq_classif_dropout": 0.2,
    "sinusoidal_pos_embds": False,
    "tie_weights_": True,
    "vocab_size": 30522,
}


def _both(name: str, rows: int, columns: int = 0) -> dict[str, Shape]:
    return {f"{name}.weight": (rows, columns) if columns else (rows,), f"{name}.bias": (rows,)}


def _distilbert() -> dict[str, Shape]:
    tensors: dict[str, Shape] = {
        "embeddings.word_embeddings.weight": (30522, WIDTH),
        "embeddings.position_embeddings.weight": (512, WIDTH),
        **_both("embeddings.LayerNorm", WIDTH),
    }
    for place in range(2):
        layer = f"transformer.layer.{place}"
        for name in ("q_lin", "k_lin", "v_lin", "out_lin"):
            tensors |= _both(f"{layer}.attention.{name}", WIDTH, WIDTH)
        tensors |= _both(f"{layer}.sa_layer_norm", WIDTH) | _both(f"{layer}.ffn.lin1", HIDDEN, WIDTH)
        tensors |= _both(f"{layer}.ffn.lin2", WIDTH, HIDDEN) | _both(f"{layer}.output_layer_norm", WIDTH)
    return tensors


_TEMPLATE = "{% for m in messages %}{{ '<|im_start|>' + m['role'] + m['content'] + '<|im_end|>' }}{% endfor %}"

MORE = (
    Checkpoint("Olmo-3-7B-Instruct", _OLMO3, decoder(100352, olmo_layer, 4, tied=False), olmo2, template=_TEMPLATE),
    Checkpoint("phi-4", _PHI4, decoder(100352, phi_layer(2), 2, tied=False), olmo2, template=_TEMPLATE),
    Checkpoint(
        "TinyLlama-1.1B-Chat-v1.0", _TINY, decoder(LLAMA2, layer, 2, tied=False), without_pieces, type="F32", shards=1
    ),
    Checkpoint(
        "distilbert-base-uncased",
        _DISTILBERT,
        _distilbert(),
        bert,
        type="F32",
        shards=1,
        vectors=True,
        exact=False,  # it has no kind of pooling, so the engine gives no vector of a text
        tolerance=GELU,
    ),
)
