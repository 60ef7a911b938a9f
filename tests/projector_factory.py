"""Small projectors with random weights, and the images and sounds that they are shown."""

from __future__ import annotations

import io
import struct
import wave
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import gguf
import numpy as np
from numpy.typing import NDArray

from tests.gguf_factory import finish

IMAGE_SIZE, PATCH_SIZE = 32, 8
IMAGE_TOKENS = (IMAGE_SIZE // PATCH_SIZE) ** 2
_MEL_BINS, _POSITIONS, _STACK = 80, 1500, 50
Tensors = dict[str, NDArray[Any]]


class Shape(NamedTuple):
    """Of an encoder: its width, its heads, the width between, and its blocks; of images the side, in pixels."""

    width: int = 32
    heads: int = 2
    feed_forward: int = 64
    blocks: int = 1
    side: int = IMAGE_SIZE


SMALL = Shape()


def write_projector(
    path: Path, *, embedding_length: int = 64, image: bool = True, audio: bool = False, shape: Shape = SMALL
) -> Path:
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
        _add_facts(writer, "vision", "janus_pro", embedding_length, shape)
        writer.add_uint32("clip.vision.image_size", shape.side)
        writer.add_uint32("clip.vision.patch_size", PATCH_SIZE)
        writer.add_array("clip.vision.image_mean", [0.5, 0.5, 0.5])
        writer.add_array("clip.vision.image_std", [0.5, 0.5, 0.5])
        tensors |= _vision(random, embedding_length, shape)
    if audio:
        _add_facts(writer, "audio", "ultravox", embedding_length, shape)
        writer.add_uint32("clip.audio.num_mel_bins", _MEL_BINS)
        writer.add_uint32("clip.audio.projector.stack_factor", _STACK)
        tensors |= _audio(random, embedding_length, shape)
    return finish(writer, tensors, path)


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


def _add_facts(writer: gguf.GGUFWriter, kind: str, projector: str, projected: int, shape: Shape) -> None:
    writer.add_string(f"clip.{kind}.projector_type", projector)
    numbers = {
        "embedding_length": shape.width,
        "feed_forward_length": shape.feed_forward,
        "block_count": shape.blocks,
        "projection_dim": projected,
        "attention.head_count": shape.heads,
    }
    for name, number in numbers.items():
        writer.add_uint32(f"clip.{kind}.{name}", number)
    writer.add_float32(f"clip.{kind}.attention.layer_norm_epsilon", 1e-5)


def _vision(random: np.random.Generator, projected: int, shape: Shape) -> Tensors:
    width, patches = shape.width, (shape.side // PATCH_SIZE) ** 2
    return {
        "v.patch_embd.weight": _weights(random, width, 3, PATCH_SIZE, PATCH_SIZE),
        "v.patch_embd.bias": np.zeros(width, np.float32),
        "v.position_embd.weight": _weights(random, patches, width),
        **_norm("v.post_ln", width),
        **_blocks(random, "v", shape),
        "mm.0.weight": _weights(random, projected, width),
        "mm.0.bias": np.zeros(projected, np.float32),
        "mm.1.weight": _weights(random, projected, projected),
        "mm.1.bias": np.zeros(projected, np.float32),
    }


def _audio(random: np.random.Generator, projected: int, shape: Shape) -> Tensors:
    width = shape.width
    stacked, inner = width * _STACK, 64
    return {
        "a.conv1d.1.weight": _weights(random, width, _MEL_BINS, 3),
        "a.conv1d.1.bias": np.zeros((width, 1), np.float32),
        "a.conv1d.2.weight": _weights(random, width, width, 3),
        "a.conv1d.2.bias": np.zeros((width, 1), np.float32),
        "a.position_embd.weight": _weights(random, _POSITIONS, width),
        **_norm("a.post_ln", width),
        **_blocks(random, "a", shape),
        "mm.a.norm_pre.weight": np.ones(stacked, np.float32),
        "mm.a.norm_mid.weight": np.ones(inner, np.float32),
        "mm.a.mlp.1.weight": _weights(random, inner * 2, stacked),
        "mm.a.mlp.2.weight": _weights(random, projected, inner),
    }


def _blocks(random: np.random.Generator, prefix: str, shape: Shape) -> Tensors:
    width, inner = shape.width, shape.feed_forward
    tensors: Tensors = {}
    for block in range(shape.blocks):
        name = f"{prefix}.blk.{block}"
        for part in ("attn_q", "attn_k", "attn_v", "attn_out"):
            tensors[f"{name}.{part}.weight"] = _weights(random, width, width)
            if part != "attn_k":
                tensors[f"{name}.{part}.bias"] = np.zeros(width, np.float32)
        tensors |= _norm(f"{name}.ln1", width) | _norm(f"{name}.ln2", width)
        tensors[f"{name}.ffn_up.weight"] = _weights(random, inner, width)
        tensors[f"{name}.ffn_up.bias"] = np.zeros(inner, np.float32)
        tensors[f"{name}.ffn_down.weight"] = _weights(random, width, inner)
        tensors[f"{name}.ffn_down.bias"] = np.zeros(width, np.float32)
    return tensors


def _norm(name: str, width: int) -> Tensors:
    return {f"{name}.weight": np.ones(width, np.float32), f"{name}.bias": np.zeros(width, np.float32)}


def _weights(random: np.random.Generator, *shape: int) -> NDArray[Any]:
    return (random.standard_normal(shape) * 0.2).astype(np.float32)
