"""Byte for byte what llama.cpp's own tool makes: against the tool itself, and every day against what it made before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from llama_worker.errors import InvalidOptionsError

from .comparing import Case, cases, digest, quantized
from .models import MODELS, write_imatrix, write_model
from .recorded import recorded
from .upstream import quantize, tool

# Every way of the rules in the time of a daily test: some types of some models, each made in milliseconds.
DAILY = {
    "llama": ("Q4_0", "Q4_K_M", "Q5_K_S", "Q6_K", "Q8_0", "Q3_K_M", "IQ4_XS", "F16"),
    "mixtral": ("Q2_K", "Q4_K_S", "MXFP4_MOE"),
    "falcon": ("Q4_K_M", "Q3_K_L"),
    "gemma2": ("Q5_1", "Q5_K_M"),
    "bert": ("Q8_0", "Q4_1"),
    "mamba2": ("Q4_K_M",),
}


def ours(case: Case, folder: Path) -> str:
    """The digest of what we make; empty for what we refuse."""
    source = write_model(folder / "model.gguf", case.model)
    matrix = write_imatrix(folder / "imatrix.gguf", case.model) if case.imatrix else None
    try:
        return digest(quantized(source, folder / "ours", case.quantization, imatrix=str(matrix) if matrix else None))
    except InvalidOptionsError as error:
        return "" if error.path == "imatrix" else str(error)


def daily() -> Iterator[Case]:
    yield from (Case(model, name, imatrix=False) for model, names in DAILY.items() for name in names)
    yield from (Case("llama", name, imatrix=True) for name in ("IQ2_XXS", "Q4_0"))


def test_recorded_daily(tmp_path: Path) -> None:
    known = recorded()
    for number, case in enumerate(daily()):
        folder = tmp_path / str(number)
        folder.mkdir()
        assert ours(case, folder) == known[case.name], case.name


@pytest.mark.slow
@pytest.mark.parametrize("model", MODELS)
def test_recorded(model: str, tmp_path: Path) -> None:
    known, wrong = recorded(), []
    for case in cases():
        if case.model == model and ours(case, tmp_path) != known[case.name]:
            wrong.append(case.name)
    assert not wrong


def test_every_case_is_recorded() -> None:
    assert set(recorded()) == {case.name for case in cases()}


@pytest.mark.native
@pytest.mark.slow
@pytest.mark.skipif(tool() is None, reason="`make native` compiles llama-quantize")
@pytest.mark.parametrize("model", MODELS)
def test_against_the_tool(model: str, tmp_path: Path) -> None:
    """What is recorded is what it makes now; with the same matrix in the former form too."""
    source = write_model(tmp_path / "model.gguf", model)
    matrix = write_imatrix(tmp_path / "imatrix.gguf", model)
    known = recorded()
    for case in cases():
        if case.model == model:
            target = tmp_path / "theirs.gguf"
            made = quantize(source, target, case.quantization, matrix if case.imatrix else None)
            assert (digest(target) if made else "") == known[case.name], case.name


@pytest.mark.native
@pytest.mark.slow
@pytest.mark.skipif(tool() is None, reason="`make native` compiles llama-quantize")
@pytest.mark.parametrize("kind", ["F16", "BF16"])
def test_of_half_floats(kind: str, tmp_path: Path) -> None:
    """The whole file is the same then, metadata and all."""
    source = write_model(tmp_path / "model.gguf", "llama", kind)
    for name in ("Q4_K_M", "Q8_0", "F32"):
        assert quantize(source, tmp_path / "theirs.gguf", name)
        made = quantized(source, tmp_path / "ours", name)
        assert made.read_bytes() == (tmp_path / "theirs.gguf").read_bytes()
