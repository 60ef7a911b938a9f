"""What a signature names, compared with files, without the package that verifies it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from llama_worker.models.signing.manifest import SignedPart, is_as_signed
from llama_worker.models.signing.places import signature_of, signatures_among
from tests.models import cache_folder

CONTENT = bytes(range(250)) * 4


def piece(start: int, end: int) -> SignedPart:
    return SignedPart("a", "sha256", hashlib.sha256(CONTENT[start:end]).hexdigest(), start, end)


def test_pieces_must_be_all_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(CONTENT)
    assert is_as_signed(path, [piece(600, 1000), piece(0, 600)])
    for parts in ([piece(0, 600)], [piece(600, 1000)], [piece(0, 600), piece(700, 1000)], [piece(0, 600)] * 2, []):
        assert not is_as_signed(path, parts)
    path.write_bytes(CONTENT + b"\0")
    assert not is_as_signed(path, [piece(0, 600), piece(600, 1000)])


@pytest.mark.parametrize("algorithm", ["sha256", "blake2b"])
def test_a_file_is_compared_by_its_digest(tmp_path: Path, algorithm: str) -> None:
    path = tmp_path / "a"
    path.write_bytes(CONTENT)
    part = SignedPart("a", algorithm, hashlib.new(algorithm, CONTENT).hexdigest())
    assert is_as_signed(path, [part])
    assert not is_as_signed(path, [part, part])
    path.write_bytes(CONTENT[:-1])
    assert not is_as_signed(path, [part])


def test_the_nearest_signature_is_taken_and_none_of_outside(tmp_path: Path) -> None:
    path = cache_folder.add(tmp_path / "hub", "org/a", "deep/a-Q8_0.gguf")
    snapshot = path.parents[1]
    (snapshot.parent / "model.sig").touch()  # belongs to no commit
    assert signature_of(path) is None
    places = {"model.sig": "deep/a-Q8_0.gguf", "deep/model.sig": path.name, "deep/a-Q8_0.gguf.sig": "."}
    for place, name in places.items():
        (snapshot / place).touch()
        assert signature_of(path) == (snapshot / place, name)
    alone = tmp_path / "plain" / "b.gguf"
    alone.parent.mkdir()
    (tmp_path / "model.sig").touch()
    assert signature_of(alone) is None
    (alone.parent / "model.sig").touch()
    assert signature_of(alone) == (alone.parent / "model.sig", "b.gguf")


def test_only_signatures_of_a_model_are_fetched_with_it() -> None:
    files = ["model.sig", "x/model.sig", "y/model.sig", "x/a.gguf.sig", "x/b.gguf.sig", "x/a.gguf", "other.sig"]
    assert signatures_among(files, ["x/a.gguf"]) == ["model.sig", "x/model.sig", "x/a.gguf.sig"]
