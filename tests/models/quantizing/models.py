"""Tiny models of many architectures, the same on every machine: what decides on types is as in real ones.

Rows are eight times as long as the laboratory's (`tests/families/architectures`), so that most are whole blocks of 256
weights, and there are few of them. Nothing could run these: quantizing looks at names, shapes and numbers only.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from llama_worker.models.gguf.writing import Layout, Metadata, TensorWriter, TypedValue, array, number, tensor, text
from tests.families.architectures import ARCHITECTURES
from tests.families.architectures.architecture import EXPERTS, EXPERTS_USED, Architecture, Value, attention

LONGER = 8
ROWS = 4
BLOCKS = 8
VOCABULARY = 64
_FEED_FORWARD = {"ffn_up.weight": (64, 96), "ffn_gate.weight": (64, 96), "ffn_down.weight": (96, 64)}
_EXPERTS = {
    "ffn_gate_inp.weight": (64, EXPERTS),
    "ffn_up_exps.weight": (64, 32, EXPERTS),
    "ffn_gate_exps.weight": (64, 32, EXPERTS),
    "ffn_down_exps.weight": (32, 64, EXPERTS),
}
_FUSED = {"attn_qkv.weight": (64, 128), "attn_output.weight": (64, 64)}
_LAYER_NORM = {"attention.layer_norm_epsilon": 1e-5}
_OF_EXPERTS: dict[str, Value] = {"expert_count": EXPERTS, "expert_used_count": EXPERTS_USED}


def _plain(name: str, block: Mapping[str, tuple[int, ...]], *, tied: bool = True, **facts: Value) -> Architecture:
    named: dict[str, Value] = {key.replace("__", "."): value for key, value in facts.items()}
    return Architecture(name, (block,) * 2, facts=_LAYER_NORM | named, tied=tied)


MORE = {
    "falcon": _plain("falcon", {**_FUSED, **_FEED_FORWARD}, tied=False),
    "phi2": _plain("phi2", {**_FUSED, **_FEED_FORWARD}, tied=False),
    "gpt2": _plain("gpt2", {**_FUSED, **_FEED_FORWARD, "ffn_up.bias": (96,)}),
    "gptneox": _plain("gptneox", {**_FUSED, **_FEED_FORWARD}, tied=False, use_parallel_residual=True),
    "gemma": _plain("gemma", {**attention(), **_FEED_FORWARD}),
    "qwen2moe": Architecture("qwen2moe", ({**attention(), **_EXPERTS},) * 2, facts=_OF_EXPERTS, tied=False),
    "olmoe": Architecture("olmoe", ({**attention(), **_EXPERTS},) * 2, facts=_OF_EXPERTS, tied=False),
    "granitemoe": Architecture(
        "granitemoe", ({**attention(), **_EXPERTS},) * 2, facts={**_OF_EXPERTS, "logit_scale": 1.0}
    ),
    "phimoe": Architecture("phimoe", ({**attention(), **_EXPERTS},) * 2, facts=_OF_EXPERTS, tied=False),
    "eight experts": Architecture(
        "llama", ({**attention(), **_EXPERTS},) * 2, facts={**_OF_EXPERTS, "expert_count": 8}, tied=False
    ),
    "shared values": Architecture(
        "llama", ({**attention(), **_FEED_FORWARD},) * 2, facts={"attention.head_count_kv": 1}, tied=False
    ),
    "seventy billion": Architecture("llama", ({**attention(), **_FEED_FORWARD},) * 80, tied=False),
    "qwen2 of eighty layers": Architecture("qwen2", ({**attention(), **_FEED_FORWARD},) * 80),
}
MODELS = dict(ARCHITECTURES) | MORE


def write_model(path: Path, name: str, kind: str = "F32") -> Path:
    """The model of that name, with floats of that type."""
    model = _deeper(MODELS[name])
    tensors = [tensor(key, _type(key, shape, kind), shape) for key, shape in _shapes(model)]
    layout = Layout(_metadata(model), tensors)
    with path.open("wb") as file:
        writer = TensorWriter(file, layout)
        for info in layout.tensors:
            writer.write(_values(info.name, info.elements, info.type))
    return path


def _deeper(model: Architecture) -> Architecture:
    """With so many blocks that the first and last eighth are some; where numbers are told of each, as it is."""
    if any(isinstance(value, list) for value in model.numbers().values()) or len(model.blocks) >= BLOCKS:
        return model
    blocks = (model.blocks * BLOCKS)[:BLOCKS]
    return Architecture(model.name, blocks, model.facts, model.general, model.around, model.tied)


def _shapes(model: Architecture) -> Iterator[tuple[str, tuple[int, ...]]]:
    for name, (width, *others) in model.tensors(VOCABULARY).items():
        few = [min(others[0], ROWS), *others[1:]] if others else []
        yield name, (width * LONGER if others else width, *few)


def _type(name: str, shape: tuple[int, ...], kind: str) -> str:
    return kind if len(shape) > 1 and "norm" not in name else "F32"


def _metadata(model: Architecture) -> Metadata:
    numbers = model.numbers()
    for key in ("embedding_length", "attention.head_count", "attention.head_count_kv"):
        value = numbers.get(f"{model.name}.{key}")
        if isinstance(value, int):
            numbers[f"{model.name}.{key}"] = value * LONGER
    numbers[f"{model.name}.block_count"] = len(model.blocks)
    return {"general.architecture": text(model.name)} | {key: _typed(value) for key, value in numbers.items()}


def _typed(value: Value) -> TypedValue:
    if isinstance(value, list):
        return array("i32", value)
    if isinstance(value, bool):
        return number("bool", value)
    return number("f32", value) if isinstance(value, float) else number("u32", value)


def _values(name: str, count: int, kind: str) -> bytes:
    """Noise, heavier at its ends than even noise: a product of two."""
    raw = np.frombuffer(hashlib.shake_128(name.encode()).digest(4 * count), "<i2").astype("<f4") / 32768
    floats = (raw[:count] * raw[count:] * np.float32(0.1)).astype("<f4")
    if kind == "F16":
        return floats.astype("<f2").tobytes()
    if kind == "BF16":
        return (floats.view("<u4") >> 16).astype("<u2").tobytes()
    return floats.tobytes()


def importance(name: str, count: int) -> list[float]:
    """Sums of squares as they might be measured: some inputs matter a hundred times more than others."""
    raw = np.frombuffer(hashlib.shake_128(b"importance " + name.encode()).digest(2 * count), "<u2")
    return [float(value) for value in (1 + raw / 655).astype("<f4")]


def _inputs(name: str) -> dict[str, tuple[int, int]]:
    """How many inputs each matrix of a model has, and of how many experts."""
    found = {}
    for key, shape in _shapes(_deeper(MODELS[name])):
        if len(shape) > 1 and key != "token_embd.weight":
            found[key] = (shape[0], shape[2] if len(shape) > 2 else 1)
    return found


def write_imatrix(path: Path, name: str) -> Path:
    """An importance matrix for the model of that name; of the second of two experts nothing was measured."""
    tensors, data = [], []
    for key, (width, experts) in sorted(_inputs(name).items()):
        tensors += [tensor(f"{key}.in_sum2", "F32", (width, experts)), tensor(f"{key}.counts", "F32", (1, experts))]
        data.append(np.array(importance(key, width * experts), "<f4").tobytes())
        data.append(np.array([0.0 if index == 1 else 32.0 for index in range(experts)], "<f4").tobytes())
    metadata = {
        "general.type": text("imatrix"),
        "imatrix.datasets": array("string", ["some text.txt"]),
        "imatrix.chunk_count": number("u32", 4),
        "imatrix.chunk_size": number("u32", 512),
    }
    with path.open("wb") as file:
        writer = TensorWriter(file, Layout(metadata, tensors))
        for values in data:
            writer.write(values)
    return path


def write_legacy_imatrix(path: Path, name: str) -> Path:
    """The same in the former form, with what was measured of all experts."""
    inputs = sorted(_inputs(name).items())
    parts = [struct.pack("<i", len(inputs))]
    for key, (width, experts) in inputs:
        values = importance(key, width * experts)
        parts.append(struct.pack("<i", len(key)) + key.encode() + struct.pack("<ii", 7, len(values)))
        parts.append(np.array(values, "<f4").tobytes())
    path.write_bytes(b"".join([*parts, struct.pack("<ii", 4, 9), b"some text"]))
    return path
