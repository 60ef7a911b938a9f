"""Which names of a vocabulary are special, read from the file alone."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from llama_worker.errors import InvalidModelError
from llama_worker.models.gguf.inspect import read_header
from llama_worker.models.gguf.special_tokens import SpecialTokens, read_special_tokens
from tests.models import raw_gguf

NORMAL, UNKNOWN, CONTROL, USER_DEFINED, BYTE = 1, 2, 3, 4, 6


def vocabulary(path: Path, tokens: list[tuple[bytes, int]], *, kinds: bool = True) -> Path:
    keys = raw_gguf.model_keys()
    texts = b"".join(raw_gguf.text(text) for text, _ in tokens)
    keys.append(raw_gguf.array("tokenizer.ggml.tokens", raw_gguf.STRING, len(tokens), texts))
    if kinds:
        numbers = struct.pack(f"<{len(tokens)}i", *(kind for _, kind in tokens))
        keys.append(raw_gguf.array("tokenizer.ggml.token_type", raw_gguf.I32, len(tokens), numbers))
    return raw_gguf.write(path, raw_gguf.gguf(keys))


def read(path: Path) -> SpecialTokens:
    return read_special_tokens(path, read_header(path))


@pytest.mark.parametrize("more", [0, 600, 100_000])
def test_names_are_sorted_by_kind(tmp_path: Path, more: int) -> None:
    tokens = [(b"a", NORMAL), (b"<unk>", UNKNOWN), (b"<s>", CONTROL), (b"<think>", USER_DEFINED), (b"<0x41>", BYTE)]
    tokens += [(b"word%d" % number, NORMAL) for number in range(more)] + [("<｜end｜>".encode(), CONTROL)]
    found = read(vocabulary(tmp_path / "v.gguf", tokens))
    assert found.control == {"<unk>", "<s>", "<｜end｜>"}
    assert found.user_defined == {"<think>"}


def test_names_that_the_engine_takes_for_control_are_whatever_their_kind(tmp_path: Path) -> None:
    tokens = [(b"<|im_end|>", NORMAL), (b"</s>", NORMAL), (b"<|start|>", USER_DEFINED), (b"<x>", NORMAL)]
    assert read(vocabulary(tmp_path / "v.gguf", tokens)).control == {"<|im_end|>", "</s>", "<|start|>"}
    assert read(vocabulary(tmp_path / "w.gguf", tokens, kinds=False)).control == {"<|im_end|>", "</s>", "<|start|>"}
    gemma = [*tokens, (b"<|tool_response>", USER_DEFINED)]
    assert "</s>" not in read(vocabulary(tmp_path / "x.gguf", gemma)).control


def test_what_no_content_can_have_is_left_out(tmp_path: Path) -> None:
    tokens = [(b"\xff\xfe", CONTROL), (b"", CONTROL), (b"<" + b"x" * 2000 + b">", CONTROL), (b"<a>", CONTROL)]
    assert read(vocabulary(tmp_path / "v.gguf", tokens)).control == {"<a>"}


def test_a_file_without_a_vocabulary_has_none(tmp_path: Path) -> None:
    path = raw_gguf.write(tmp_path / "v.gguf", raw_gguf.gguf())
    assert read(path) == SpecialTokens()


def test_a_file_that_was_cut_meanwhile_is_refused(tmp_path: Path) -> None:
    path = vocabulary(tmp_path / "v.gguf", [(b"<a%d>" % number, CONTROL) for number in range(1000)])
    header = read_header(path)
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(InvalidModelError):
        read_special_tokens(path, header)
