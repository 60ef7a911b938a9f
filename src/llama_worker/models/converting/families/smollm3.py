"""SmolLM3: Llama with every fourth layer without positions, which llama.cpp knows by itself."""

from __future__ import annotations

from typing import ClassVar

from ..config import Config
from .llama import Llama


class SmolLM3(Llama):
    takes = ("SmolLM3ForCausalLM",)
    architecture = "smollm3"
    defaults: ClassVar = {
        "vocab_size": 128256,
        "max_position_embeddings": 32768,
        "num_attention_heads": 16,
        "num_key_value_heads": 4,
        "rms_norm_eps": 1e-6,
        "rope_theta": 2_000_000.0,
    }

    def completed(self, config: Config) -> Config:
        """A head's length is only told where config.json tells it."""
        told = "head_dim" in config
        config = super().completed(config)
        if not told:
            config.pop("head_dim", None)
        return config
