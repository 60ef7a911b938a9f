"""Llama and what is built like it: Mistral, Mixtral, and many that others trained."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from ..checkpoint.repository import Repository
from ..checkpoint.tensor import Tensor
from ..config import Config
from ..experts import Experts
from ..family import Family, Named
from ..rope import llama3_factors, of_full_attention

if TYPE_CHECKING:
    import gguf

    from ..checkpoint.numbers import Array


class Llama(Family):
    takes: ClassVar[tuple[str, ...]] = ("LlamaForCausalLM", "LLaMAForCausalLM", "LlamaModel")
    architecture = "llama"
    defaults: ClassVar = {
        "vocab_size": 32000,
        "max_position_embeddings": 2048,
        "rms_norm_eps": 1e-6,
        "rope_theta": 10000.0,
    }
    permuted: ClassVar[bool] = True
    """Whether transformers keeps the halves of each head's rotary pairs apart, which GGUF has side by side."""

    def completed(self, config: Config) -> Config:
        """The length of heads is always told, and goes into the metadata."""
        config.setdefault("num_key_value_heads", config.find("num_attention_heads"))
        config.setdefault("head_dim", config.find("hidden_size") // config.find("num_attention_heads"))
        return config

    def keep(self, name: str) -> str | None:
        return super().keep(name.replace("text_model.", ""))

    def extra(self) -> Iterable[Named]:
        if factors := llama3_factors(of_full_attention(self.rope), self.head_length):
            yield "rope_freqs.weight", Tensor.of(factors)

    def convert(self, name: str, tensor: Tensor, block: int | None) -> Iterable[Named]:
        if self.repository.architecture == "LlamaModel":
            name = f"model.{name}"
        if self.permuted and name.endswith(("q_proj.weight", "q_proj.bias")):
            tensor = paired(tensor, self.config.find("num_attention_heads"))
        if self.permuted and name.endswith(("k_proj.weight", "k_proj.bias")):
            tensor = paired(tensor, self.config.find("num_key_value_heads"))
        return super().convert(name, tensor, block)

    def parameters(self, keys: gguf.GGUFWriter) -> None:
        super().parameters(keys)
        keys.add_vocab_size(self.config.find("vocab_size"))
        keys.add_rope_dimension_count(self.head_length)

    def vocabulary(self, keys: gguf.GGUFWriter) -> None:
        from ..vocabulary.llama import llama_vocabulary

        llama_vocabulary(self.repository, self.config, keys)

    @property
    def head_length(self) -> int:
        told: int | None = self.config.maybe("head_dim")
        return told or int(self.config.find("hidden_size") // self.config.find("num_attention_heads"))


class Mistral(Llama):
    takes = ("MistralForCausalLM",)
    defaults: ClassVar = {**Llama.defaults, "num_key_value_heads": 8, "max_position_embeddings": 4096 * 32}

    def completed(self, config: Config) -> Config:
        """The length of heads stays untold where it is."""
        return config


class Mixtral(Mistral):
    takes = ("MixtralForCausalLM",)
    defaults: ClassVar = {
        **Mistral.defaults,
        "rms_norm_eps": 1e-5,
        "rope_theta": 1e6,
        "num_experts_per_tok": 2,
        "num_local_experts": 8,
    }

    def __init__(self, repository: Repository) -> None:
        super().__init__(repository)
        self._experts = Experts(
            self.config.find("num_local_experts"),
            ("w1", "w2", "w3"),
            r"model\.layers\.(?P<layer>\d+)\.block_sparse_moe\.experts\.(?P<expert>\d+)\.(?P<part>w[123])\.weight",
            "layers.{layer}.feed_forward.experts.{part}.weight",
        )

    def convert(self, name: str, tensor: Tensor, block: int | None) -> Iterable[Named]:
        if not self._experts.holds(name):
            return super().convert(name, tensor, block)
        return ((self.mapped(merged), stacked) for merged, stacked in self._experts.add(name, tensor))

    def left_over(self) -> list[str]:
        return self._experts.left_over()


def paired(tensor: Tensor, heads: int) -> Tensor:
    """The rows of each head, with those next to each other that are rotated together."""

    def pair(rows: Array) -> Array:
        halves = rows.reshape(heads, 2, rows.shape[0] // heads // 2, *rows.shape[1:])
        return halves.swapaxes(1, 2).reshape(rows.shape)

    return tensor.as_whole(pair)
