"""Qwen 2 and 3, dense, and what embeds and ranks with them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from ....errors import InvalidModelError
from ..checkpoint.repository import Repository
from ..checkpoint.tensor import Tensor
from ..family import Family, Named
from ..pooling import write_pooling

if TYPE_CHECKING:
    import gguf

_RANKING_TEMPLATE = (
    "<|im_start|>system\nJudge whether the Document meets the requirements based on the Query and the Instruct"
    ' provided. Note that the answer can only be "yes" or "no".<|im_end|>\n'
    "<|im_start|>user\n<Instruct>: Given a web search query, retrieve relevant passages that answer the query\n"
    "<Query>: {query}\n<Document>: {document}<|im_end|>\n"
    "<|im_start|>assistant\n<think>\n\n</think>\n\n"
)
"""How Qwen's rerankers are asked, by their makers' cards."""


class Qwen2(Family):
    takes: ClassVar[tuple[str, ...]] = ("Qwen2ForCausalLM", "Qwen2Model")
    architecture = "qwen2"
    defaults: ClassVar = {
        "vocab_size": 151936,
        "num_key_value_heads": 32,
        "max_position_embeddings": 32768,
        "rms_norm_eps": 1e-6,
        "rope_theta": 10000.0,
    }

    def convert(self, name: str, tensor: Tensor, block: int | None) -> Iterable[Named]:
        prefix = "model." if self.repository.architecture == "Qwen2Model" else ""
        return super().convert(prefix + name, tensor, block)

    def parameters(self, keys: gguf.GGUFWriter) -> None:
        super().parameters(keys)
        write_pooling(self.repository, keys)

    def vocabulary(self, keys: gguf.GGUFWriter) -> None:
        from ..vocabulary.sentencepiece import has_pieces, sentence_pieces

        if has_pieces(self.repository):
            sentence_pieces(self.repository, self.config, keys)
        else:
            super().vocabulary(keys)


class Qwen3(Qwen2):
    takes = ("Qwen3ForCausalLM", "Qwen3Model", "Qwen3ForSequenceClassification")
    architecture = "qwen3"
    defaults: ClassVar = {**Qwen2.defaults, "head_dim": 128}

    def __init__(self, repository: Repository) -> None:
        super().__init__(repository)
        self._ranks = is_reranker(repository)
        self._tied = bool(self.config.get("tie_word_embeddings"))

    def convert(self, name: str, tensor: Tensor, block: int | None) -> Iterable[Named]:
        """A reranker's output are two rows of its vocabulary's: "yes" and "no"."""
        if self._ranks and (("embed_tokens" in name) if self._tied else ("lm_head" in name)):
            yield "cls.output.weight", _two_rows(tensor, *_answers(self.repository))
            if not self._tied:
                return
        yield from super().convert(name, tensor, block)

    def parameters(self, keys: gguf.GGUFWriter) -> None:
        import gguf

        super().parameters(keys)
        if self._ranks:
            keys.add_pooling_type(gguf.PoolingType.RANK)
            keys.add_classifier_output_labels(["yes", "no"])
            keys.add_chat_template([{"name": "rerank", "template": _RANKING_TEMPLATE}])


def is_reranker(repository: Repository) -> bool:
    """Qwen's rerankers have the architecture of its chat models: only names tell."""
    hints = (repository.name, repository.config.get("_name_or_path"), repository.config.get("model_type"))
    named = any("qwen3-reranker" in str(hint).lower() for hint in hints)
    return named or "sequenceclassification" in repository.architecture.lower() or _card_says_so(repository)


def _card_says_so(repository: Repository) -> bool:
    return "# qwen3-reranker" in repository.text("README.md").lower()


def _answers(repository: Repository) -> tuple[int, int]:
    from ..vocabulary.tokenizer import HubTokenizer

    ids = HubTokenizer(repository).ids
    if "yes" not in ids or "no" not in ids:
        raise InvalidModelError(f"{repository.name} is a reranker without the tokens 'yes' and 'no'.")
    return ids["yes"], ids["no"]


def _two_rows(tensor: Tensor, first: int, second: int) -> Tensor:
    return tensor.as_whole(lambda rows: rows[[first, second]], (2, *tensor.shape[1:]))
