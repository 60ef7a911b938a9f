"""What is no model file at all: folders, pipes, loops of links, other formats, parts without the others."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from pathlib import Path

from tests.models import raw_gguf as raw

from .anatomy import Anatomy, Key

Make = Callable[[Path, Anatomy], Path]


def _written(content: bytes) -> Make:
    return lambda folder, sound: raw.write(folder / "odd.gguf", content)


def _keys_of(**values: str) -> list[bytes]:
    return [raw.string(name.replace("_", "."), value) for name, value in values.items()]


def _folder(folder: Path, sound: Anatomy) -> Path:
    (folder / "odd.gguf").mkdir()
    return folder / "odd.gguf"


def _pipe(folder: Path, sound: Anatomy) -> Path:
    os.mkfifo(folder / "odd.gguf")
    return folder / "odd.gguf"


def _linked_to(target: str) -> Make:
    def make(folder: Path, sound: Anatomy) -> Path:
        (folder / "odd.gguf").symlink_to(target)
        return folder / "odd.gguf"

    return make


def _sparse(head: bytes, size: int) -> Make:
    def make(folder: Path, sound: Anatomy) -> Path:
        path = raw.write(folder / "odd.gguf", head or sound.encode())
        os.truncate(path, size)
        return path

    return make


def _split(places: list[int], *, count: int = 2) -> Make:
    """Parts of a model, those of these numbers only, in the place of each other."""

    def make(folder: Path, sound: Anatomy) -> Path:
        parts = [_part(sound, number, count) for number in range(count)]
        for at, number in enumerate(places):
            raw.write(folder / f"odd-{at + 1:05d}-of-{count:05d}.gguf", parts[number].encode())
        return folder / f"odd-00001-of-{count:05d}.gguf"

    return make


def _part(sound: Anatomy, number: int, count: int) -> Anatomy:
    keys = [Key(b"split.no", 2, struct.pack("<H", number)), Key(b"split.count", 2, struct.pack("<H", count))]
    keys.append(Key(b"split.tensors.count", raw.I32, struct.pack("<i", len(sound.tensors))))
    part = sound.copy()
    part.keys = [*part.keys, *keys] if number == 0 else keys
    half = len(part.tensors) // 2
    part.tensors = part.tensors[:half] if number == 0 else part.tensors[half:]
    return part


def _without_tensors(folder: Path, sound: Anatomy) -> Path:
    return raw.write(folder / "odd.gguf", Anatomy(sound.keys, [], b"").encode())


def _without_vocabulary(folder: Path, sound: Anatomy) -> Path:
    keys = [key for key in sound.keys if not key.name.startswith(b"tokenizer.")]
    return raw.write(folder / "odd.gguf", Anatomy(keys, sound.tensors, sound.data).encode())


def _adapter(folder: Path, sound: Anatomy) -> Path:
    keys = [sound.keys[0].encode(), *_keys_of(general_type="adapter", adapter_type="lora")]
    tensors = [raw.tensor("blk.0.attn_q.weight.lora_a", (64, 4)), raw.tensor("blk.0.attn_q.weight.lora_b", (4, 64))]
    return raw.write(folder / "odd.gguf", raw.gguf(keys, tensors, data=bytes(4096)))


def _quietly_adapter(folder: Path, sound: Anatomy) -> Path:
    """An adapter that does not say so."""
    hurt = sound.copy()
    for tensor in hurt.tensors:
        tensor.name += b".lora_a"
    return raw.write(folder / "odd.gguf", hurt.encode())


def _projector(folder: Path, sound: Anatomy) -> Path:
    keys = _keys_of(general_architecture="clip", general_type="mmproj", clip_projector_type="mlp")
    return raw.write(folder / "odd.gguf", raw.gguf(keys, [raw.tensor("mm.0.weight", (8, 4))], data=bytes(128)))


def _strange_name(folder: Path, sound: Anatomy) -> Path:
    path = Path(os.fsdecode(os.fsencode(folder) + b"/odd \xff\n'\"$(x).gguf"))
    return raw.write(path, sound.encode())


_SAFETENSORS = struct.pack("<Q", 64) + b'{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'.ljust(64) + bytes(4)
ODD_FILES: dict[str, Make] = {
    "empty": _written(b""),
    "one byte": _written(b"G"),
    "only zeros": _written(bytes(1 << 20)),
    "a page": _written(b"<!DOCTYPE html><html><body>404</body></html>" * 100),
    "a git-lfs pointer": _written(b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"),
    "a zip": _written(b"PK\x03\x04" + bytes(4096)),
    "safetensors": _written(_SAFETENSORS),
    "old ggml": _written(b"tjgg" + bytes(4096)),
    "a folder": _folder,
    "a pipe": _pipe,
    "a loop of links": _linked_to("odd.gguf"),
    "a link to nothing": _linked_to("nothing.gguf"),
    "endless zeros": _linked_to("/dev/zero"),
    "a null device": _linked_to("/dev/null"),
    "memory": _linked_to("/proc/self/mem"),
    "a terabyte of nothing": _sparse(b"GGUF", 1 << 40),
    "a terabyte behind a model": _sparse(b"", 1 << 40),
    "part 2 missing": _split([0]),
    "parts turned round": _split([1, 0]),
    "twice the same part": _split([0, 0]),
    "a part of many": _split([0, 1], count=2048),
    "no tensors": _without_tensors,
    "no vocabulary": _without_vocabulary,
    "an adapter": _adapter,
    "an adapter in disguise": _quietly_adapter,
    "a projector": _projector,
    "a strange name": _strange_name,
}
