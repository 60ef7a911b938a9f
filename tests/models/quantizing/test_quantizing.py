"""Quantizing by a worker: in a process of its own, aborted, killed, short of disk, fed with nonsense."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import psutil
import pytest

from llama_worker import LlamaWorker, LlamaWorkerBridge, errors
from llama_worker.messages.events import Processing
from llama_worker.messages.quantized import QuantizedModel
from llama_worker.models.gguf.inspect import read_header
from llama_worker.models.gguf.writing import Layout, TensorReader, TensorWriter, number, read_metadata
from llama_worker.models.quantizing import rows, slabs
from llama_worker.models.quantizing.importance.reading import read_importance
from llama_worker.ports.client.in_process import in_process_port
from llama_worker.sync import LlamaWorker as SyncWorker
from llama_worker.worker.operations.operation import Operation
from tests.cli.driving import COMMAND, call
from tests.gguf_factory import write_gguf

from .comparing import digest, quantized
from .models import write_imatrix, write_legacy_imatrix, write_model
from .recorded import recorded


@pytest.fixture
async def worker() -> AsyncIterator[LlamaWorker]:
    async with LlamaWorker() as worker:
        yield worker


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_model(tmp_path / "model.gguf", "llama")


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "made" / "small.gguf"


def processes() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if "llama_worker.worker.filework.child" in child.cmdline()]


async def test_what_is_told(worker: LlamaWorker, source: Path, target: Path) -> None:
    operation = worker.quantize_model(source, target)
    events = [event async for event in operation]
    made = await operation
    assert digest(target) == recorded()["llama Q4_K_M"]
    assert made.path == str(target)
    assert made.quantization == "Q4_K_M"
    assert made.size_bytes == target.stat().st_size
    assert made.types == dict.fromkeys(made.types, 0) | {kind: made.types[kind] for kind in ("Q4_K", "Q6_K", "F32")}
    assert sum(made.types.values()) == len(read_header(source).tensors)
    assert events[-1].value == 1.0
    assert events[-1].done_bytes == events[-1].total_bytes == made.source_bytes
    assert events[-1].done_parts == events[-1].parts == len(read_header(source).tensors)
    assert [*target.parent.iterdir()] == [target]
    assert not processes()


@pytest.mark.slow
async def test_a_model_made_so_runs(worker: LlamaWorker, tmp_path: Path) -> None:
    made = await worker.quantize_model("builtin", tmp_path / "builtin.gguf", "q8_0")
    model = await worker.load_model(made.path)
    assert await model.complete("Hello", max_tokens=4)


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """Half a second of work for one processor."""
    return write_gguf(tmp_path / "large.gguf", embedding_length=256, block_count=4, feed_forward_length=512)


async def end_early(operation: Operation[QuantizedModel, Processing], how: str) -> None:
    """Once something is written; watched to its end, as nobody's watching any more would abort it too."""
    async for event in operation.events():
        if isinstance(event, Processing) and event.done_parts >= 2:
            for process in processes() if how == "kill" else []:
                process.kill()
            if how == "abort":
                operation.abort()


@pytest.mark.slow
@pytest.mark.parametrize("how", ["abort", "kill"])
async def test_one_that_is_ended_early_goes_on(
    how: str, worker: LlamaWorker, tmp_path: Path, target: Path, large: Path
) -> None:
    operation = worker.quantize_model(large, target, threads=1)
    watching = asyncio.create_task(end_early(operation, how))
    with pytest.raises(errors.OperationAborted if how == "abort" else errors.FileWorkError) as caught:
        await operation
    await asyncio.gather(watching, return_exceptions=True)
    assert caught.value.details().get("reason") == (None if how == "abort" else "killed")
    assert not target.exists()
    assert not processes()
    again = worker.quantize_model(large, target)
    done = [event async for event in again]
    assert done[-1].bytes_per_second  # of what was new
    assert target.read_bytes() == quantized(large, tmp_path / "at once", "Q4_K_M").read_bytes()
    assert [*target.parent.iterdir()] == [target]


