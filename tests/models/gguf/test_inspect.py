"""The header check: sound files are described, all others refused with a reason and in bounded memory."""

from __future__ import annotations

import os
import struct
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llama_worker.errors import InvalidModelError, ModelNotFoundError
from llama_worker.models.gguf.inspect import FileSource, read_header, read_model, read_source
from llama_worker.models.gguf.parser import GgufArray
from tests.models import raw_gguf as raw

MiB = 1 << 20


def test_a_sound_file_is_described(tmp_path: Path) -> None:
    tokens = raw.array("tokenizer.ggml.tokens", raw.STRING, 3, b"".join(map(raw.text, "abc")))
    heads = raw.array("llama.attention.head_count_kv", raw.U32, 2, struct.pack("<2I", 4, 2))
    template = raw.string("tokenizer.chat_template", "{{ messages }}")
    kind = raw.u32("general.file_type", 15)
    content = raw.gguf([*raw.model_keys(), tokens, heads, template, kind])
    header = read_header(raw.write(tmp_path / "a.gguf", content)).check_loadable()
    assert (header.architecture, header.name, header.version) == ("llama", "Tiny", 3)
    assert (header.block_count, header.context_length, header.embedding_length) == (2, 128, 8)
    assert (header.vocab_size, header.parameter_count, header.quantization) == (3, 32, "Q4_K_M")
    assert header.per_block("attention.head_count_kv") == [4, 2]
    assert header.per_block("attention.head_count", 7) == [7, 7]
    assert header.chat_template == "{{ messages }}"
    assert (header.data_bytes, header.size_bytes) == (128, len(content))
    assert header.header_bytes == len(content) - 128
    assert "llama" in repr(header)


def test_without_a_file_type_the_tensors_tell_the_quantization(tmp_path: Path) -> None:
    header = read_header(raw.write(tmp_path / "a.gguf", raw.gguf()))
    assert header.quantization == "F32"


def two_tensors(offset: int) -> bytes:
    return raw.gguf(tensors=[raw.tensor("a", (8,)), raw.tensor("b", (8,), offset=offset)], data=bytes(64))


def one_tensor(shape: tuple[int, ...], kind: int = 0, offset: int = 0) -> bytes:
    return raw.gguf(tensors=[raw.tensor("a", shape, kind, offset)], data=bytes(64))


def with_key(*keys: bytes) -> bytes:
    return raw.gguf([*raw.model_keys(), *keys])


MALFORMED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "empty"),
    "short": (b"GG", "end of the file"),
    "html": (b"<!DOCTYPE html><html>", "begins with b'<!DO'"),
    "git-lfs pointer": (b"version https://git-lfs.github.com/spec/v1\n", "begins with"),
    "version 1": (raw.gguf(version=1), "version 1"),
    "version 99": (raw.gguf(version=99), "version 99"),
    "big-endian": (raw.gguf(version=3 << 24), "big-endian"),
    "tensor count": (raw.gguf(counts={"tensors": 1 << 62}), "tensors"),
    "key count": (raw.gguf(counts={"keys": 1 << 62}), "metadata keys"),
    "one key too many": (raw.gguf(counts={"keys": 7}), ""),
    "empty key": (with_key(raw.u32("", 1)), "a metadata key has 0 bytes"),
    "key beyond file": (with_key(struct.pack("<Q", 60000)), "end of the file"),
    "key length overflow": (with_key(struct.pack("<Q", (1 << 64) - 1)), "more than any model needs"),
    "key not utf-8": (with_key(raw.text(b"\xff\xfe") + struct.pack("<II", 4, 1)), "UTF-8"),
    "same key twice": (with_key(raw.u32("llama.block_count", 2)), "appears twice"),
    "unknown type": (with_key(raw.key("x", 13, b"")), "unknown type 13"),
    "huge string": (with_key(raw.key("x", raw.STRING, struct.pack("<Q", 1 << 40))), "more than any model"),
    "string beyond file": (with_key(raw.key("x", raw.STRING, struct.pack("<Q", 1 << 20))), "end of the file"),
    "bool of 2": (with_key(raw.key("x", raw.BOOL, b"\x02")), "bool"),
    "array of arrays": (with_key(raw.array("x", raw.ARRAY, 1, bytes(12))), "array of arrays"),
    "array of type 4 billion": (with_key(raw.array("x", 0xFFFFFFFF, 1, bytes(12))), "unknown type"),
    "array count": (with_key(raw.array("x", raw.U32, 1 << 61, b"")), "items"),
    "string array count": (with_key(raw.array("x", raw.STRING, 1 << 20, b"")), "end of the file"),
    "string array item": (
        with_key(raw.array("x", raw.STRING, 1, struct.pack("<Q", 1 << 50))),
        "more than any model",
    ),
    "array beyond file": (with_key(raw.array("x", raw.U64, 4096, b"")), "end of the file"),
    "alignment 0": (with_key(raw.u32("general.alignment", 0)), "power of two"),
    "alignment 33": (with_key(raw.u32("general.alignment", 33)), "power of two"),
    "alignment 2 MiB": (with_key(raw.u32("general.alignment", 2 * MiB)), "power of two"),
    "alignment is text": (with_key(raw.string("general.alignment", "32")), "power of two"),
    "tensor without name": (raw.gguf(tensors=[raw.tensor("", (8,))]), "a tensor name has 0 bytes"),
    "tensor name of 64": (raw.gguf(tensors=[raw.tensor("n" * 64, (8,))]), "a tensor name"),
    "no dimensions": (one_tensor(()), "0 dimensions"),
    "five dimensions": (one_tensor((1, 1, 1, 1, 1)), "5 dimensions"),
    "dimension 0": (one_tensor((8, 0)), "dimension of 0"),
    "dimension overflow": (one_tensor((1 << 40, 1 << 40)), "more elements"),
    "negative dimension": (one_tensor(((1 << 64) - 8,)), "more elements"),
    "removed tensor type": (one_tensor((32,), 4), "unknown type 4"),
    "negative tensor type": (one_tensor((32,), 0xFFFFFFFF), "unknown type"),
    "half a block": (one_tensor((8,), 2), "whole blocks of Q4_0"),
    "tensor beyond file": (one_tensor((17,)), "end of the file"),
    "offset beyond file": (one_tensor((8,), 0, 1 << 40), "end of the file"),
    "new type beyond file": (one_tensor((8,), 200, 1 << 40), "beyond the end"),
    "offset not aligned": (one_tensor((8,), 0, 4), "not aligned"),
    "overlapping tensors": (two_tensors(0), "next tensor"),
    "same tensor twice": (
        raw.gguf(tensors=[raw.tensor("a", (8,)), raw.tensor("a", (8,), offset=32)], data=bytes(64)),
        "same name",
    ),
}

