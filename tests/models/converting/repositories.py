"""Small repositories of random weights, as people publish large ones."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

WORDS = "the quick brown fox jumps over a lazy dog while seven wizards boil jam and quietly mix vodka with cola"
HIDDEN, HEADS, KEY_HEADS, LAYERS, INNER, TOKENS = 32, 4, 2, 2, 48, 300

Tensors = Mapping[str, tuple[str, Any]]


def write_safetensors(path: Path, tensors: Tensors) -> None:
    """Each tensor is its stored type and an array of what stands in the file."""
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    data = b""
    for name, (dtype, array) in tensors.items():
        raw = array.tobytes()
        header[name] = {"dtype": dtype, "shape": array.shape, "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    head = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(head)) + head + data)


def bf16(values: Any) -> Any:
    """Numbers cut to 16 bits, as they are stored."""
    return (np.asarray(values, np.float32).view(np.uint32) >> 16).astype("<u2")


def write_pieces(folder: Path) -> None:
    """A SentencePiece tokenizer of `TOKENS` tokens, 256 of them bytes."""
    import sentencepiece

    text = folder / "text"
    text.write_text("\n".join(WORDS.split() * 3))
    sentencepiece.SentencePieceTrainer.train(
        input=str(text),
        model_prefix=str(folder / "tokenizer"),
        vocab_size=TOKENS,
        byte_fallback=True,
        model_type="bpe",
        minloglevel=2,
    )
    text.unlink()
    (folder / "tokenizer.vocab").unlink()


def config(**changes: Any) -> dict[str, Any]:
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_size": HIDDEN,
        "intermediate_size": INNER,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": HEADS,
        "num_key_value_heads": KEY_HEADS,
        "vocab_size": TOKENS,
        "rms_norm_eps": 1e-5,
        "max_position_embeddings": 256,
        "bos_token_id": 1,
        "eos_token_id": 2,
    } | changes


def shapes() -> dict[str, tuple[int, ...]]:
    """A Llama's tensors."""
    head = HIDDEN // HEADS
    result: dict[str, tuple[int, ...]] = {
        "model.embed_tokens.weight": (TOKENS, HIDDEN),
        "model.norm.weight": (HIDDEN,),
        "lm_head.weight": (TOKENS, HIDDEN),
    }
    for layer in range(LAYERS):
        inside = {
            "input_layernorm": (HIDDEN,),
            "post_attention_layernorm": (HIDDEN,),
            "self_attn.q_proj": (HIDDEN, HIDDEN),
            "self_attn.k_proj": (KEY_HEADS * head, HIDDEN),
            "self_attn.v_proj": (KEY_HEADS * head, HIDDEN),
            "self_attn.o_proj": (HIDDEN, HIDDEN),
            "mlp.gate_proj": (INNER, HIDDEN),
            "mlp.up_proj": (INNER, HIDDEN),
            "mlp.down_proj": (HIDDEN, INNER),
        }
        result |= {f"model.layers.{layer}.{name}.weight": shape for name, shape in inside.items()}
    return result


def random_weights() -> dict[str, Any]:
    rng = np.random.default_rng(1)
    return {name: rng.normal(0, 0.1, shape).astype(np.float32) for name, shape in shapes().items()}


def write_adapter(folder: Path, rank: int = 4) -> Path:
    """A LoRA adapter of such a Llama, as PEFT saves it."""
    folder.mkdir(parents=True)
    rng, pairs = np.random.default_rng(2), dict[str, tuple[str, Any]]()
    for layer in range(LAYERS):
        place = f"base_model.model.model.layers.{layer}.self_attn.q_proj"
        for half, shape in (("lora_A", (rank, HIDDEN)), ("lora_B", (HIDDEN, rank))):
            pairs[f"{place}.{half}.weight"] = ("F32", rng.normal(0, 1, shape).astype(np.float32))
    write_safetensors(folder / "adapter_model.safetensors", pairs)
    settings = {"peft_type": "LORA", "r": rank, "lora_alpha": 8, "target_modules": ["q_proj"]}
    (folder / "adapter_config.json").write_text(json.dumps(settings))
    return folder


def write_llama(folder: Path, weights: Mapping[str, Any] | None = None, **changes: Any) -> Path:
    """A repository in `folder`, with its weights as bf16."""
    folder.mkdir(parents=True, exist_ok=True)
    write_pieces(folder)
    settings = {"bos_token": "<s>", "eos_token": "</s>", "add_bos_token": True, "chat_template": "{{ messages }}"}
    (folder / "config.json").write_text(json.dumps(config(**changes)))
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    (folder / "README.md").write_text("---\nlicense: apache-2.0\n---\n# A model\n")
    stored = {name: ("BF16", bf16(values)) for name, values in (weights or random_weights()).items()}
    write_safetensors(folder / "model.safetensors", stored)
    return folder
