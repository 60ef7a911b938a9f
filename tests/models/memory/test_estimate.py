"""The estimate: its terms for known shapes, its limits, its advice. test_estimate_measured compares with engines."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llama_worker.errors import InsufficientMemoryError, InvalidOptionsError
from llama_worker.models.gguf.header import GgufHeader
from llama_worker.models.gguf.inspect import read_header
from llama_worker.models.memory.available import AvailableMemory
from llama_worker.models.memory.estimate import PlanOptions, estimate, largest_context_that_fits, require_memory
from llama_worker.models.memory.layers import layers_of
from tests.models import raw_gguf as raw

MiB = 1 << 20
GEMMA = {"block_count": 12, "attention.head_count": 4, "attention.head_count_kv": 1, "attention.key_length": 256}
GEMMA |= {"attention.value_length": 256, "attention.sliding_window": 512, "context_length": 32768}


def header(
    tmp_path: Path, architecture: str = "llama", numbers: Mapping[str, int] | None = None, extra: bytes = b""
) -> GgufHeader:
    """The header of a model of that shape, with three tensors of 4 MiB: input, first block, output."""
    shape = {"block_count": 2, "context_length": 4096, "embedding_length": 1024, "feed_forward_length": 2048}
    shape |= {"attention.head_count": 16, "attention.head_count_kv": 4} | dict(numbers or {})
    keys = [raw.string("general.architecture", architecture)]
    full = {f"{architecture}.{name}": number for name, number in shape.items()}
    keys += [raw.u32(name, number) for name, number in full.items() if raw.text(name) not in extra]
    names = ("token_embd.weight", "blk.0.ffn_up.weight", "output.weight")
    tensors = [raw.tensor(name, (1024, 1024), 0, 4 * MiB * index) for index, name in enumerate(names)]
    content = raw.gguf([*keys, *([extra] if extra else [])], tensors, data=bytes(12 * MiB))
    return read_header(raw.write(tmp_path / "m.gguf", content))


def test_the_kv_cache_of_grouped_heads(tmp_path: Path) -> None:
    found = estimate(header(tmp_path), context_size=1000, sequences=3)
    cells, numbers = 1024, 2 * 4 * 64
    assert found.kv_cache_bytes == 2 * cells * numbers * 2 * 3
    assert found.weights_bytes == 12 * MiB
    parts = found.weights_bytes + found.repacked_bytes + found.kv_cache_bytes + found.compute_bytes
    assert found.total_bytes == parts + found.runtime_bytes


def test_a_quantized_cache_is_smaller(tmp_path: Path) -> None:
    model = header(tmp_path)
    plain = estimate(model, context_size=4096)
    small = estimate(model, context_size=4096, cache_type_k="q8_0", cache_type_v="q4_0")
    assert small.kv_cache_bytes * 64 == plain.kv_cache_bytes * (34 + 18) // 2


def test_heads_may_differ_between_blocks(tmp_path: Path) -> None:
    heads = raw.array("lfm2.attention.head_count_kv", raw.U32, 2, struct.pack("<2I", 0, 8))
    model = header(tmp_path, "lfm2", {"shortconv.l_cache": 3}, heads)
    state, attention = layers_of(model)
    assert (state.key_values, state.state_bytes) == (0, 4 * 1024 * 2)
    assert (attention.key_values, attention.state_bytes) == (8 * 64, 0)


def test_layers_that_look_back_only_a_little_keep_little(tmp_path: Path) -> None:
    layers = layers_of(header(tmp_path, "gemma3", GEMMA))
    assert [layer.window for layer in layers] == [512, 512, 512, 512, 512, None] * 2
    found = estimate(header(tmp_path, "gemma3", GEMMA), context_size=8192, sequences=2, batch_size=256)
    assert found.kv_cache_bytes == (32 + 15) * MiB  # what the engine says it allocates


def test_a_pattern_in_the_file_decides(tmp_path: Path) -> None:
    pattern = raw.array("gpt-oss.attention.sliding_window_pattern", raw.BOOL, 2, b"\0\1")
    model = header(tmp_path, "gpt-oss", {"attention.sliding_window": 128}, pattern)
    assert [layer.window for layer in layers_of(model)] == [None, 128]


@pytest.mark.parametrize(
    ("architecture", "numbers", "kept"),
    [
        (
            "deepseek2",
            {"attention.head_count_kv": 1, "attention.key_length": 576, "attention.key_length_mla": 192},
            576,
        ),
        ("mamba", {"ssm.conv_kernel": 4, "ssm.inner_size": 2048, "ssm.state_size": 16}, 0),
        ("rwkv7", {"wkv.head_size": 64}, 0),
        ("bert", {}, 0),
        ("unknown", {"attention.sliding_window": 128}, 512),
    ],
)
def test_other_kinds_of_memory(tmp_path: Path, architecture: str, numbers: dict[str, int], kept: int) -> None:
    layer = layers_of(header(tmp_path, architecture, numbers))[0]
    assert layer.key_values + layer.value_values == kept
    assert (layer.state_bytes > 0) == (architecture in ("mamba", "rwkv7"))
    assert layer.window is None


@pytest.mark.parametrize(("gpu_layers", "weights"), [(None, 12), (0, 12), (1, 8), (2, 8), (3, 4), (99, 4), (-1, 4)])
def test_layers_on_the_gpu_leave_main_memory(tmp_path: Path, gpu_layers: int | None, weights: int) -> None:
    found = estimate(header(tmp_path), context_size=4096, gpu_layers=gpu_layers)
    assert found.weights_bytes == weights * MiB
    assert found.kv_cache_bytes == {12: 16, 8: 16 if gpu_layers == 1 else 8, 4: 0}[weights] * MiB // 2
    assert (found.gpu_bytes > 0) == (weights < 12)


def test_without_flash_attention_the_scores_are_held(tmp_path: Path) -> None:
    model = header(tmp_path)
    with_scores = estimate(model, context_size=4096, flash_attention=False).compute_bytes
    assert with_scores - estimate(model, context_size=4096).compute_bytes > 512 * 4096 * 16 * 4


def test_repacked_weights_are_shown_but_not_required(tmp_path: Path) -> None:
    keys = [raw.string("general.architecture", "llama"), raw.u32("llama.block_count", 1)]
    tensors = [raw.tensor("token_embd.weight", (256, 256), 2), raw.tensor("output.weight", (256, 256), 2, 36864)]
    path = raw.write(tmp_path / "q.gguf", raw.gguf(keys, tensors, data=bytes(2 * 36864)))
    found = estimate(read_header(path), context_size=256)
    assert found.repacked_bytes == 36864
    assert found.total_bytes - found.required_bytes == 36864
    assert estimate(read_header(path), context_size=256, use_mmap=False).repacked_bytes == 0


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> GgufHeader:
    return header(tmp_path_factory.mktemp("model"), numbers={"block_count": 32, "context_length": 131072})


@given(free=st.integers(0, 4 << 30), sequences=st.integers(1, 8))
def test_the_largest_context_fits_and_a_larger_one_does_not(model: GgufHeader, free: int, sequences: int) -> None:
    largest = largest_context_that_fits(model, free, sequences=sequences)
    assert largest % 256 == 0
    if largest:
        assert estimate(model, context_size=largest, sequences=sequences).required_bytes <= free
    if largest < model.context_length:
        assert estimate(model, context_size=largest + 256, sequences=sequences).required_bytes > free


def free(count: int) -> AvailableMemory:
    return AvailableMemory(count, 16 << 30, "control group")


def test_what_fits_is_let_through(model: GgufHeader) -> None:
    found = require_memory(model, context_size=4096, available=free(4 << 30))
    assert found.required_bytes <= 4 << 30
    require_memory(model, context_size=256)


@pytest.mark.parametrize(
    ("available", "sequences", "advice"),
    [
        (1 << 30, 1, r"1 x \d+ tokens would fit"),
        (1 << 30, 8, r"8 x \d+ tokens would fit"),
        (110 << 20, 8, r"1 x \d+ tokens would fit"),
        (10 << 20, 1, "smaller quantization or model"),
    ],
)
def test_what_does_not_fit_is_refused_with_advice(
    model: GgufHeader, available: int, sequences: int, advice: str
) -> None:
    with pytest.raises(InsufficientMemoryError, match=advice) as caught:
        require_memory(model, context_size=131072, sequences=sequences, available=free(available))
    assert caught.value.available_bytes == available
    assert caught.value.required_bytes is not None
    assert caught.value.required_bytes > available
    assert "control group" in caught.value.message


@pytest.mark.parametrize("option", ["sequences", "batch_size"])
def test_numbers_below_one_are_refused(model: GgufHeader, option: Literal["sequences", "batch_size"]) -> None:
    options = PlanOptions()
    options[option] = 0
    with pytest.raises(InvalidOptionsError, match=option):
        estimate(model, context_size=1, **options)
    with pytest.raises(InvalidOptionsError, match="context_size"):
        estimate(model, context_size=0)


def test_unknown_cache_types_are_refused(model: GgufHeader) -> None:
    with pytest.raises(InvalidOptionsError, match="cache_type_v"):
        estimate(model, context_size=1, cache_type_v="q3")
