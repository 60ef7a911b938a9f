"""What the processor has, and what of it a build leaves unused."""

from __future__ import annotations

from pathlib import Path

import pytest

from llama_worker.engine.processor import features
from llama_worker.engine.processor.features import processor_features, unused_features, worth

AMD = "processor\t: 0\nflags\t\t: fpu avx avx2 fma f16c bmi2 avx512f avx512_vnni\n\nprocessor\t: 1\nflags\t\t: fpu\n"
ARM = "processor\t: 0\nFeatures\t: fp asimd asimddp i8mm\n"


def on(text: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The processor that this text describes."""
    path = folder / "cpuinfo"
    path.write_text(text)
    monkeypatch.setattr(features, "_CPU_INFO", path)


def test_features_are_in_the_engines_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    on(AMD, tmp_path, monkeypatch)
    assert processor_features() == {"AVX2", "FMA", "F16C", "BMI2", "AVX512", "AVX512_VNNI"}
    assert unused_features(("AVX", "AVX2", "FMA", "F16C", "BMI2", "OPENMP")) == ("AVX512", "AVX512_VNNI")
    on(ARM, tmp_path, monkeypatch)
    assert unused_features(("NEON", "DOTPROD")) == ("MATMUL_INT8",)


def test_where_nobody_tells_nothing_is_unused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(features, "_CPU_INFO", tmp_path / "none")
    assert unused_features(("AVX2",)) == ()


def test_what_was_not_measured_is_not_promised() -> None:
    assert "times as fast on an AMD EPYC" in worth(("AVX512", "AVX512_VNNI"))
    assert "not been measured" in worth(("MATMUL_INT8",))
