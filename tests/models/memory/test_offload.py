"""How many layers fit into what GPUs have free."""

from __future__ import annotations

from pathlib import Path

import pytest

from llama_worker.models.gguf.header import GgufHeader
from llama_worker.models.gguf.inspect import read_header
from llama_worker.models.memory.estimate import estimate
from llama_worker.models.memory.offload import layers_that_fit
from tests.gguf_factory import write_gguf
from tests.models import raw_gguf as raw

BLOCKS = 6
MARGIN = 1 << 20  # a MiB


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> GgufHeader:
    return read_header(write_gguf(tmp_path_factory.mktemp("models") / "m.gguf", block_count=BLOCKS))


def needed(model: GgufHeader, layers: int) -> int:
    return estimate(model, context_size=2048, gpu_layers=layers).gpu_bytes


@pytest.mark.parametrize("layers", range(1, BLOCKS + 2))
def test_exactly_as_many_as_leave_the_margin(model: GgufHeader, layers: int) -> None:
    def fitting(*free: int) -> int:
        return layers_that_fit(model, context_size=2048, free_bytes=free, margin_bytes=MARGIN)

    enough = needed(model, layers) + MARGIN
    assert fitting(enough) == layers
    assert fitting(enough - 1) == layers - 1


def test_two_gpus_hold_more_than_one_and_each_keeps_its_margin_and_its_scratch(model: GgufHeader) -> None:
    free = needed(model, 2) + MARGIN

    def fitting(*free: int) -> int:
        return layers_that_fit(model, context_size=2048, free_bytes=free, margin_bytes=MARGIN)

    assert fitting(free) == 2
    assert 2 < fitting(free, free) < 2 * 2 + 1
    assert fitting(free, MARGIN // 2) <= 2
    assert fitting() == fitting(MARGIN) == 0


def test_an_output_that_is_the_input_too_is_copied_to_the_gpu(tmp_path: Path) -> None:
    """As llama.cpp does; the processor goes on with the one in the file."""
    shape = {"block_count": 1, "context_length": 512, "embedding_length": 1024, "feed_forward_length": 2048}
    shape |= {"attention.head_count": 16}
    keys = [raw.string("general.architecture", "llama"), *(raw.u32(f"llama.{name}", n) for name, n in shape.items())]
    names = ("token_embd.weight", "blk.0.ffn_up.weight")
    tensors = [raw.tensor(name, (1024, 1024), 0, 4 * MARGIN * index) for index, name in enumerate(names)]
    shared = read_header(raw.write(tmp_path / "m.gguf", raw.gguf(keys, tensors, data=bytes(8 * MARGIN))))
    found = estimate(shared, context_size=512, gpu_layers=1)
    assert found.gpu_bytes == 4 * MARGIN + found.compute_bytes
    assert found.weights_bytes == 8 * MARGIN
