"""Qwen 2 and 3 as mixtures of experts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from ....errors import InvalidModelError
from ..checkpoint.repository import Repository
from ..checkpoint.tensor import Tensor
from ..experts import Experts
from ..family import Family, Named

if TYPE_CHECKING:
    import gguf


class Qwen2Moe(Family):
    takes = ("Qwen2MoeForCausalLM",)
    architecture = "qwen2moe"
    defaults: ClassVar = {
        "vocab_size": 151936,
        "num_key_value_heads": 16,
        "max_position_embeddings": 32768,
        "rms_norm_eps": 1e-6,
        "rope_theta": 10000.0,
        "moe_intermediate_size": 1408,
        "shared_expert_intermediate_size": 5632,
        "num_experts_per_tok": 4,
        "num_experts": 60,
    }

    def __init__(self, repository: Repository) -> None:
        super().__init__(repository)
        self._experts = Experts(
            self.config.find("num_local_experts", "num_experts"),
            ("down_proj", "gate_proj", "up_proj"),
            r"model\.layers\.(?P<layer>\d+)\.mlp\.experts\.(?P<expert>\d+)\.(?P<part>\w+_proj)\.weight",
            "model.layers.{layer}.mlp.experts.{part}.weight",
        )

    def convert(self, name: str, tensor: Tensor, block: int | None) -> Iterable[Named]:
        """Newer checkpoints have a layer's experts in one tensor already, and the two that go up in one."""
        plain = name.removesuffix(".weight")
        if self._experts.holds(name):
            return ((self.mapped(merged), stacked) for merged, stacked in self._experts.add(name, tensor))
        if plain.endswith("mlp.experts.gate_up_proj"):
            return self._halves(plain.removesuffix(".gate_up_proj"), tensor)
        if plain.endswith("mlp.experts.down_proj"):
            name = f"{plain}.weight"
        return super().convert(name, tensor, block)

    def _halves(self, base: str, tensor: Tensor) -> Iterable[Named]:
        if len(tensor.shape) != 3 or tensor.shape[1] % 2:
            raise InvalidModelError(f"{base}.gate_up_proj of {self.repository.name} has a shape that it cannot have.")
        half = tensor.shape[1] // 2
        shape = (tensor.shape[0], half, tensor.shape[2])
        yield self.mapped(f"{base}.gate_proj.weight"), tensor.by_part(lambda experts: experts[:, :half], shape)
        yield self.mapped(f"{base}.up_proj.weight"), tensor.by_part(lambda experts: experts[:, half:], shape)

    def left_over(self) -> list[str]:
        return self._experts.left_over()

    def parameters(self, keys: gguf.GGUFWriter) -> None:
        super().parameters(keys)
        keys.add_expert_feed_forward_length(self.config.find("moe_intermediate_size"))
        if (shared := self.config.maybe("shared_expert_intermediate_size")) is not None:
            keys.add_expert_shared_feed_forward_length(shared)


class Qwen3Moe(Qwen2Moe):
    takes = ("Qwen3MoeForCausalLM",)
    architecture = "qwen3moe"
    defaults: ClassVar = {
        "vocab_size": 151936,
        "num_key_value_heads": 4,
        "max_position_embeddings": 32768,
        "rms_norm_eps": 1e-6,
        "rope_theta": 10000.0,
        "moe_intermediate_size": 768,
        "num_experts_per_tok": 8,
        "num_experts": 128,
    }
