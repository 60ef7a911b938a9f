"""Granite: Llama with four numbers by which embeddings, attention, residuals and logits are multiplied."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ..config import Config
from .llama import Llama

if TYPE_CHECKING:
    import gguf


class Granite(Llama):
    takes = ("GraniteForCausalLM",)
    architecture = "granite"
    defaults: ClassVar = {
        **Llama.defaults,
        "attention_multiplier": 1.0,
        "embedding_multiplier": 1.0,
        "residual_multiplier": 1.0,
        "logits_scaling": 1.0,
    }

    def completed(self, config: Config) -> Config:
        """llama.cpp divides the width by the heads for itself."""
        config = super().completed(config)
        config.pop("head_dim", None)
        return config

    def parameters(self, keys: gguf.GGUFWriter) -> None:
        super().parameters(keys)
        keys.add_attention_scale(self.config.find("attention_multiplier"))
        keys.add_embedding_scale(self.config.find("embedding_multiplier"))
        keys.add_residual_scale(self.config.find("residual_multiplier"))
        keys.add_logit_scale(self.config.find("logits_scaling"))
