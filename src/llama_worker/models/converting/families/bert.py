"""BERT and what embeds texts like it: bge, E5, MiniLM; DistilBERT, and nomic's with rotary positions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from ....errors import NotSupportedError
from ..checkpoint.tensor import Tensor
from ..config import Config
from ..family import Family, Named
from ..pooling import write_pooling
from ..vocabulary.word_pieces import word_pieces

if TYPE_CHECKING:
    import gguf

_UNUSED = ("embeddings.position_ids", "pooler.dense.weight", "pooler.dense.bias")
_HEADS = ("cls.predictions", "cls.seq_relationship")
_OLD_ENDS = {".gamma": ".weight", ".beta": ".bias"}


class Bert(Family):
    takes: ClassVar[tuple[str, ...]] = ("BertModel", "BertForMaskedLM", "BertForSequenceClassification")
    architecture = "bert"
    defaults: ClassVar = {
        "vocab_size": 30522,
        "max_position_embeddings": 512,
        "hidden_size": 768,
        "intermediate_size": 3072,
        "num_attention_heads": 12,
        "num_hidden_layers": 12,
        "layer_norm_eps": 1e-12,
        "type_vocab_size": 2,
    }
    prefix: ClassVar = "bert."
    """Before the names of a model that has a head beside it."""

    @property
    def labels(self) -> list[str]:
        """What a classifier tells apart; those that transformers makes up when nobody said any are none."""
        told = self.config.maybe("id2label") or {}
        labels = [str(told[key]) for key in sorted(told, key=int)]
        return [] if len(labels) == 2 and labels[0] == "LABEL_0" else labels

    def keep(self, name: str) -> str | None:
        name = name.removeprefix(self.prefix)
        for old, new in _OLD_ENDS.items():
            name = name.removesuffix(old) + new if name.endswith(old) else name
        return None if name in _UNUSED or name.startswith(_HEADS) else super().keep(name)

    def convert(self, name: str, tensor: Tensor, block: int | None) -> Iterable[Named]:
        if self.labels and name.startswith("classifier.") and name.count(".") == 1:
            name = name.replace("classifier.", "classifier.out_proj.")
        return super().convert(name, tensor, block)

    def parameters(self, keys: gguf.GGUFWriter) -> None:
        super().parameters(keys)
        keys.add_causal_attention(False)
        write_pooling(self.repository, keys)
        if self.labels:
            keys.add_classifier_output_labels(self.labels)

    def vocabulary(self, keys: gguf.GGUFWriter) -> None:
        keys.add_token_type_count(self.config.maybe("type_vocab_size") or 1)
        word_pieces(self.repository, self.config, keys)


class DistilBert(Bert):
    takes = ("DistilBertModel", "DistilBertForMaskedLM", "DistilBertForSequenceClassification")
    defaults: ClassVar = {
        "vocab_size": 30522,
        "max_position_embeddings": 512,
        "dim": 768,
        "hidden_dim": 3072,
        "n_heads": 12,
        "n_layers": 6,
        "layer_norm_eps": 1e-12,
    }
    prefix = "distilbert."

    def keep(self, name: str) -> str | None:
        """What guesses masked words is not needed."""
        return None if name.removeprefix(self.prefix).startswith("vocab_") else super().keep(name)


_TRAINED = 2048
_LENGTHS = {8192: 2048, 2048: 512}
"""What nomic's models were trained for, by what their configuration says."""
_AS_TRAINED = {
    "activation_function": "swiglu",
    "causal": False,
    "mlp_fc1_bias": False,
    "mlp_fc2_bias": False,
    "prenorm": False,
    "qkv_proj_bias": False,
    "rotary_emb_fraction": 1.0,
    "rotary_emb_interleaved": False,
}


class NomicBert(Bert):
    takes = ("NomicBertModel",)
    architecture = "nomic-bert"
    defaults: ClassVar = {"max_trained_positions": _TRAINED}

    def completed(self, config: Config) -> Config:
        """Raises `NotSupportedError` for what llama.cpp would compute otherwise."""
        other = [key for key, value in _AS_TRAINED.items() if config.maybe(key) != value]
        length = config.find("n_positions")
        if config.maybe("moe_every_n_layers"):
            raise NotSupportedError(f"{config.model} is a mixture of experts, which is not converted here.")
        if other or config["max_trained_positions"] != _TRAINED or length not in _LENGTHS:
            key = other[0] if other else "n_positions"
            raise NotSupportedError(f"{config.model} is none of nomic's models: its {key} is {config.maybe(key)!r}.")
        config["n_positions"] = _LENGTHS[length]
        return config
