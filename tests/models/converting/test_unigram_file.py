"""SentencePiece's files are read without believing them."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from llama_worker.errors import InvalidModelError, NotSupportedError
from llama_worker.models.converting.checkpoint.repository import RepositoryFiles
from llama_worker.models.converting.vocabulary.unigram_file import UnigramFile, read_unigram
from tests.models.converting.proof.tokenizers.pieces import CONTROL, NORMAL, UNKNOWN, Piece, model_file

PIECES = [Piece("<unk>", 0.0, UNKNOWN), Piece("<s>", 0.0, CONTROL), Piece("▁word", -2.5, NORMAL)]


def read(folder: Path, content: bytes) -> UnigramFile:
    (folder / "a.model").write_bytes(content)
    return read_unigram(RepositoryFiles(folder), "a.model")


def test_a_sound_one(tmp_path: Path) -> None:
    found = read(tmp_path, model_file(PIECES, unigram=True, charsmap=b"map"))
    assert [(piece.text, piece.score, piece.type) for piece in found.pieces] == [
        ("<unk>", 0.0, 2),
        ("<s>", 0.0, 3),
        ("▁word", -2.5, 1),
    ]
    assert (found.charsmap, found.adds_prefix, found.removes_spaces) == (b"map", True, True)


def test_another_algorithm_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotSupportedError, match="unigram"):
        read(tmp_path, model_file(PIECES))


def test_broken_ones_end_in_a_word(tmp_path: Path) -> None:
    """Each is either read or refused as broken, and nothing else happens."""
    sound, chance, refused = model_file(PIECES, unigram=True), random.Random(1), 0
    for _ in range(300):
        broken = bytearray(sound[: chance.randrange(len(sound))])
        for _ in range(min(len(broken), 3)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        try:
            read(tmp_path, bytes(broken))
        except (InvalidModelError, NotSupportedError):
            refused += 1
    assert refused > 100
