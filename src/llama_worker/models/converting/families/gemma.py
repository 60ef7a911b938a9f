"""Gemma 2 and 3: norms are written as what they differ from one. Gemma 3 also as an embedder."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from ..checkpoint.tensor import Tensor
from ..family import Family, Named
from ..pooling import write_pooling
from ..vocabulary.bpe import byte_pairs
from ..vocabulary.sentencepiece import has_pieces, pieces_of, sentence_pieces

if TYPE_CHECKING:
    import gguf


class Gemma2(Family):
    takes = ("Gemma2ForCausalLM",)
    architecture = "gemma2"
    defaults: ClassVar = {
        "max_position_embeddings": 8192,
        "num_attention_heads": 8,
        "num_key_value_heads": 4,
        "head_dim": 256,
        "rms_norm_eps": 1e-6,
        "attn_logit_softcapping": 50.0,
        "final_logit_softcapping": 30.0,
        "sliding_window": 4096,
        "vocab_size": 256000,
    }

    def keep(self, name: str) -> str | None:
        """Its output is its embedding, whatever some quantizers write beside it."""
        return None if name == "lm_head.weight" else super().keep(name)

    def convert(self, name: str, tensor: Tensor, block: int | None) -> Iterable[Named]:
        if name.endswith("norm.weight"):
            tensor = tensor.by_part(lambda part: part + 1)
        return super().convert(name, tensor, block)

    def parameters(self, keys: gguf.GGUFWriter) -> None:
        config = self.config
        keys.add_context_length(config.find("max_position_embeddings"))
        keys.add_embedding_length(config.find("hidden_size"))
        keys.add_block_count(self.block_count)
        keys.add_feed_forward_length(config.find("intermediate_size"))
        keys.add_head_count(config.find("num_attention_heads"))
        keys.add_head_count_kv(config.find("num_key_value_heads"))
        keys.add_layer_norm_rms_eps(config.find("rms_norm_eps"))
        keys.add_key_length(config.find("head_dim"))
        keys.add_value_length(config.find("head_dim"))
        keys.add_attn_logit_softcapping(config.find("attn_logit_softcapping"))
        keys.add_final_logit_softcapping(config.find("final_logit_softcapping"))
        keys.add_sliding_window(config.find("sliding_window"))

    def vocabulary(self, keys: gguf.GGUFWriter) -> None:
        sentence_pieces(self.repository, self.config, keys)
        keys.add_add_space_prefix(False)


class Gemma3(Family):
    takes: ClassVar[tuple[str, ...]] = ("Gemma3ForCausalLM", "Gemma3ForConditionalGeneration")
    architecture = "gemma3"
    defaults: ClassVar = {
        "max_position_embeddings": 131072,
        "num_attention_heads": 8,
        "num_key_value_heads": 4,
        "head_dim": 256,
        "rms_norm_eps": 1e-6,
        "rope_theta": 1_000_000.0,
        "rope_local_base_freq": 10_000.0,
        "sliding_window": 4096,
        "vocab_size": 262208,
    }

    def convert(self, name: str, tensor: Tensor, block: int | None) -> Iterable[Named]:
        if "embed_tokens.weight" in name:
            tensor = tensor.rows(0, min(tensor.shape[0], self._tokens()))
        elif name.endswith("norm.weight"):
            tensor = tensor.by_part(lambda part: part + 1)
        return super().convert(name, tensor, block)

    def parameters(self, keys: gguf.GGUFWriter) -> None:
        super().parameters(keys)
        if (cap := self.config.maybe("final_logit_softcapping")) is not None:
            keys.add_final_logit_softcapping(cap)
        if self.config.maybe("sliding_window_pattern") != 1:
            keys.add_sliding_window(self.config.find("sliding_window"))

    def vocabulary(self, keys: gguf.GGUFWriter) -> None:
        if has_pieces(self.repository):
            sentence_pieces(self.repository, self.config, keys)
            keys.add_add_space_prefix(False)
        else:
            byte_pairs(self.repository, self.config, keys)

    def _tokens(self) -> int:
        """How many there are: some checkpoints have rows for more."""
        if has_pieces(self.repository):
            return len(pieces_of(self.repository, self.config))
        tokenizer = self.repository.json("tokenizer.json") or {}
        return len(tokenizer.get("model", {}).get("vocab", ())) + len(tokenizer.get("added_tokens", ()))


class EmbeddingGemma(Gemma3):
    takes = ("Gemma3TextModel",)
    architecture = "gemma-embedding"

    def parameters(self, keys: gguf.GGUFWriter) -> None:
        super().parameters(keys)
        write_pooling(self.repository, keys)
