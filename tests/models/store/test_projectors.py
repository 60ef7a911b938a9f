"""Which projector belongs to a model."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from llama_worker.errors import InvalidModelError, ModelNotFoundError
from llama_worker.models.gguf.header import GgufHeader
from llama_worker.models.gguf.inspect import read_header
from llama_worker.models.store.files import ModelFiles
from llama_worker.models.store.projectors import find_projector
from tests.gguf_factory import write_gguf
from tests.projector_factory import write_projector


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write_gguf(tmp_path / "gemma-4b-Q8_0.gguf")


def found(path: Path, asked: bool | str = "auto", mmproj: Path | None = None) -> str:
    header: GgufHeader | None = find_projector(ModelFiles(path, (path,), mmproj), read_header(path), asked)
    return Path(header.source).name if header else ""


def test_the_repositorys_goes_before_one_beside_it(model: Path, tmp_path: Path) -> None:
    write_projector(tmp_path / "mmproj-beside.gguf")
    other = write_projector(tmp_path / "repository.gguf")
    assert found(model) == "mmproj-beside.gguf"
    assert found(model, mmproj=other) == "repository.gguf"
    assert found(model, False, mmproj=other) == ""


def test_of_several_the_one_with_most_of_the_models_name(model: Path, tmp_path: Path) -> None:
    for name in ("mmproj-another-F16.gguf", "mmproj-gemma-4b-F16.gguf", "mmproj-gemma-12b-Q8_0.gguf"):
        write_projector(tmp_path / name)
    assert found(model) == "mmproj-gemma-4b-F16.gguf"


def test_one_that_nobody_asked_for_keeps_no_model_from_being_loaded(
    model: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broken = tmp_path / "repository.gguf"
    broken.write_bytes(b"GGUF broken")
    with caplog.at_level(logging.INFO, logger="llama_worker"):
        assert found(model, mmproj=broken) == ""
    assert "projector left out" in caplog.text
    with pytest.raises(InvalidModelError):
        found(model, True, mmproj=broken)


def test_a_model_that_is_not_here_has_only_one_that_is_named(model: Path, tmp_path: Path) -> None:
    named = write_projector(tmp_path / "eyes.gguf")
    header = read_header(model)
    assert find_projector(None, header, "auto") is None
    chosen = find_projector(None, header, str(named))
    assert chosen is not None
    with pytest.raises(ModelNotFoundError, match="its home directory is unknown"):
        find_projector(None, header, "~nobody-at-all/eyes.gguf")
