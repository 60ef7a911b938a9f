"""OLMo 2, and OLMo 3 with its windows: norms after attention and feed-forward, and over all queries and keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ..config import Config
from ..family import Family

if TYPE_CHECKING:
    import gguf

_FULL_EVERY = 4


class Olmo2(Family):
    takes = ("Olmo2ForCausalLM",)
    architecture = "olmo2"
    defaults: ClassVar = {
        "vocab_size": 50304,
        "max_position_embeddings": 2048,
        "num_attention_heads": 32,
        "rms_norm_eps": 1e-5,
        "rope_theta": 10_000.0,
    }

    def completed(self, config: Config) -> Config:
        config.setdefault("num_key_value_heads", config.find("num_attention_heads"))
        return config


class Olmo3(Olmo2):
    takes = ("Olmo3ForCausalLM",)
    defaults: ClassVar = {**Olmo2.defaults, "sliding_window": 4096}

    def parameters(self, keys: gguf.GGUFWriter) -> None:
        super().parameters(keys)
        keys.add_sliding_window(self.config.find("sliding_window"))
        told = self.config.maybe("layer_types")
        if told:
            pattern = [kind == "sliding_attention" for kind in told]
        else:
            pattern = [(layer + 1) % _FULL_EVERY != 0 for layer in range(self.block_count)]
        keys.add_sliding_window_pattern(pattern)
