"""LoRA adapters: what becomes of them, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from llama_worker.errors import InvalidModelError, LlamaWorkerError, NotSupportedError
from llama_worker.models.converting.adapters.plan import plan_adapter
from llama_worker.models.converting.checkpoint.repository import Repository, RepositoryFiles
from llama_worker.models.converting.output.writing import write_planned
from llama_worker.models.converting.plan import Plan
from llama_worker.models.gguf.inspect import read_header
from tests.models.converting.proof.checkpoints.adapters import ADAPTERS
from tests.models.converting.proof.checkpoints.shards import write_shards

CONFIG = {
    "architectures": ["LlamaForCausalLM"],
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "num_hidden_layers": 2,
}
PLACE = "base_model.model.model.layers.0.self_attn.q_proj"


@pytest.fixture
def adapter(tmp_path: Path) -> Path:
    return ADAPTERS[0].write(tmp_path)


def planned(adapter: Path, **settings: Any) -> Plan:
    """The plan for an adapter, with these settings changed."""
    path = adapter / "adapter_config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | settings))
    base = adapter.parent / "base"
    base.mkdir()
    (base / "config.json").write_text(json.dumps(CONFIG))
    return plan_adapter(RepositoryFiles(adapter), Repository(base))


def write(plan: Plan, folder: Path) -> Path:
    write_planned(plan, folder, "adapter.gguf", lambda _: None)
    return folder / "adapter.gguf"


def test_every_matrix_has_a_pair(adapter: Path) -> None:
    """Of a base of which only config.json is there."""
    plan = planned(adapter)
    names = {each.info.name for each in plan.tensors}
    assert len(names) == 2 * 7 * 2
    assert {"blk.0.attn_q.weight.lora_a", "blk.1.ffn_down.weight.lora_b"} <= names


@pytest.mark.parametrize(("stabilized", "alpha"), [(False, 8.0), (True, 16.0)])
def test_the_scale_is_peft_s(adapter: Path, stabilized: bool, alpha: float) -> None:
    """llama.cpp divides by the rank, 4, where rank-stabilized adapters are divided by its root."""
    plan = planned(adapter, use_rslora=stabilized)
    header = read_header(write(plan, adapter.parent))
    assert header.metadata["adapter.lora.alpha"] == alpha


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"use_dora": True}, "use_dora"),
        ({"peft_type": "LOHA"}, "LOHA"),
        ({"alpha_pattern": {"q_proj": 2}}, "alpha_pattern"),
        ({"r": None}, "does not say"),
        ({"lora_alpha": "much"}, "does not say"),
    ],
)
def test_other_kinds_are_refused(adapter: Path, settings: dict[str, Any], said: str) -> None:
    with pytest.raises(LlamaWorkerError, match=said):
        planned(adapter, **settings)


@pytest.mark.parametrize(
    ("tensors", "error"),
    [
        ({f"{PLACE}.lora_A.weight": (4, 64)}, InvalidModelError),
        ({f"{PLACE}.lora_A.weight": (4, 64), f"{PLACE}.lora_B.weight": (64, 2)}, InvalidModelError),
        ({f"{PLACE}.lora_B.weight": (64, 4)}, InvalidModelError),
        ({"base_model.model.lm_head.weight": (100, 64)}, NotSupportedError),
        ({f"{PLACE}.lora_magnitude_vector": (64,)}, NotSupportedError),
        ({}, InvalidModelError),
    ],
)
def test_broken_ones_are_told_of(adapter: Path, tensors: dict[str, tuple[int, ...]], error: type[Exception]) -> None:
    write_shards(adapter, tensors, "F32", 1, "adapter_model")
    with pytest.raises(error):
        planned(adapter)