NOT_LOADABLE: dict[str, tuple[bytes, str]] = {
    "no architecture": (raw.gguf([raw.string("general.name", "x")]), "architecture"),
    "projector": (raw.gguf([raw.string("general.architecture", "clip")]), "projector"),
    "no block count": (raw.gguf([raw.string("general.architecture", "llama")]), "block count is -1"),
    "no blocks": (raw.gguf(raw.model_keys(block_count=0)), "block count is 0"),
    "513 blocks": (raw.gguf(raw.model_keys(block_count=513)), "block count is 513"),
    "no width": (raw.gguf(raw.model_keys(embedding_length=0)), "embedding_length is 0"),
    "other width": (raw.gguf(raw.model_keys(embedding_length=16)), "8 wide, not 16"),
    "no context": (raw.gguf(raw.model_keys(context_length=0)), "context_length is 0"),
    "experts": (raw.gguf(raw.model_keys(expert_count=2000)), "expert_count is 2000"),
    "experts used": (raw.gguf(raw.model_keys(expert_count=4, expert_used_count=8)), "8 experts of 4"),
    "epsilon is no number": (with_key(raw.key("llama.x_epsilon", raw.F32, b"\xff" * 4)), "small number"),
    "epsilon is negative": (with_key(raw.key("llama.x_epsilon", raw.F32, b"\0\0\x80\xbf")), "small number"),
    "text for a number": (with_key(raw.string("llama.vocab_size", "5")), "vocab_size is '5'"),
    "later part": (with_key(raw.u32("split.no", 1), raw.u32("split.count", 2)), "later part"),
}


@pytest.mark.parametrize("case", MALFORMED)
def test_malformed_files_are_refused_with_a_reason(case: str, tmp_path: Path) -> None:
    """T32, and the corruptions that llama.cpp's own tests and advisories name."""
    content, reason = MALFORMED[case]
    path = raw.write(tmp_path / "bad.gguf", content)
    with pytest.raises(InvalidModelError) as caught:
        read_header(path)
    assert reason in caught.value.message
    assert caught.value.model == str(path)


@pytest.mark.parametrize("case", NOT_LOADABLE)
def test_files_that_no_engine_could_load_are_refused(case: str, tmp_path: Path) -> None:
    content, reason = NOT_LOADABLE[case]
    header = read_header(raw.write(tmp_path / "bad.gguf", content))
    with pytest.raises(InvalidModelError) as caught:
        header.check_loadable()
    assert reason in caught.value.message


def test_every_truncation_is_refused(tmp_path: Path) -> None:
    content = raw.gguf()
    for length in range(len(content)):
        path = raw.write(tmp_path / "cut.gguf", content[:length])
        with pytest.raises(InvalidModelError):
            read_header(path)