def test_what_was_written_is_looked_at(tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes that are not what was noted are made again, those that are stay."""
    made = quantized(source, tmp_path / "ours", "Q4_K_M")
    whole = made.read_bytes()
    with made.open("r+b") as file:
        file.seek(-100, os.SEEK_END)
        file.write(b"damaged")
    sums: list[slabs.Slab] = []

    original = rows.RowMaker.make

    def counted(maker: rows.RowMaker, slab: slabs.Slab) -> bytes:
        sums.append(slab)
        return original(maker, slab)

    monkeypatch.setattr(rows.RowMaker, "make", counted)
    assert quantized(source, tmp_path / "ours", "Q4_K_M").read_bytes() == whole
    assert len(sums) == 1
    source.touch()
    assert quantized(source, tmp_path / "ours", "Q4_K_M").read_bytes() == whole
    assert len(sums) == 1 + len(read_header(source).tensors)


def test_large_tensors_come_in_slabs(tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slabs, "WEIGHTS", 600)
    assert digest(quantized(source, tmp_path / "ours", "Q4_K_M")) == recorded()["llama Q4_K_M"]
    experts = write_model(tmp_path / "experts.gguf", "mixtral")
    matrix = write_imatrix(tmp_path / "imatrix.gguf", "mixtral")
    made = quantized(experts, tmp_path / "ours", "IQ2_M", imatrix=str(matrix))
    assert digest(made) == recorded()["mixtral IQ2_M imatrix"]


def test_both_forms_of_a_matrix(tmp_path: Path, source: Path) -> None:
    """The former one holds sums over calls: of seven, each is a seventh, and no two values trade places."""
    legacy = read_importance(write_legacy_imatrix(tmp_path / "imatrix.dat", "llama"))
    matrix = read_importance(write_imatrix(tmp_path / "imatrix.gguf", "llama"))
    assert len(legacy) == len(matrix)
    assert legacy.origin.chunks == matrix.origin.chunks == 4
    assert (legacy.origin.dataset, matrix.origin.dataset) == ("some text", "some text.txt")
    name = "blk.0.attn_q.weight"
    ratios = {round(a / b, 3) for a, b in zip(legacy.values(name), matrix.values(name), strict=True)}
    assert ratios == {round(32 / 7, 3)}


def split_in_two(source: Path, folder: Path) -> list[Path]:
    """The model in two files, as llama.cpp splits it."""
    header, names = read_header(source), [folder / f"part-0000{number}-of-00002.gguf" for number in (1, 2)]
    with TensorReader(source, header) as reader:
        for number_, path in enumerate(names):
            some = header.tensors[number_::2]
            facts = {"split.no": number("u16", number_), "split.count": number("u16", 2)}
            first = read_metadata(source, header) if not number_ else {}
            with path.open("wb") as file:
                writer = TensorWriter(file, Layout(first | facts, some))
                for tensor in some:
                    writer.write(reader.pieces(tensor))
    return names


def test_a_model_in_parts(tmp_path: Path, source: Path) -> None:
    """The result is one file, with nothing left that says otherwise."""
    parts = tuple(map(str, split_in_two(source, tmp_path)))
    made = quantized(source, tmp_path / "ours", "Q4_K_M", parts=parts)
    assert digest(made) == recorded()["llama Q4_K_M"]
    assert not [key for key in read_header(made).metadata if key.startswith("split.")]


@pytest.mark.slow
async def test_a_name_of_a_model_in_parts(worker: LlamaWorker, tmp_path: Path, source: Path, target: Path) -> None:
    first, _ = split_in_two(source, tmp_path)
    await worker.quantize_model(first, target, "Q8_0")
    assert digest(target) == recorded()["llama Q8_0"]


def rename(data: bytes) -> bytes:
    """The architecture is none that anybody knows."""
    return data.replace(b"llama", b"lxxma")


REFUSED: dict[str, tuple[Callable[[bytes], bytes], type[errors.LlamaWorkerError], str]] = {
    "not GGUF": (lambda data: b"nothing of the kind", errors.InvalidModelError, "begins with"),
    "truncated": (lambda data: data[:-1000], errors.InvalidModelError, "beyond the end"),
    "infinite": (lambda data: data[:-64] + b"\x00\x00\x80\x7f" * 16, errors.InvalidModelError, "are no numbers"),
    "other": (rename, errors.InvalidOptionsError, "'lxxma'"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_model(what: str, tmp_path: Path, source: Path) -> None:
    change, error, said = REFUSED[what]
    source.write_bytes(change(source.read_bytes()))
    with pytest.raises(error, match=said):
        quantized(source, tmp_path / "ours", "Q4_K_M")


def test_pure(tmp_path: Path, source: Path) -> None:
    """One type for all that is quantized, of architectures too whose mixtures are not known."""
    source.write_bytes(rename(source.read_bytes()))
    types = {tensor.type for tensor in read_header(quantized(source, tmp_path / "ours", "Q4_K_M", pure=True)).tensors}
    assert types == {"Q4_K", "F32"}


def test_quantized_already(tmp_path: Path, source: Path) -> None:
    once = quantized(source, tmp_path / "ours", "Q8_0")
    with pytest.raises(errors.InvalidOptionsError, match="quantized already"):
        quantized(once, tmp_path / "again", "Q4_K_M")
    twice = quantized(once, tmp_path / "again", "Q4_K_M", requantize=True)
    assert {tensor.type for tensor in read_header(twice).tensors} == {"Q4_K", "Q6_K", "F32"}


def test_matrices_that_do_not_help(tmp_path: Path, source: Path) -> None:
    other = write_imatrix(tmp_path / "other.gguf", "falcon")
    with pytest.raises(errors.InvalidOptionsError, match="has nothing for"):
        quantized(source, tmp_path / "ours", "IQ2_XXS", imatrix=str(other))
    with pytest.raises(errors.InvalidModelError, match="no importance matrix"):
        quantized(source, tmp_path / "ours", "IQ2_XXS", imatrix=str(source))
    nonsense = tmp_path / "imatrix.dat"
    nonsense.write_bytes(b"what is this?" * 10)
    with pytest.raises(errors.InvalidModelError, match="neither"):
        quantized(source, tmp_path / "ours", "IQ2_XXS", imatrix=str(nonsense))


async def test_refused_at_once(worker: LlamaWorker, source: Path, target: Path) -> None:
    for wrong in ({"quantization": "Q9"}, {"threads": 0}, {"politeness": "rude"}, {"imatrix": ""}):
        with pytest.raises(errors.InvalidOptionsError):
            worker.quantize_model(source, target, **wrong)
    with pytest.raises(errors.InvalidOptionsError, match="one of the files that it would be made of"):
        await worker.quantize_model(source, source, overwrite=True)
    with pytest.raises(errors.ModelNotFoundError, match="No importance matrix"):
        await worker.quantize_model(source, target, imatrix=target)


async def test_a_target_that_is_there(worker: LlamaWorker, source: Path, tmp_path: Path) -> None:
    there = tmp_path / "there.gguf"
    there.write_text("mine")
    with pytest.raises(errors.FileWorkError, match="is there already") as caught:
        await worker.quantize_model(source, there)
    assert caught.value.reason == "exists"
    assert there.read_text() == "mine"
    assert not (tmp_path / "there.gguf.unfinished").exists()
    await worker.quantize_model(source, there, "Q8_0", overwrite=True)
    assert digest(there) == recorded()["llama Q8_0"]


@pytest.mark.slow
async def test_one_at_a_time(worker: LlamaWorker, large: Path, target: Path) -> None:
    first = worker.quantize_model(large, target)
    await anext(aiter(first.events()))
    async for _ in first:
        with pytest.raises(errors.FileWorkError, match="being written already"):
            await worker.quantize_model(large, target)
        break


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no such limit there")
def test_a_full_disk(large: Path, target: Path) -> None:
    import resource

    ended = subprocess.run(
        [*COMMAND, "quantize", str(large), str(target)],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)),
        capture_output=True,
        text=True,
    )
    assert ended.returncode
    assert "is full: make room" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not target.exists()


def test_too_little_room(tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=1000))
    with pytest.raises(errors.FileWorkError, match=r"needs 0\.\d\d MB more and has 0\.00 MB"):
        quantized(source, tmp_path / "ours", "Q4_K_M")


@pytest.mark.slow
def test_it_does_not_outlive_its_program(large: Path, target: Path) -> None:
    command = [*COMMAND, "quantize", str(large), str(target), "--threads", "1"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as program:
        while not (target.with_name("small.gguf.unfinished") / "slabs").exists():
            assert program.poll() is None
        children = psutil.Process(program.pid).children()
        program.kill()
        psutil.wait_procs(children, timeout=20)
        assert not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in children)
    assert not target.exists()


@pytest.mark.slow
def test_without_async(source: Path, target: Path) -> None:
    seen: list[Processing] = []
    with SyncWorker() as worker:
        made = worker.quantize_model(source, target, "Q8_0", on_progress=seen.append)
    assert made.bits_per_weight > 8
    assert seen[-1].value == 1.0


async def test_over_a_port(source: Path, target: Path) -> None:
    async with LlamaWorker() as worker, LlamaWorkerBridge(in_process_port(worker)) as bridge:
        operation = bridge.quantize_model(source, target, "Q8_0")
        seen = [event async for event in operation]
        made = await operation
        assert made.path == str(target)
        assert made.types["Q8_0"]
        assert seen[-1].parts
        with pytest.raises(errors.FileWorkError) as caught:
            await bridge.quantize_model(source, target, "Q8_0")
        assert caught.value.reason == "exists"


@pytest.mark.slow
def test_from_the_command_line(source: Path, target: Path) -> None:
    ended = call("quantize", source, target, "q8_0", "--json")
    assert not ended.returncode
    assert json.loads(ended.stdout)["path"] == str(target)
    assert "is there already" in call("quantize", source, target, "q8_0").stderr
