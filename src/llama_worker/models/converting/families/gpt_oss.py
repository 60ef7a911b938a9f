"""gpt-oss: experts in four bits, whose bits are moved and never rounded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, ClassVar

from ....errors import InvalidModelError
from ..checkpoint.tensor import Tensor
from ..family import Family, Named

if TYPE_CHECKING:
    import gguf

    from ..checkpoint.numbers import Array

_GROUP = 32
"""Numbers that share a scale."""
_BLOCKS, _SCALES = "_blocks", "_scales"


class GptOss(Family):
    takes = ("GptOssForCausalLM",)
    architecture = "gpt-oss"
    defaults: ClassVar = {
        "vocab_size": 201088,
        "max_position_embeddings": 131072,
        "num_attention_heads": 64,
        "num_key_value_heads": 8,
        "head_dim": 64,
        "num_local_experts": 128,
        "num_experts_per_tok": 4,
        "intermediate_size": 2880,
        "rms_norm_eps": 1e-5,
        "rope_theta": 150_000.0,
        "sliding_window": 128,
    }

    @property
    def four_bits(self) -> bool:
        """Whether the experts come in MXFP4."""
        quantization = self.config.maybe("quantization_config")
        return isinstance(quantization, dict) and quantization.get("quant_method") == "mxfp4"

    def keep(self, name: str) -> str | None:
        return super().keep(f"{name}.weight" if "sinks" in name else name)

    def unscaled(self, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Blocks and scales become one tensor, which stays in four bits."""
        if not self.four_bits:
            return super().unscaled(tensors)
        result = {}
        for name, tensor in tensors.items():
            if name.endswith(_SCALES):
                continue
            if name.endswith(_BLOCKS):
                scales = tensors.get(name.removesuffix(_BLOCKS) + _SCALES)
                if scales is None or tensor.shape[:-1] != scales.shape or tensor.shape[-1] * 2 != _GROUP:
                    raise InvalidModelError(f"{name!r} of {self.repository.name} and its scales do not fit together.")
                name, tensor = name.removesuffix(_BLOCKS), _interleaved(tensor, scales)
            result[name] = tensor
        return result

    def convert(self, name: str, tensor: Tensor, block: int | None) -> Iterable[Named]:
        """Gates and what they let through come by turns, row by row, and stand apart in GGUF."""
        if ".experts." not in name:
            yield from super().convert(name, tensor, block)
            return
        stem, _, part = name.partition(".experts.")
        kind = ".bias" if part.endswith("_bias") else ".weight"
        part = part.removesuffix("_bias")
        if kind == ".weight" and tensor.dtype != "U8":
            tensor = _transposed(tensor)
        if part == "gate_up_proj":
            yield self.mapped(f"{stem}.experts.gate_proj{kind}"), _every_second(tensor, 0)
            yield self.mapped(f"{stem}.experts.up_proj{kind}"), _every_second(tensor, 1)
        else:
            yield self.mapped(f"{stem}.experts.{part}{kind}"), tensor

    def type_of(self, name: str, new_name: str, block: int | None, dimensions: int) -> str | None:
        experts = new_name.endswith("_exps.weight") and self.four_bits
        return "MXFP4" if experts else super().type_of(name, new_name, block, dimensions)

    def file_type(self, wanted: str) -> str:
        return "MOSTLY_MXFP4_MOE" if self.four_bits and wanted != "q8_0" else super().file_type(wanted)

    def parameters(self, keys: gguf.GGUFWriter) -> None:
        super().parameters(keys)
        keys.add_sliding_window(self.config.find("sliding_window"))
        keys.add_expert_feed_forward_length(self.config.find("intermediate_size"))


def _every_second(tensor: Tensor, first: int) -> Tensor:
    """The rows of each expert, or the numbers of its bias, from `first` on."""
    experts, rows, *rest = tensor.shape
    return tensor.by_part(lambda part: part[:, first::2], (experts, (rows + 1 - first) // 2, *rest))


def _transposed(tensor: Tensor) -> Tensor:
    *first, rows, columns = tensor.shape
    return tensor.by_part(lambda part: part.swapaxes(-1, -2), (*first, columns, rows))


def _interleaved(blocks: Tensor, scales: Tensor) -> Tensor:
    """Each group's scale before its numbers, the first half of which is in the lower halves of the bytes."""
    *first, groups, _ = blocks.shape

    def packed(values: Array) -> Array:
        import numpy as np

        numbers = np.stack((values & 15, values >> 4), axis=-1).reshape(*values.shape[:-1], _GROUP)
        halves = numbers[..., : _GROUP // 2] | numbers[..., _GROUP // 2 :] << 4
        whole = np.concatenate((scales.whole()[..., None], halves), axis=-1)
        return whole.reshape(*whole.shape[:-2], -1)

    return blocks.as_whole(packed, (*first, groups * _GROUP))
