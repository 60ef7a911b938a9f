"""A repository becomes a GGUF file that says and holds the same."""

from __future__ import annotations

from pathlib import Path

import gguf
import numpy as np
import pytest

from llama_worker.models.converting.task import ConvertTask
from llama_worker.models.gguf.inspect import read_header

from .repositories import HEADS, KEY_HEADS, bf16, random_weights, write_llama


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_llama(tmp_path_factory.mktemp("models") / "Tiny-Llama-1B")


def convert(source: Path, target: Path, file_type: str = "auto") -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    task = ConvertTask(source=str(source), name=source.name, target=str(target), dtype=file_type)
    assert task.run(target.parent, lambda _: None).files == (target.name,)
    return target


def test_says_what_the_repository_says(repository: Path, tmp_path: Path) -> None:
    header = read_header(convert(repository, tmp_path / "out.gguf"))
    assert (header.architecture, header.metadata["general.license"]) == ("llama", "apache-2.0")
    assert header.metadata["llama.attention.head_count_kv"] == KEY_HEADS
    assert header.metadata["tokenizer.chat_template"] == "{{ messages }}"
    assert header.metadata["general.name"] == "Tiny Llama 1B"


def test_rows_that_are_rotated_together_stand_together(repository: Path, tmp_path: Path) -> None:
    tensors = {
        each.name: each.data for each in gguf.GGUFReader(convert(repository, tmp_path / "o.gguf", "f32")).tensors
    }
    stored = bf16(random_weights()["model.layers.1.self_attn.q_proj.weight"])
    weights = (stored.astype(np.uint32) << 16).view(np.float32)
    half = weights.shape[0] // HEADS // 2
    assert np.array_equal(tensors["blk.1.attn_q.weight"][:4], weights[[0, half, 1, half + 1]])


@pytest.mark.parametrize(("file_type", "expected"), [("auto", "BF16"), ("f16", "F16"), ("q8_0", "Q8_0")])
def test_tensors_are_of_the_type_asked_for(repository: Path, tmp_path: Path, file_type: str, expected: str) -> None:
    header = read_header(convert(repository, tmp_path / "out.gguf", file_type))
    types = {each.name: each.type for each in header.tensors}
    assert (types["token_embd.weight"], types["output_norm.weight"]) == (expected, "F32")
