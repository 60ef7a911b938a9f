"""Stored numbers mean what they do elsewhere."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from llama_worker.errors import NotSupportedError
from llama_worker.models.converting.checkpoint.header import read_header
from llama_worker.models.converting.checkpoint.numbers import decoded
from llama_worker.models.converting.checkpoint.scales import unscaled
from llama_worker.models.converting.checkpoint.tensor import Tensor

from .repositories import bf16, write_safetensors


def of_bytes(dtype: str, *values: int) -> list[float]:
    return [float(value) for value in decoded(np.array(values, np.uint8), dtype)]


def test_eight_bits() -> None:
    """The values that the formats' definitions give as examples."""
    assert of_bytes("F8_E4M3", 0x00, 0x01, 0x38, 0x7E, 0xB8) == [0.0, 2.0**-9, 1.0, 448.0, -1.0]
    assert of_bytes("F8_E5M2", 0x01, 0x3C, 0x7B, 0x7C, 0xFC) == [2.0**-16, 1.0, 57344.0, math.inf, -math.inf]
    assert of_bytes("F8_E8M0", 127, 128, 0) == [1.0, 2.0, 2.0**-127]
    assert all(math.isnan(value) for value in (*of_bytes("F8_E4M3", 0x7F, 0xFF), *of_bytes("F8_E5M2", 0x7D)))


def stored(tmp_path: Path, **tensors: tuple[str, object]) -> dict[str, Tensor]:
    named = {name.replace("__", "."): value for name, value in tensors.items()}
    write_safetensors(tmp_path / "model.safetensors", named)
    return {name: Tensor.stored(each) for name, each in read_header(tmp_path / "model.safetensors").items()}


def test_sixteen_bits_and_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tensor read in parts is the tensor."""
    monkeypatch.setattr("llama_worker.models.converting.checkpoint.tensor._PART_ELEMENTS", 8)
    values = np.arange(30, dtype=np.float32).reshape(10, 3)
    tensor = stored(tmp_path, a=("BF16", bf16(values)))["a"]
    assert [part.shape for part in tensor.parts()] == [(2, 3)] * 5
    assert np.array_equal(tensor.whole(), values)
    assert np.array_equal(Tensor.stack([tensor, tensor]).whole(), np.stack([values, values]))


FP8 = np.full((3, 4), 0x38, np.uint8)  # ones


def test_a_scale_for_each_block(tmp_path: Path) -> None:
    scale = np.array([[1, 2], [3, 4]], "<f4")
    tensors = stored(tmp_path, w__weight=("F8_E4M3", FP8), w__weight_scale_inv=("F32", scale))
    config = {"quantization_config": {"quant_method": "fp8", "weight_block_size": [2, 3]}}
    result = unscaled(tensors, config, "x")
    assert list(result) == ["w.weight"]
    assert result["w.weight"].whole().tolist() == [[1, 1, 1, 2], [1, 1, 1, 2], [3, 3, 3, 4]]


def test_a_scale_for_each_row_and_for_all(tmp_path: Path) -> None:
    groups = {"group_0": {"weights": {"strategy": "channel", "num_bits": 8, "type": "float"}}}
    method = {"quant_method": "compressed-tensors", "format": "float-quantized", "config_groups": groups}
    rows = stored(
        tmp_path,
        w__weight=("F8_E4M3", FP8),
        w__weight_scale=("BF16", bf16([[1], [2], [4]])),
        w__input_scale=("F32", np.ones((), "<f4")),
    )
    result = unscaled(rows, {"quantization_config": method}, "x")
    assert result["w.weight"].whole()[:, 0].tolist() == [1, 2, 4]
    assert list(result) == ["w.weight"]
    whole = stored(tmp_path, w__weight=("F8_E4M3", FP8), w__weight_scale=("F32", np.array(3, "<f4")))
    result = unscaled(whole, {"quantization_config": {"quant_method": "modelopt"}}, "x")
    assert result["w.weight"].whole()[0, 0] == 3


@pytest.mark.parametrize("method", ["gptq", "awq", "bitsandbytes"])
def test_other_quantizations_are_refused_by_name(method: str) -> None:
    with pytest.raises(NotSupportedError, match=method):
        unscaled({}, json.loads(json.dumps({"quantization_config": {"quant_method": method}})), "x")
