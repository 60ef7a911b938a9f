"""Which files are taken for LoRA adapters of a model."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from llama_worker.errors import InvalidModelError
from llama_worker.models.gguf.adapter import check_adapter
from llama_worker.models.gguf.header import GgufHeader
from llama_worker.models.gguf.inspect import read_header
from tests.adapter_factory import Pair, pair, write_lora
from tests.gguf_factory import write_architecture

QUERY = "blk.0.attn_q.weight"
INPUT: Pair = ((512, 4), (64, 4))


@pytest.fixture(scope="module")
def model(random_model_path: Path) -> GgufHeader:
    return read_header(random_model_path)


@pytest.fixture(scope="module")
def tied(tmp_path_factory: pytest.TempPathFactory) -> GgufHeader:
    facts = {"block_count": 1, "vocab_size": 512, "embedding_length": 64}
    shapes = {"token_embd.weight": (512, 64), "output_norm.weight": (64,)}
    return read_header(write_architecture(tmp_path_factory.mktemp("tied") / "tied.gguf", "llama", facts, shapes))


def test_a_sound_adapter_is_taken(model: GgufHeader, tmp_path: Path) -> None:
    norm = {"blk.0.attn_norm.weight": np.ones(64, dtype=np.float32)}  # which llama.cpp leaves out of account
    every = {QUERY: pair(64, 64), "blk.1.ffn_down.weight": pair(128, 64, rank=1), "token_embd.weight": INPUT}
    path = write_lora(tmp_path / "sound.gguf", changed=every, tensors=norm, facts={"adapter.lora.alpha": None})
    assert len(check_adapter(read_header(path), model).tensors) == 7


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"general.type": "model"}, "no adapter"),
        ({"general.type": None}, "no adapter"),
        ({"general.type": 3}, "no adapter"),
        ({"adapter.type": "dora"}, "of the kind 'dora'"),
        ({"adapter.type": None}, "of the kind None"),
        ({"adapter.lora.alpha": 8}, "alpha is 8"),
        ({"adapter.lora.alpha": "8"}, "alpha is '8'"),
        ({"adapter.lora.alpha": float("nan")}, "alpha is nan"),
        ({"adapter.alora.invocation_tokens": [1, 2]}, "aLoRA"),
    ],
)
def test_a_file_of_another_kind_is_refused(
    facts: Mapping[str, Any], reason: str, model: GgufHeader, tmp_path: Path
) -> None:
    with pytest.raises(InvalidModelError, match=reason):
        check_adapter(read_header(write_lora(tmp_path / "wrong.gguf", facts=facts)), model)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({}, "changes nothing"),
        ({"blk.7.attn_q.weight": pair(64, 64)}, "does not have"),
        ({QUERY: pair(32, 64)}, "another shape"),
        ({QUERY: pair(64, 65)}, "another shape"),
        ({QUERY: ((4, 64), (64, 5))}, "do not fit together"),
        ({"token_embd.weight": pair(64, 512)}, "do not fit together|another shape"),
        ({"token_embd.weight": ((512, 5), (64, 4))}, "do not fit together"),
    ],
)
def test_shapes_must_fit(changed: Mapping[str, Pair], reason: str, model: GgufHeader, tmp_path: Path) -> None:
    with pytest.raises(InvalidModelError, match=reason):
        check_adapter(read_header(write_lora(tmp_path / "wrong.gguf", changed=changed)), model)


@pytest.mark.parametrize(
    ("tensors", "reason"),
    [
        ({f"{QUERY}.lora_a": np.zeros((4, 64), np.float32)}, "one half"),
        ({"blk.0.attn_q.bias": np.zeros(64, np.float32)}, "no part of a LoRA"),
        ({f"{QUERY}.lora_a": np.zeros((4, 64), np.int32), f"{QUERY}.lora_b": np.zeros((64, 4), np.int32)}, "type I32"),
        (
            {f"{QUERY}.lora_a": np.zeros((2, 4, 64), np.float32), f"{QUERY}.lora_b": np.zeros((2, 64, 4), np.float32)},
            "another shape",
        ),
    ],
)
def test_tensors_must_be_pairs_of_matrices(
    tensors: Mapping[str, Any], reason: str, model: GgufHeader, tmp_path: Path
) -> None:
    with pytest.raises(InvalidModelError, match=reason):
        check_adapter(read_header(write_lora(tmp_path / "wrong.gguf", changed={}, tensors=tensors)), model)


def test_an_output_that_is_the_input_cannot_be_changed(tied: GgufHeader, tmp_path: Path) -> None:
    path = write_lora(tmp_path / "input.gguf", changed={"token_embd.weight": INPUT})
    with pytest.raises(InvalidModelError, match="output too"):
        check_adapter(read_header(path), tied)
