"""What layers hold while a batch is computed, against the "compute buffer size" that llama.cpp logs for such models.

Measured with xllamacpp 2026.10.11549 on models of width 1024, batches of 512 tokens, one sequence.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from llama_worker.models.memory.graphs import graph_bytes
from llama_worker.models.memory.layers import layers_of
from llama_worker.models.memory.scratch import feed_forward_numbers, recurrent_numbers
from llama_worker.models.memory.terms import Plan, compute_bytes

from .test_estimate import MiB, header

BATCH, NUMBER = 512, 4
HEADS = {"attention.head_count": 8, "attention.head_count_kv": 2, "attention.key_length": 128}
DELTA = {**HEADS, "ssm.conv_kernel": 4, "ssm.state_size": 128, "full_attention_interval": 2}
NONE = {"attention.head_count": 0, "attention.head_count_kv": 0, "feed_forward_length": 0}
MAMBA = {"ssm.conv_kernel": 4, "ssm.inner_size": 2048, "ssm.time_step_rank": 32}
RWKV = {"attention.head_count": 0, "wkv.head_size": 64, "feed_forward_length": 1536}


def delta(key_heads: int, value_heads: int) -> dict[str, int]:
    heads = {"ssm.group_count": key_heads, "ssm.time_step_rank": value_heads, "ssm.inner_size": value_heads * 128}
    return {**DELTA, **heads}


def mamba(state: int, groups: int, **more: int) -> dict[str, int]:
    return {**MAMBA, "ssm.state_size": state, "ssm.group_count": groups, **more}


LOGGED = {
    "qwen35": ("qwen35", delta(8, 16), 29.02),
    "qwen35, twice as many heads": ("qwen35", delta(16, 32), 46.21),
    "qwen35, more heads of values": ("qwen35", delta(8, 32), 38.21),
    "qwen3next": ("qwen3next", delta(8, 16), 35.02),
    "qwen3next, twice as many heads": ("qwen3next", delta(16, 32), 58.02),
    "qwen3next, as many of keys": ("qwen3next", delta(16, 16), 37.02),
    "mamba": ("mamba", {**mamba(16, 0), **NONE}, 30.16),
    "mamba2": ("mamba2", {**mamba(16, 1), **NONE}, 30.41),
    "mamba2, large states": ("mamba2", {**mamba(128, 8), **NONE}, 42.12),
    "falcon-h1": ("falcon-h1", {**mamba(16, 1), **HEADS}, 34.42),
    "rwkv7": ("rwkv7", RWKV, 38.26),
}


@pytest.mark.parametrize("name", LOGGED)
def test_recurrent_layers(name: str, tmp_path: Path) -> None:
    architecture, numbers, logged = LOGGED[name]
    model = header(tmp_path, architecture, numbers)
    layers = layers_of(model)
    found = recurrent_numbers(model, layers) * BATCH * NUMBER + max(layer.state_bytes for layer in layers)
    assert found / MiB == pytest.approx(logged, rel=0.06)


@pytest.mark.parametrize(("width", "logged"), [(4096, 20.02), (8192, 28.02)])
def test_a_feed_forward_network_without_a_gate(width: int, logged: float, tmp_path: Path) -> None:
    model = header(tmp_path, "starcoder2", {"feed_forward_length": width})
    assert feed_forward_numbers(model) * BATCH * NUMBER / MiB == pytest.approx(logged, rel=0.02)


def test_attention_alone_has_no_recurrent_layer(tmp_path: Path) -> None:
    model = header(tmp_path)
    assert recurrent_numbers(model, layers_of(model)) == 0


def test_some_architectures_reserve_graphs_by_the_tokens_of_a_batch(tmp_path: Path) -> None:
    assert graph_bytes(header(tmp_path), 2048) == 0
    linear = header(tmp_path, "qwen35", delta(8, 16))
    assert graph_bytes(linear, 512) == pytest.approx(25 * MiB, rel=0.1)
    assert graph_bytes(linear, 2048) > 3 * graph_bytes(linear, 512)


def test_embeddings_keep_room_for_the_logits_of_every_token(tmp_path: Path) -> None:
    chatting, embedding = header(tmp_path), header(tmp_path, numbers={"pooling_type": 3})
    plan = Plan(context_size=2048, batch_size=BATCH)
    of = [compute_bytes(model, layers_of(model), plan) for model in (chatting, embedding)]
    logits = BATCH * embedding.vocab_size * NUMBER
    assert of[1] - of[0] > 1.9 * logits
