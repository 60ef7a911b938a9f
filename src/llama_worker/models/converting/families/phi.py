"""Phi-3, 3.5 and 4 without pictures: queries, keys and values in one matrix, and factors for long contexts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from ....errors import InvalidModelError
from ..checkpoint.repository import Repository
from ..checkpoint.tensor import Tensor
from ..config import Config
from ..family import Family, Named
from ..rope import of_full_attention
from ..vocabulary.bpe import byte_pairs
from ..vocabulary.sentencepiece import ADDED_SCORE, CONTROL, USER_DEFINED, Piece, pieces_of, write_pieces

if TYPE_CHECKING:
    import gguf


class Phi3(Family):
    takes = ("Phi3ForCausalLM",)
    architecture = "phi3"
    defaults: ClassVar = {
        "max_position_embeddings": 4096,
        "original_max_position_embeddings": 4096,
        "num_attention_heads": 32,
        "rms_norm_eps": 1e-5,
        "rope_theta": 10_000.0,
        "sliding_window": 0,
        "vocab_size": 32064,
    }

    def completed(self, config: Config) -> Config:
        config.setdefault("num_key_value_heads", config.find("num_attention_heads"))
        return config

    def extra(self) -> Iterable[Named]:
        long, short = self.rope.get("long_factor"), self.rope.get("short_factor")
        if not long:
            return
        if not short or {len(long), len(short)} != {self._rotated // 2}:
            raise InvalidModelError(
                f"{self.repository.name} needs {self._rotated // 2} long and as many short factors of its positions."
            )
        yield "rope_factors_long.weight", Tensor.of(long)
        yield "rope_factors_short.weight", Tensor.of(short)

    def parameters(self, keys: gguf.GGUFWriter) -> None:
        config = self.config
        if self.rope.get("long_factor"):
            keys.add_rope_scaling_attn_factors(self._attention_factor())
        keys.add_context_length(config.find("max_position_embeddings"))
        keys.add_rope_scaling_orig_ctx_len(self.rope["original_max_position_embeddings"])
        keys.add_embedding_length(config.find("hidden_size"))
        keys.add_feed_forward_length(config.find("intermediate_size"))
        keys.add_block_count(self.block_count)
        keys.add_head_count(config.find("num_attention_heads"))
        keys.add_head_count_kv(config.find("num_key_value_heads"))
        keys.add_layer_norm_rms_eps(config.find("rms_norm_eps"))
        keys.add_rope_dimension_count(self._rotated)
        keys.add_rope_freq_base(of_full_attention(self.rope)["rope_theta"])
        keys.add_sliding_window(config.find("sliding_window"))

    def vocabulary(self, keys: gguf.GGUFWriter) -> None:
        settings = self.repository.json("tokenizer_config.json") or {}
        if settings.get("tokenizer_class") == "GPT2Tokenizer":
            byte_pairs(self.repository, self.config, keys)
            return
        pieces = pieces_of(self.repository, self.config)
        for number, token in _declared(self.repository):
            if number < len(pieces):
                kind = CONTROL if token.get("special") else USER_DEFINED
                pieces[number] = Piece(token["content"], ADDED_SCORE, kind)
        write_pieces(self.repository, pieces, keys)

    @property
    def _rotated(self) -> int:
        """How many numbers of a head are rotated."""
        share = self.rope.get("partial_rotary_factor", 1.0)
        return int(share * self.config.find("hidden_size")) // int(self.config.find("num_attention_heads"))

    def _attention_factor(self) -> float:
        """By what longer contexts make attention sharper."""
        trained = self.rope["original_max_position_embeddings"]
        scale = self.config.find("max_position_embeddings") / trained
        return math.sqrt(1 + math.log(scale) / math.log(trained)) if scale > 1 else 1.0


def _declared(repository: Repository) -> Iterator[tuple[int, dict[str, Any]]]:
    """Tokens that a repository declares: those are special which it calls so, however they look."""
    decoder = (repository.json("tokenizer_config.json") or {}).get("added_tokens_decoder")
    for number, token in (decoder if isinstance(decoder, dict) else {}).items():
        if str(number).isdecimal() and isinstance(token, dict) and isinstance(token.get("content"), str):
            yield int(number), token
    for token in (repository.json("tokenizer.json") or {}).get("added_tokens") or ():
        yield token["id"], token
