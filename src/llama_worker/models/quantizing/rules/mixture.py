"""The mixtures: which type a tensor gets in a file of some type.

What suffers most from few bits gets more of them: the output, the attention's values, the way down of the feed-forward
part, and of these the first and last layers. The figures are llama.cpp's.
"""

from __future__ import annotations

from ....errors import InvalidModelError
from ...gguf.ggml_types import TYPES_BY_NAME
from ...gguf.parser import TensorInfo
from ..file_types import FileType
from .facts import ModelFacts, block_of
from .kinds import VALUES, Kind, kind_of

_LOWEST = frozenset({"IQ1_S", "IQ1_M", "IQ2_XXS", "IQ2_XS", "IQ2_S", "IQ2_M"})
_UPPER_LOWEST = frozenset({"IQ2_S", "IQ2_M"})
_EMBEDDINGS = {
    **dict.fromkeys(("IQ1_S", "IQ1_M", "IQ2_XXS", "IQ2_XS"), "Q2_K"),
    **dict.fromkeys(("IQ2_S", "IQ2_M", "IQ3_XXS"), "IQ3_S"),
    **dict.fromkeys(("TQ1_0", "TQ2_0", "Q2_0"), "Q4_K"),
}
_KEYS_AND_QUERIES = {"IQ3_XS": "IQ3_XXS", "IQ3_XXS": "IQ2_S"}
_ATTENTION_OUTPUTS = {"Q2_K": "Q3_K", "IQ3_XXS": "IQ3_S", "Q3_K_M": "Q4_K", "Q3_K_L": "Q5_K", "IQ3_M": "Q4_K"}
_OUTPUTS_OF_EIGHT_EXPERTS = frozenset(
    ["Q2_K", "IQ3_XS", "IQ3_XXS", "Q3_K_S", "Q3_K_M", "IQ4_NL", "Q4_K_S", "Q4_K_M", "IQ3_S", "IQ3_M", "IQ4_XS"]
)
_FALCON = "falcon"


