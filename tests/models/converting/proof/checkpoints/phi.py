"""Phi-3 with a short context, and with a long one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..tokenizers.pieces import LLAMA2, PHI3, phi3
from .checkpoint import HEAD, HEADS, HIDDEN, WIDTH, Checkpoint, decoder, norms
from .llama import shape
from .shards import Shape


def phi_layer(heads_kv: int = HEADS) -> Callable[[str], Mapping[str, Shape]]:
    """A layer with so many heads for keys and values."""
    tensors: dict[str, Shape] = {
        "self_attn.o_proj.weight": (WIDTH, HEADS * HEAD),
        "self_attn.qkv_proj.weight": ((HEADS + 2 * heads_kv) * HEAD, WIDTH),
        "mlp.gate_up_proj.weight": (2 * HIDDEN, WIDTH),
        "mlp.down_proj.weight": (WIDTH, HIDDEN),
        **norms("input_layernorm", "post_attention_layernorm"),
    }
    return lambda _: tensors


def _config(**more: Any) -> dict[str, Any]:
    code = {"AutoConfig": "configuration_phi3.Phi3Config", "AutoModelForCausalLM": "modeling_phi3.Phi3ForCausalLM"}
    return shape(
        2,
        architectures=["Phi3ForCausalLM"],
        auto_map=code,
        bos_token_id=1,
        embd_pdrop=0.0,
        eos_token_id=LLAMA2,
        model_type="phi3",
        num_key_value_heads=HEADS,
        original_max_position_embeddings=4096,
        pad_token_id=LLAMA2,
        resid_pdrop=0.0,
        rms_norm_eps=1e-05,
        rope_theta=10000.0,
        tie_word_embeddings=False,
        vocab_size=PHI3,
        **more,
    )


_LONG = [1.0 + place * 0.75 for place in range(HEAD // 2)]
_SHORT = [1.0 + place * 0.0625 for place in range(HEAD // 2)]
_SCALING = {"long_factor": _LONG, "short_factor": _SHORT, "type": "longrope"}
_TEMPLATE = "microsoft-Phi-3.5-mini-instruct"

PHI = (
    Checkpoint(
        "Phi-3-mini-4k-instruct",
        _config(max_position_embeddings=4096, rope_scaling=None, sliding_window=2047),
        decoder(PHI3, phi_layer(), 2, tied=False),
        phi3,
        template=_TEMPLATE,
        generation={"bos_token_id": 1, "eos_token_id": [LLAMA2, LLAMA2 + 1, LLAMA2 + 6], "pad_token_id": LLAMA2},
        card="---\nlicense: mit\nlicense_link: https://huggingface.co/microsoft/x/LICENSE\nlanguage:\n- en\n---\n",
    ),
    Checkpoint(
        "Phi-3.5-mini-instruct",
        _config(max_position_embeddings=131072, rope_scaling=_SCALING, sliding_window=262144),
        decoder(PHI3, phi_layer(), 2, tied=False),
        phi3,
        template=_TEMPLATE,
    ),
)
