"""Small projectors with random weights, and the images and sounds that they are shown."""

from __future__ import annotations

import io
import struct
import wave
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gguf
import numpy as np
from numpy.typing import NDArray

IMAGE_SIZE, PATCH_SIZE = 32, 8
IMAGE_TOKENS = (IMAGE_SIZE // PATCH_SIZE) ** 2
_WIDTH, _HEADS, _FEED_FORWARD, _BLOCKS = 32, 2, 64, 1
_MEL_BINS, _POSITIONS, _STACK = 80, 1500, 50
Tensors = dict[str, NDArray[Any]]


def write_projector(path: Path, *, embedding_length: int = 64, image: bool = True, audio: bool = False) -> Path:
    """Write a projector in F32 for models of `embedding_length`: a vision encoder as Janus Pro has it, whose images
    are `IMAGE_TOKENS` each, and an audio encoder as Ultravox has it."""
    writer = gguf.GGUFWriter(path, "clip")
    writer.add_type("mmproj")
    writer.add_bool("clip.has_vision_encoder", image)
    writer.add_bool("clip.has_audio_encoder", audio)
    writer.add_bool("clip.use_gelu", True)
    random = np.random.default_rng(7)
    tensors: Tensors = {}
    if image:
        _add_facts(writer, "vision", "janus_pro", embedding_length)
        writer.add_uint32("clip.vision.image_size", IMAGE_SIZE)
        writer.add_uint32("clip.vision.patch_size", PATCH_SIZE)
        writer.add_array("clip.vision.image_mean", [0.5, 0.5, 0.5])
        writer.add_array("clip.vision.image_std", [0.5, 0.5, 0.5])
        tensors |= _vision(random, embedding_length)
    if audio:
        _add_facts(writer, "audio", "ultravox", embedding_length)
        writer.add_uint32("clip.audio.num_mel_bins", _MEL_BINS)
        writer.add_uint32("clip.audio.projector.stack_factor", _STACK)
        tensors |= _audio(random, embedding_length)
    for name, tensor in tensors.items():
        writer.add_tensor(name, tensor)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def png(color: Sequence[int] = (200, 30, 30), *, width: int = 8, height: int = 8) -> bytes:
    """An image of one colour, as a PNG file."""
    rows = (b"\0" + bytes(color) * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def wav(*, seconds: float = 0.5, hertz: float = 440.0) -> bytes:
    """A tone, as a WAV file."""
    times = np.arange(int(seconds * 16000)) / 16000
    samples = (np.sin(2 * np.pi * hertz * times) * 20000).astype("<i2")
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(16000)
        out.writeframes(samples.tobytes())
    return file.getvalue()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _add_facts(writer: gguf.GGUFWriter, kind: str, projector: str, projected: int) -> None:
    writer.add_string(f"clip.{kind}.projector_type", projector)
    numbers = {
        "embedding_length": _WIDTH,
        "feed_forward_length": _FEED_FORWARD,
        "block_count": _BLOCKS,
        "projection_dim": projected,
        "attention.head_count": _HEADS,
    }
    for name, number in numbers.items():
        writer.add_uint32(f"clip.{kind}.{name}", number)
    writer.add_float32(f"clip.{kind}.attention.layer_norm_epsilon", 1e-5)


def _vision(random: np.random.Generator, projected: int) -> Tensors:
    return {
        "v.patch_embd.weight": _weights(random, _WIDTH, 3, PATCH_SIZE, PATCH_SIZE),
        "v.patch_embd.bias": np.zeros(_WIDTH, np.float32),
        "v.position_embd.weight": _weights(random, IMAGE_TOKENS, _WIDTH),
        **_norm("v.post_ln"),
        **_blocks(random, "v"),
        "mm.0.weight": _weights(random, projected, _WIDTH),
        "mm.0.bias": np.zeros(projected, np.float32),
        "mm.1.weight": _weights(random, projected, projected),
        "mm.1.bias": np.zeros(projected, np.float32),
    }


def _audio(random: np.random.Generator, projected: int) -> Tensors:
    stacked, inner = _WIDTH * _STACK, 64
    return {
        "a.conv1d.1.weight": _weights(random, _WIDTH, _MEL_BINS, 3),
        "a.conv1d.1.bias": np.zeros((_WIDTH, 1), np.float32),
        "a.conv1d.2.weight": _weights(random, _WIDTH, _WIDTH, 3),
        "a.conv1d.2.bias": np.zeros((_WIDTH, 1), np.float32),
        "a.position_embd.weight": _weights(random, _POSITIONS, _WIDTH),
        **_norm("a.post_ln"),
        **_blocks(random, "a"),
        "mm.a.norm_pre.weight": np.ones(stacked, np.float32),
        "mm.a.norm_mid.weight": np.ones(inner, np.float32),
        "mm.a.mlp.1.weight": _weights(random, inner * 2, stacked),
        "mm.a.mlp.2.weight": _weights(random, projected, inner),
    }


def _blocks(random: np.random.Generator, prefix: str) -> Tensors:
    tensors: Tensors = {}
    for block in range(_BLOCKS):
        name = f"{prefix}.blk.{block}"
        for part in ("attn_q", "attn_k", "attn_v", "attn_out"):
            tensors[f"{name}.{part}.weight"] = _weights(random, _WIDTH, _WIDTH)
            if part != "attn_k":
                tensors[f"{name}.{part}.bias"] = np.zeros(_WIDTH, np.float32)
        tensors |= _norm(f"{name}.ln1") | _norm(f"{name}.ln2")
        tensors[f"{name}.ffn_up.weight"] = _weights(random, _FEED_FORWARD, _WIDTH)
        tensors[f"{name}.ffn_up.bias"] = np.zeros(_FEED_FORWARD, np.float32)
        tensors[f"{name}.ffn_down.weight"] = _weights(random, _WIDTH, _FEED_FORWARD)
        tensors[f"{name}.ffn_down.bias"] = np.zeros(_WIDTH, np.float32)
    return tensors


def _norm(name: str) -> Tensors:
    return {f"{name}.weight": np.ones(_WIDTH, np.float32), f"{name}.bias": np.zeros(_WIDTH, np.float32)}


def _weights(random: np.random.Generator, *shape: int) -> NDArray[Any]:
    return (random.standard_normal(shape) * 0.2).astype(np.float32)
