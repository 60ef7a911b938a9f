"""XLM-RoBERTa, of which embedders of many languages are made (bge-m3, multilingual E5): BERT with other positions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from ....errors import NotSupportedError
from ..checkpoint.tensor import Tensor
from ..config import Config
from ..family import Named
from ..vocabulary.unigrams import unigrams
from .bert import Bert

if TYPE_CHECKING:
    import gguf


class XlmRoberta(Bert):
    takes = ("XLMRobertaModel", "XLMRobertaForSequenceClassification")
    defaults: ClassVar = {**Bert.defaults, "pad_token_id": 1}
    prefix = "roberta."

    def completed(self, config: Config) -> Config:
        """The first positions stand for padding, and are in no file."""
        if config.maybe("lora_adaptations"):
            raise NotSupportedError(f"{config.model} has adapters inside, which are not converted here.")
        config["max_position_embeddings"] = config.find("max_position_embeddings") - self._skipped(config)
        return config

    def convert(self, name: str, tensor: Tensor, block: int | None) -> Iterable[Named]:
        if name == "embeddings.position_embeddings.weight":
            tensor = tensor.rows(self._skipped(self.config), tensor.shape[0])
        return super().convert(name, tensor, block)

    def vocabulary(self, keys: gguf.GGUFWriter) -> None:
        unigrams(self.repository, self.config, keys)

    @staticmethod
    def _skipped(config: Config) -> int:
        return 1 + int(config.find("pad_token_id"))
