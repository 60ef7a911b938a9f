"""LoRA adapters of some checkpoints, as PEFT saves them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from .checkpoint import EXACT, GELU, HEAD, HEADS, HEADS_KV, HIDDEN, WIDTH, plain
from .shards import Shape, write_shards

_RANK = 4
_LLAMA = {
    "self_attn.q_proj": (HEADS * HEAD, WIDTH),
    "self_attn.k_proj": (HEADS_KV * HEAD, WIDTH),
    "self_attn.v_proj": (HEADS_KV * HEAD, WIDTH),
    "self_attn.o_proj": (WIDTH, HEADS * HEAD),
    "mlp.gate_proj": (HIDDEN, WIDTH),
    "mlp.up_proj": (HIDDEN, WIDTH),
    "mlp.down_proj": (WIDTH, HIDDEN),
}
_QWEN3 = {
    "self_attn.q_proj": (HEADS * 2 * HEAD, WIDTH),
    "self_attn.k_proj": (HEADS_KV * 2 * HEAD, WIDTH),
    "mlp.up_proj": (HIDDEN, WIDTH),
}
_GEMMA3 = {"self_attn.q_proj": (HEADS * 32, WIDTH), "mlp.down_proj": (WIDTH, HIDDEN)}


class Adapter(Struct, frozen=True):
    """`base` is the folder of the checkpoint that it changes, `shapes` are those of the matrices changed."""

    folder: str
    base: str
    shapes: Mapping[str, Shape]
    settings: Mapping[str, Any] = {}
    layers: int = 2
    tolerance: float = EXACT

    def write(self, parent: Path) -> Path:
        """The files of its repository."""
        folder = parent / self.folder
        folder.mkdir()
        names = sorted(name.rpartition(".")[2] for name in self.shapes)
        config = {"base_model_name_or_path": f"someone/{self.base}", "bias": "none", "lora_alpha": 8, "r": _RANK}
        config |= {"peft_type": "LORA", "target_modules": names, "task_type": "CAUSAL_LM", "use_rslora": False}
        (folder / "adapter_config.json").write_bytes(plain(config | dict(self.settings)))
        (folder / "README.md").write_text(f"---\nbase_model: someone/{self.base}\nlibrary_name: peft\n---\n")
        write_shards(folder, self._tensors(), "F32", 1, "adapter_model")
        return folder

    def _tensors(self) -> dict[str, Shape]:
        tensors: dict[str, Shape] = {}
        for layer in range(self.layers):
            for name, (rows, columns) in self.shapes.items():
                place = f"base_model.model.model.layers.{layer}.{name}"
                tensors |= {f"{place}.lora_A.weight": (_RANK, columns), f"{place}.lora_B.weight": (rows, _RANK)}
        return tensors


ADAPTERS = (
    Adapter("llama-2-7b-adapter", "Llama-2-7b-chat-hf", _LLAMA),
    Adapter("mistral-7b-adapter", "Mistral-7B-Instruct-v0.3", _LLAMA),
    Adapter("qwen3-adapter", "Qwen3-0.6B", _QWEN3),
    Adapter("gemma-3-adapter", "gemma-3-1b-it", _GEMMA3, layers=6, tolerance=GELU),
)