def test_a_tensor_type_newer_than_this_table_is_passed_on(tmp_path: Path) -> None:
    header = read_header(raw.write(tmp_path / "new.gguf", one_tensor((8,), 200)))
    assert (header.tensors[0].type, header.tensors[0].size_bytes) == ("type 200", 64)


def test_what_is_no_file_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.gguf")
    with pytest.raises(InvalidModelError, match="not a file"):
        read_header(tmp_path / "pipe.gguf")
    with pytest.raises(InvalidModelError, match="not a file"):
        read_header(tmp_path)
    with pytest.raises(ModelNotFoundError, match="No model file at"):
        read_header(tmp_path / "none.gguf")


def parts(tmp_path: Path, count: int = 2) -> list[Path]:
    later = [raw.u32("split.no", 1), raw.u32("split.count", count)]
    first = with_key(raw.u32("split.no", 0), raw.u32("split.count", count))
    return [raw.write(tmp_path / "1.gguf", first), raw.write(tmp_path / "2.gguf", raw.gguf(later))]


def test_the_parts_of_a_split_model_are_read_as_one(tmp_path: Path) -> None:
    header = read_model(parts(tmp_path))
    assert (len(header.tensors), header.parameter_count, header.data_bytes) == (2, 64, 256)
    assert header.block_count == 2


def test_parts_that_do_not_belong_together_are_refused(tmp_path: Path) -> None:
    first, second = parts(tmp_path)
    with pytest.raises(InvalidModelError, match="it has 2 parts, found are 1"):
        read_model([first])
    with pytest.raises(InvalidModelError, match="not part 2"):
        read_model([first, first])
    with pytest.raises(InvalidModelError):
        read_model([second, first])


def test_a_large_vocabulary_is_walked_over_not_kept(tmp_path: Path) -> None:
    words = b"".join(raw.text(f"token{index}") for index in range(150_000))
    scores = bytes(4 * 150_000)
    keys = [
        *raw.model_keys(),
        raw.array("tokenizer.ggml.tokens", raw.STRING, 150_000, words),
        raw.array("tokenizer.ggml.scores", raw.F32, 150_000, scores),
        raw.string("tokenizer.huggingface.json", "x" * MiB),
        raw.string("after", "end"),
    ]
    path = raw.write(tmp_path / "big.gguf", raw.gguf(keys))
    tracemalloc.start()
    header = read_header(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert header.vocab_size == 150_000
    assert header.metadata["after"] == "end"
    assert header.metadata["tokenizer.huggingface.json"] == GgufArray("text", MiB)
    assert peak < header.header_bytes


def test_the_largest_header_that_is_allowed_stays_within_its_bound(tmp_path: Path) -> None:
    """Many tiny keys and tensors are what costs most memory for each byte of the file."""
    keys = [*raw.model_keys(), *(raw.key(f"{index}", raw.BOOL, b"\1") for index in range(4000))]
    tensors = [raw.tensor(f"{index}", (1,), offset=32 * index) for index in range(16384)]
    content = raw.gguf(keys, tensors, data=bytes(32 * 16384))
    path = raw.write(tmp_path / "many.gguf", content)
    tracemalloc.start()
    header = read_header(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2 * header.header_bytes + 8 * MiB


class Bytes:
    """A source that counts what is asked of it."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.size = len(content)

    def read_at(self, offset: int, length: int) -> bytes:
        assert 0 <= length <= self.size
        return self.content[offset : offset + length]


SOUND = with_key(
    raw.array("tokenizer.ggml.tokens", raw.STRING, 3, b"".join(map(raw.text, "abc"))),
    raw.array("llama.attention.head_count_kv", raw.U32, 2, struct.pack("<2I", 4, 2)),
)


def inspect(content: bytes) -> None:
    """All that the room does with a header; may raise InvalidModelError and nothing else."""
    try:
        header = read_source(Bytes(content), "fuzz").check_loadable()
    except InvalidModelError:
        return
    assert header.vocab_size >= 0
    assert header.quantization
    assert len(header.per_block("attention.head_count_kv")) == header.block_count


@given(st.binary(max_size=400))
def test_no_bytes_raise_anything_else(content: bytes) -> None:
    inspect(content)
    inspect(SOUND[:24] + content)


@settings(max_examples=300)
@given(st.lists(st.tuples(st.integers(0, len(SOUND) - 1), st.binary(min_size=1, max_size=8)), max_size=4))
def test_no_edit_of_a_sound_file_raises_anything_else(edits: list[tuple[int, bytes]]) -> None:
    content = bytearray(SOUND)
    for offset, replacement in edits:
        content[offset : offset + len(replacement)] = replacement
    inspect(bytes(content))


def test_a_file_that_shrinks_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = raw.write(tmp_path / "a.gguf", raw.gguf()[:40])
    with path.open("rb") as file, pytest.raises(InvalidModelError, match="became shorter"):
        read_source(FileSource(file, 1 << 20), "a.gguf")
