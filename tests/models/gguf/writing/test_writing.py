"""Files that we write, beside those of llama.cpp's own package for Python."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest

from llama_worker.errors import InvalidModelError
from llama_worker.models.gguf.ggml_types import TYPES_BY_NAME
from llama_worker.models.gguf.inspect import read_header
from llama_worker.models.gguf.writing import (
    Layout,
    TensorReader,
    TensorWriter,
    TypedValue,
    array,
    number,
    read_metadata,
    tensor,
    text,
    typed,
)
from llama_worker.models.whole_files import replacing
from tests.gguf_factory import finish, write_gguf

NUMBERS = {
    "u8": 200,
    "i8": -100,
    "u16": 60_000,
    "i16": -30_000,
    "u32": 4_000_000_000,
    "i32": -2_000_000_000,
    "f32": 0.1,
    "bool": True,
    "u64": 2**63,
    "i64": -(2**62),
    "f64": 0.1,
}
_THEIR_TYPES = {"u": "UINT", "i": "INT", "f": "FLOAT"}


def their_type(kind: str) -> gguf.GGUFValueType:
    name = "BOOL" if kind == "bool" else _THEIR_TYPES[kind[0]] + kind[1:]
    return gguf.GGUFValueType[name]


def every_type() -> dict[str, TypedValue]:
    metadata = {"general.architecture": text("llama")}
    metadata |= {f"a.{kind}": number(kind, value) for kind, value in NUMBERS.items()}
    metadata |= {f"b.{kind}": array(kind, [value, value, 0]) for kind, value in NUMBERS.items()}
    metadata["c.texts"] = array("string", ["a", "", "Größe \N{PILE OF POO}", b"\xff\xfe"])
    metadata["c.text"] = text("Größe")
    return metadata


def their_file(path: Path, tensors: dict[str, Any], alignment: int | None = None) -> bytes:
    writer = gguf.GGUFWriter(path, "llama")
    for kind, value in NUMBERS.items():
        writer.add_key_value(f"a.{kind}", value, their_type(kind))
    for kind, value in NUMBERS.items():
        values = [value, value, 0]
        writer.add_key_value(f"b.{kind}", values, gguf.GGUFValueType.ARRAY, their_type(kind))
    texts = ["a", "", "Größe \N{PILE OF POO}", b"\xff\xfe"]
    writer.add_key_value("c.texts", texts, gguf.GGUFValueType.ARRAY, gguf.GGUFValueType.STRING)
    writer.add_string("c.text", "Größe")
    if alignment:
        writer.add_custom_alignment(alignment)
    return finish(writer, tensors, path).read_bytes()


def write(path: Path, layout: Layout, data: list[bytes]) -> bytes:
    with replacing(path) as file:
        writer = TensorWriter(file, layout)
        for each in data:
            writer.write(each)
    assert writer.next is None
    return path.read_bytes()


@pytest.mark.parametrize("alignment", [None, 8, 128])
def test_every_type_of_value_is_written_as_theirs_byte_by_byte(tmp_path: Path, alignment: int | None) -> None:
    matrix = np.arange(15, dtype=np.float32).reshape(3, 5)
    halves = np.arange(7, dtype=np.float16)
    theirs = their_file(tmp_path / "theirs.gguf", {"m": matrix, "h": halves}, alignment)
    metadata = every_type() | ({"general.alignment": number("u32", alignment)} if alignment else {})
    layout = Layout(metadata, [tensor("m", "F32", (5, 3)), tensor("h", "F16", (7,))])
    assert write(tmp_path / "ours.gguf", layout, [matrix.tobytes(), halves.tobytes()]) == theirs
    assert layout.size_bytes == len(theirs)


def test_a_file_without_tensors_is_theirs_too(tmp_path: Path) -> None:
    assert write(tmp_path / "ours.gguf", Layout(every_type(), []), []) == their_file(tmp_path / "theirs.gguf", {})


def test_their_reader_finds_every_type_of_tensor(tmp_path: Path) -> None:
    """Those that it does not know yet are left out."""
    kinds = [kind for name, kind in TYPES_BY_NAME.items() if name in gguf.GGMLQuantizationType.__members__]
    infos = [tensor(kind.name, kind.name, (kind.block_size * 3, 2)) for kind in kinds]
    data = [bytes([index]) * info.size_bytes for index, info in enumerate(infos)]
    write(tmp_path / "ours.gguf", Layout(every_type(), infos), data)
    found = {each.name: each for each in gguf.GGUFReader(tmp_path / "ours.gguf").tensors}
    assert list(found) == [kind.name for kind in kinds]
    for info, content in zip(infos, data, strict=True):
        assert found[info.name].tensor_type.name == info.type
        assert found[info.name].data.tobytes() == content


def test_a_file_is_copied_to_the_byte(tmp_path: Path) -> None:
    original = write_gguf(tmp_path / "original.gguf")
    header = read_header(original)
    layout = Layout(read_metadata(original, header), header.tensors)
    with TensorReader(original, header) as reader, (tmp_path / "copy.gguf").open("wb") as file:
        writer = TensorWriter(file, layout)
        for info in header.tensors:
            writer.write(reader.pieces(info, 100))
    assert (tmp_path / "copy.gguf").read_bytes() == original.read_bytes()


def test_writing_goes_on_where_an_attempt_before_ended(tmp_path: Path) -> None:
    infos = [tensor(name, "F32", (length,)) for name, length in (("a", 3), ("b", 9), ("c", 1))]
    data = [bytes([index]) * info.size_bytes for index, info in enumerate(infos, start=1)]
    layout = Layout({"general.architecture": text("llama")}, infos)
    whole = write(tmp_path / "whole.gguf", layout, data)
    for written in range(3):
        torn = tmp_path / f"torn{written}.gguf"
        torn.write_bytes(whole[: layout.data_offset + layout.tensors[written].offset] + b"torn" * 20)
        with torn.open("r+b") as file:
            writer = TensorWriter(file, layout, written)
            assert writer.next == layout.tensors[written]
            for each in data[written:]:
                writer.write(each)
        assert torn.read_bytes() == whole


def test_a_type_that_only_newer_engines_know_keeps_its_number(tmp_path: Path) -> None:
    layout = Layout({"general.architecture": text("llama")}, [tensor("a", "F32", (8,))])
    content = bytearray(write(tmp_path / "known.gguf", layout, [bytes(range(32))]))
    at = content.rindex((8).to_bytes(8, "little")) + 8  # behind the shape
    content[at] = 99
    unknown = tmp_path / "unknown.gguf"
    unknown.write_bytes(content)
    header = read_header(unknown)
    again = Layout(read_metadata(unknown, header), header.tensors)
    assert write(tmp_path / "again.gguf", again, [bytes(range(32))]) == content


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        *(("u8", 256), ("i8", 200), ("u32", -1), ("u32", 1.5), ("u32", "1"), ("f32", "x"), ("f32", 1e39)),
        *(("bool", 2), ("string", 5), ("array", 1), ("nonsense", 1)),
    ],
)
def test_what_is_no_value_of_the_type_is_refused(kind: str, value: Any) -> None:
    with pytest.raises(ValueError, match=r"is no|true or false"):
        typed(kind, value)


def test_what_no_reader_would_take_is_not_written() -> None:
    one = tensor("a", "F32", (8,))
    with pytest.raises(InvalidModelError, match=r"new\.gguf is not.*two tensors have the same name"):
        Layout({}, [one, one], "new.gguf")
    with pytest.raises(InvalidModelError, match="no whole blocks of Q8_0"):
        Layout({}, [tensor("a", "Q8_0", (31,))])
    with pytest.raises(InvalidModelError, match="64 bytes; 1 to 63"):
        Layout({}, [tensor("a" * 64, "F32", (8,))])
    with pytest.raises(InvalidModelError, match="alignment 24: it is a power of two"):
        Layout({"general.alignment": number("u32", 24)}, [one])
    with pytest.raises(ValueError, match="'Q99' is no type"):
        tensor("a", "Q99", (8,))


def test_bytes_that_are_too_many_or_too_few_are_told(tmp_path: Path) -> None:
    layout = Layout({}, [tensor("a", "F32", (8,))])
    for wrong in (bytes(31), [bytes(20), bytes(20)]):
        with (tmp_path / "file").open("wb") as file, pytest.raises(ValueError, match="a has 32 bytes, written were"):
            TensorWriter(file, layout).write(wrong)


def test_a_file_that_was_not_finished_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with pytest.raises(TypeError), replacing(path) as file:
        file.writelines([b"new", None])  # type: ignore[list-item]
    assert [(each, each.read_bytes()) for each in tmp_path.iterdir()] == [(path, b"old")]
