"""What the estimate makes of settings that move memory from one place to another, or cost some."""

from __future__ import annotations

from pathlib import Path

import pytest

from llama_worker.models.gguf.header import GgufHeader
from llama_worker.models.gguf.inspect import read_header
from llama_worker.models.memory.estimate import estimate
from llama_worker.worker.planning.plan import chosen_checkpoints
from tests.worker.settings.models import write_mixture
from tests.worker.states.other_models import recurrent, windowed

MIB = 1 << 20
PLAN = {"context_size": 512, "sequences": 4, "batch_size": 64, "use_mmap": True}


@pytest.fixture
def mixture(tmp_path: Path) -> GgufHeader:
    return read_header(write_mixture(tmp_path / "m.gguf"))


def test_experts_in_main_memory_are_not_on_the_gpu(mixture: GgufHeader) -> None:
    experts = sum(tensor.size_bytes for tensor in mixture.tensors if "exps" in tensor.name)
    none, one, both = (
        estimate(mixture, context_size=512, gpu_layers=-1, cpu_moe=chosen) for chosen in (False, 1, True)
    )
    assert one.weights_bytes - none.weights_bytes == experts // 2
    assert both.weights_bytes - none.weights_bytes == experts
    assert none.gpu_bytes - both.gpu_bytes == experts


def test_a_cache_that_is_not_offloaded_stays_in_main_memory(mixture: GgufHeader) -> None:
    there, here = (estimate(mixture, context_size=512, gpu_layers=-1, kv_offload=chosen) for chosen in (True, False))
    assert (there.kv_cache_bytes, here.kv_cache_bytes) == (0, there.gpu_bytes - here.gpu_bytes)


def test_each_checkpoint_costs_what_cannot_be_rewound(tmp_path: Path) -> None:
    header = read_header(recurrent(tmp_path / "m.gguf"))
    none, one, three = (
        estimate(header, context_size=512, sequences=2, context_checkpoints=count).total_bytes for count in (0, 1, 3)
    )
    states = estimate(header, context_size=512, sequences=2).kv_cache_bytes
    assert (one - none, three - none) == (states, 3 * states)


def test_a_full_window_costs_context_and_no_checkpoint(tmp_path: Path) -> None:
    header = read_header(windowed(tmp_path / "m.gguf"))
    windows, full = (estimate(header, context_size=4096, batch_size=64, swa_full=chosen) for chosen in (False, True))
    assert full.kv_cache_bytes > windows.kv_cache_bytes
    assert full.runtime_bytes < windows.runtime_bytes


def test_checkpoints_are_as_many_as_are_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    header = read_header(recurrent(tmp_path / "m.gguf"))
    assert chosen_checkpoints(header, PLAN) == 3
    assert chosen_checkpoints(header, PLAN | {"context_checkpoints": 7}) == 7
    monkeypatch.setattr("llama_worker.worker.planning.plan.CHECKPOINT_BYTES", 1)
    monkeypatch.setattr("llama_worker.worker.planning.plan.WEIGHTS_FOR_EACH_CHECKPOINT_BYTE", header.data_bytes)
    assert chosen_checkpoints(header, PLAN) == 1
