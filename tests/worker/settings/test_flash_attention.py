"""Flash attention, where nobody says: off where it was measured to be slower, as llama.cpp decides anywhere else."""

from __future__ import annotations

import platform
from pathlib import Path
from typing import Any

import pytest

from llama_worker import LlamaWorker
from llama_worker.engine.devices.device import NO_DEVICES
from llama_worker.models.gguf.inspect import read_header
from llama_worker.models.memory.estimate import estimate
from llama_worker.options import LlamaOptions, ModelOptions
from llama_worker.worker.loading import memory_plan
from llama_worker.worker.planning.attention import with_attention
from tests.gguf_factory import write_gguf
from tests.worker.states.other_models import recurrent

LONG: dict[str, Any] = {"context_size": 4096, "sequences": 2, "batch_size": 32}
SHARED = LONG | {"kv_unified": True}
CHOSEN: dict[str, Any] = {**SHARED, "kv_unified": False, "gpu": False, "reasons": {}}


@pytest.fixture(autouse=True)
def on_a_measured_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")


def planned(path: Path, **options: Any) -> object:
    return memory_plan(read_header(path), LlamaOptions(), ModelOptions(**options), NO_DEVICES)["flash_attention"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (LONG, False),
        (SHARED, "auto"),
        (SHARED | {"sequences": 1}, False),
        ({"context_size": 1024}, "auto"),
        (LONG | {"cache_type": "q8_0"}, "auto"),
        (LONG | {"flash_attention": True}, True),
        (LONG | {"flash_attention": "auto"}, "auto"),
        ({"context_size": 512, "flash_attention": False}, False),
        (LONG | {"batch_size": 2048}, "auto"),
    ],
)
def test_it_is_off_in_long_contexts(random_model_path: Path, options: dict[str, Any], expected: object) -> None:
    assert planned(random_model_path, **options) == expected


def test_a_model_without_attention_and_another_machine_are_left_alone(
    random_model_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert planned(recurrent(tmp_path / "recurrent.gguf"), **LONG) == "auto"
    monkeypatch.setattr(platform, "machine", lambda: "aarch64")
    assert planned(random_model_path, **LONG) == "auto"


def test_it_never_takes_memory_that_is_not_there(tmp_path: Path) -> None:
    header = read_header(write_gguf(tmp_path / "m.gguf", head_count=8))
    needed = {
        flash: estimate(header, context_size=4096, sequences=2, batch_size=32, flash_attention=flash).required_bytes
        for flash in ("auto", False)
    }
    assert needed["auto"] < needed[False]
    assert with_attention(header, CHOSEN, needed[False])["flash_attention"] is False
    assert with_attention(header, CHOSEN, needed[False] - 1)["flash_attention"] == "auto"
    assert with_attention(header, CHOSEN | {"batch_size": 4096}, 2**40)["flash_attention"] == "auto"


async def test_what_is_chosen_is_told_with_its_reason(worker: LlamaWorker, random_model_path: Path) -> None:
    model = await worker.load_model(random_model_path, **LONG)
    assert model.settings.flash_attention is False
    assert "without" in model.settings.reasons["flash_attention"]
    assert (await model.complete("ba" * 700, max_tokens=8, temperature=0)).usage.completion_tokens == 8
    await model.unload()
    model = await worker.load_model(random_model_path, **LONG, flash_attention="auto")
    assert model.settings.flash_attention == "auto"
    assert "flash_attention" not in model.settings.reasons