class Mixture:
    """The types of a model's tensors, asked one after the other in `in_order`."""

    def __init__(self, file_type: FileType, facts: ModelFacts) -> None:
        self._name, self._base = file_type.name, file_type.base
        self._facts = facts
        self._values = self._downs = self._gates = self._ups = 0

    def type_of(self, tensor: TensorInfo) -> str:
        """The type of the next tensor that is quantized."""
        kind = kind_of(tensor.name)
        if kind is Kind.OUTPUT or (kind is Kind.EMBEDDING and self._facts.tied):
            return self._output(tensor)
        if self._name == "MXFP4_MOE":
            return "MXFP4" if len(tensor.shape) > 2 and tensor.shape[2] > 1 else "Q8_0"
        if kind is Kind.EMBEDDING:
            return _EMBEDDINGS.get(self._name, self._base)
        if self._name in _LOWEST:
            return self._lowest(kind)
        return self._usual(kind, tensor.name)

    def _output(self, tensor: TensorInfo) -> str:
        whole_blocks = tensor.shape[0] % TYPES_BY_NAME[self._base].block_size == 0
        if self._name == "MXFP4_MOE" or self._facts.architecture == _FALCON or not whole_blocks:
            return "Q8_0"
        if self._name in _LOWEST or self._name == "IQ3_XXS":
            return "Q5_K"
        return "Q8_0" if self._base == "Q8_0" else "Q6_K"

    def _lowest(self, kind: Kind) -> str:
        """In files of less than three bits a weight."""
        higher = "IQ3_S" if self._name in _UPPER_LOWEST else "Q2_K"
        if kind in VALUES:
            self._values += 1
            return "Q4_K" if self._facts.sharing >= 4 or self._facts.experts >= 4 else higher
        if kind is Kind.KEY and self._facts.experts == 8:
            return "Q4_K"
        if kind is Kind.DOWN:
            self._downs += 1
            return higher if self._downs - 1 < self._facts.layers // 8 else self._base
        if kind is Kind.ATTENTION_OUTPUT:
            return self._lowest_attention_output()
        return self._base

    def _lowest_attention_output(self) -> str:
        if self._facts.experts == 8:
            return "Q5_K"
        if self._name in ("IQ1_S", "IQ1_M"):
            return "IQ2_XXS"
        return "IQ3_S" if self._name in _UPPER_LOWEST else self._base

    def _usual(self, kind: Kind, name: str) -> str:
        if kind in VALUES:
            return self._value()
        if kind in (Kind.KEY, Kind.QUERY):
            eight = kind is Kind.KEY and self._facts.experts == 8
            return "Q8_0" if eight else _KEYS_AND_QUERIES.get(self._name, self._base)
        if kind is Kind.DOWN:
            return self._down(name)
        if kind is Kind.ATTENTION_OUTPUT:
            return self._attention_output()
        if kind in (Kind.GATE, Kind.UP):
            return self._gate_or_up(kind, name)
        return self._base

    def _value(self) -> str:
        at, self._values = self._values, self._values + 1
        found = self._value_by_name(at)
        if self._facts.large and found in ("Q3_K", "Q4_K"):
            found = "Q5_K"
        return "Q8_0" if self._facts.experts == 8 else found

    def _value_by_name(self, at: int) -> str:
        many = self._facts.sharing >= 4
        more = more_bits(at, self._facts.value_tensors)
        match self._name:
            case "Q2_K":
                return "Q4_K" if many else "Q3_K"
            case "IQ3_XXS":
                return "Q4_K" if many else "IQ3_XXS" if self._facts.imatrix else "IQ3_S"
            case "Q2_K_S" | "IQ3_XS" | "IQ3_S" if many:
                return "Q4_K"
            case "IQ3_M":
                return "Q4_K"
            case "Q3_K_M":
                return "Q5_K" if at < 2 else "Q4_K"
            case "Q3_K_L":
                return "Q5_K"
            case "IQ4_NL" | "IQ4_XS" if many:
                return "Q5_K"
            case "Q4_K_M" | "Q5_K_M" if more:
                return "Q6_K"
            case "Q4_K_S" if at < 4:
                return "Q5_K"
        return self._base

    def _down(self, name: str) -> str:
        at, self._downs = self._layer(self._downs, name), self._downs + 1
        layers, falcon = self._facts.layers, self._facts.architecture == _FALCON
        early, more = at < layers // 8, more_bits(at, layers)
        match self._name:
            case "Q2_K":
                return "Q3_K"
            case "Q2_K_S" if early:
                return "Q4_K"
            case "IQ3_XXS" if not self._facts.imatrix:
                return "Q4_K" if early else "Q3_K"
            case "IQ3_M" if early or (self._facts.experts == 8 and more):
                return "Q4_K"
            case "Q3_K_M":
                return "Q5_K" if at < layers // 16 else "Q3_K" if falcon and not more else "Q4_K"
            case "Q3_K_L":
                return "Q4_K" if falcon else "Q5_K"
            case "Q4_K_M" if falcon:
                return "Q6_K" if at < layers // 16 else "Q5_K" if more else "Q4_K"
            case "Q4_K_M" | "Q5_K_M" if more:
                return "Q6_K"
            case "IQ4_NL" | "IQ4_XS" if early and not self._facts.imatrix:
                return "Q5_K"
            case "Q4_K_S" if early and not falcon:
                return "Q5_K"
            case "Q4_0" | "Q5_0" if early and self._facts.imatrix:
                return "Q4_1" if self._name == "Q4_0" else "Q5_1"
        return self._base

    def _attention_output(self) -> str:
        if self._facts.architecture == _FALCON:
            return "Q4_K" if self._name == "Q3_K_L" else self._base
        if self._facts.experts == 8:
            return "Q5_K" if self._name in _OUTPUTS_OF_EIGHT_EXPERTS else self._base
        return _ATTENTION_OUTPUTS.get(self._name, self._base)

    def _gate_or_up(self, kind: Kind, name: str) -> str:
        if kind is Kind.GATE:
            at, self._gates = self._layer(self._gates, name), self._gates + 1
        else:
            at, self._ups = self._layer(self._ups, name), self._ups + 1
        layers = self._facts.layers
        middle = layers // 8 <= at < 7 * layers // 8
        return "IQ3_XXS" if self._name == "IQ3_XS" and middle else self._base

    def _layer(self, count: int, name: str) -> int:
        """Which layer it is: by the count of those before it; where there are experts, by its name."""
        if self._facts.experts <= 1:
            return count
        block = block_of(name)
        if block is None or not 0 <= block < self._facts.layers:
            raise InvalidModelError(f"The tensor {name} is in none of the model's {self._facts.layers} layers.")
        return block


def more_bits(at: int, count: int) -> bool:
    """Whether the one of `count` layers belongs to the first or last eighth, or is every third between."""
    return at < count // 8 or at >= 7 * count // 8 or (at - count // 8) % 3 == 2
