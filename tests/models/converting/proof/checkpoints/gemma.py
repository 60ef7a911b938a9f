"""Gemma 2, Gemma 3 (alone, with its eyes, and as an embedder)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from ..tokenizers.pieces import GEMMA2, GEMMA3, gemma
from .checkpoint import GELU, HEADS, HEADS_KV, HIDDEN, WIDTH, Checkpoint, attention, decoder, gated, norms, plain
from .shards import Shape

_HEAD = 32
_LAYERS = 6
_TEMPLATE = "google-gemma-2-2b-it"
_GENERATION = {"bos_token_id": 2, "cache_implementation": "hybrid", "eos_token_id": [1, 107], "pad_token_id": 0}


def _second(_: str = "") -> Mapping[str, Shape]:
    around = norms("input_layernorm", "post_attention_layernorm")
    around |= norms("pre_feedforward_layernorm", "post_feedforward_layernorm")
    return attention(head=_HEAD) | gated() | around


def _third(_: str = "") -> Mapping[str, Shape]:
    return {**_second(), **norms("self_attn.q_norm", "self_attn.k_norm", width=_HEAD)}


def _large(_: str = "") -> Mapping[str, Shape]:
    """With as many and as long heads as transformers takes for granted."""
    of_heads = norms("self_attn.q_norm", "self_attn.k_norm", width=256)
    return {**_third(), **attention(head=256, heads=8, heads_kv=4), **of_heads}


def _shape(layers: int) -> dict[str, Any]:
    return {
        "attention_bias": False,
        "attention_dropout": 0.0,
        "head_dim": _HEAD,
        "hidden_size": WIDTH,
        "initializer_range": 0.02,
        "intermediate_size": HIDDEN,
        "num_attention_heads": HEADS,
        "num_hidden_layers": layers,
        "num_key_value_heads": HEADS_KV,
        "rms_norm_eps": 1e-06,
    }


_SPECIAL = {"bos_token_id": 2, "eos_token_id": [1, 107], "pad_token_id": 0}
_GEMMA2 = {
    "architectures": ["Gemma2ForCausalLM"],
    "attn_logit_softcapping": 50.0,
    "cache_implementation": "hybrid",
    "final_logit_softcapping": 30.0,
    "hidden_act": "gelu_pytorch_tanh",
    "hidden_activation": "gelu_pytorch_tanh",
    "max_position_embeddings": 8192,
    "model_type": "gemma2",
    "query_pre_attn_scalar": _HEAD,
    "rope_theta": 10000.0,
    "sliding_window": 8,
    "torch_dtype": "bfloat16",
    "transformers_version": "4.42.4",
    "use_cache": True,
    "vocab_size": GEMMA2,
    **_SPECIAL,
    **_shape(2),
}
_TEXT3 = {
    "attn_logit_softcapping": None,
    "cache_implementation": "hybrid",
    "final_logit_softcapping": None,
    "hidden_activation": "gelu_pytorch_tanh",
    "max_position_embeddings": 32768,
    "model_type": "gemma3_text",
    "query_pre_attn_scalar": _HEAD,
    "rope_local_base_freq": 10000,
    "rope_scaling": None,
    "rope_theta": 1000000,
    "sliding_window": 8,
    "sliding_window_pattern": 6,
    "use_cache": True,
    "vocab_size": GEMMA3,
    **_shape(_LAYERS),
}
_GEMMA3 = {"architectures": ["Gemma3ForCausalLM"], "torch_dtype": "bfloat16", **_SPECIAL, **_TEXT3}
_EYES = {
    "hidden_size": 32,
    "image_size": 28,
    "intermediate_size": 48,
    "model_type": "siglip_vision_model",
    "num_attention_heads": 2,
    "num_hidden_layers": 1,
    "patch_size": 14,
    "vision_use_head": False,
}
_SEEING = {
    "architectures": ["Gemma3ForConditionalGeneration"],
    "boi_token_index": 255999,
    "eoi_token_index": 256000,
    "eos_token_id": [1, 106],
    "image_token_index": GEMMA3 - 1,
    "initializer_range": 0.02,
    "mm_tokens_per_image": 4,
    "model_type": "gemma3",
    "text_config": {  # the large ones leave unsaid what is as in transformers
        "hidden_size": WIDTH,
        "intermediate_size": HIDDEN,
        "model_type": "gemma3_text",
        "num_hidden_layers": _LAYERS,
        "rope_scaling": {"factor": 8.0, "rope_type": "linear"},
        "sliding_window": 1024,
        "vocab_size": GEMMA3,
    },
    "torch_dtype": "bfloat16",
    "vision_config": _EYES,
}
_EMBEDDER = {
    "_sliding_window_pattern": 6,
    "architectures": ["Gemma3TextModel"],
    "dtype": "float32",
    "layer_types": ["sliding_attention"] * 5 + ["full_attention"],
    "use_bidirectional_attention": True,
    **_SPECIAL,
    **{key: value for key, value in _TEXT3.items() if key not in ("sliding_window_pattern", "cache_implementation")},
    "max_position_embeddings": 2048,
}


def _seeing() -> dict[str, Shape]:
    text = decoder(GEMMA3, _large, _LAYERS)
    eyes: dict[str, Shape] = {
        "vision_tower.vision_model.embeddings.patch_embedding.weight": (32, 3, 14, 14),
        "vision_tower.vision_model.post_layernorm.weight": (32,),
        "multi_modal_projector.mm_input_projection_weight": (32, WIDTH),
    }
    return {f"language_model.{name}": shape for name, shape in text.items()} | eyes


def _embedder() -> dict[str, Shape]:
    tensors = decoder(GEMMA3, _third, _LAYERS)
    return {name.removeprefix("model."): shape for name, shape in tensors.items()}


def pooling(kind: str) -> dict[str, bytes]:
    """The files of sentence-transformers, which say how one vector is made of many."""
    steps = {"": "Transformer", "1_Pooling": "Pooling"}
    modules = [
        {"idx": number, "name": str(number), "path": path, "type": f"sentence_transformers.models.{step}"}
        for number, (path, step) in enumerate(steps.items())
    ]
    modes = {"cls": kind == "cls", "mean": kind == "mean", "max": False}
    names = {"cls": "cls_token", "mean": "mean_tokens", "max": "max_tokens"}
    settings = {f"pooling_mode_{names[mode]}": chosen for mode, chosen in modes.items()}
    size = {"word_embedding_dimension": WIDTH}
    return {"modules.json": plain(modules), "1_Pooling/config.json": plain(size | settings)}


GEMMA = (
    Checkpoint(
        "gemma-2-2b-it",
        _GEMMA2,
        decoder(GEMMA2, _second, 2),
        gemma,
        template=_TEMPLATE,
        tolerance=GELU,
        generation=_GENERATION,
        card="---\nlicense: gemma\nlibrary_name: transformers\nbase_model: google/gemma-2-2b\n---\n",
    ),
    Checkpoint(
        "gemma-3-1b-it",
        _GEMMA3,
        decoder(GEMMA3, _third, _LAYERS),
        partial(gemma, third=True),
        template=_TEMPLATE,
        tolerance=GELU,
        generation=_GENERATION | {"top_k": 64, "top_p": 0.95},
        card="---\nlicense: gemma\nbase_model: google/gemma-3-1b-pt\n---\n",
    ),
    Checkpoint(
        "gemma-3-4b-it",
        _SEEING,
        _seeing(),
        partial(gemma, third=True),
        template=_TEMPLATE,
        exact=False,
    ),
    Checkpoint(
        "embeddinggemma-300m",
        _EMBEDDER,
        _embedder(),
        partial(gemma, third=True),
        files=pooling("mean"),
        type="F32",
        shards=1,
        vectors=True,
        tolerance=1e-3,
    ),
)
