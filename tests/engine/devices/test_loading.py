"""Models on a machine whose GPU is pretended: what the engine is told, what is told of it, what a failure changes."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import Any

import pytest

from llama_worker import LlamaWorker
from llama_worker.errors import InsufficientMemoryError
from llama_worker.messages.events import EngineReduced
from tests.gguf_factory import write_gguf

from ..conftest import FakeEngine
from .conftest import Machine

MIB = 1 << 20
LAYERS = 13  # 12 blocks and the output


@pytest.fixture(scope="session")
def wordy_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model with too many words for an engine to keep the logits of a whole batch, as all real ones have."""
    return write_gguf(tmp_path_factory.mktemp("models") / "wordy.gguf", vocab_size=10_000, block_count=LAYERS - 1)


@pytest.fixture
def gpu(machine: Machine, fake_engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    """An engine with a GPU that has 20 GB free."""
    machine("nvidia0")
    monkeypatch.setenv("FAKE_DEVICES", "  CUDA0: NVIDIA T4 (24217 MiB, 20000 MiB free)")
    return fake_engine


def worker_of(kind: Any, **options: Any) -> LlamaWorker:
    return LlamaWorker(engine=kind.executable, **options)


async def test_what_went_where_is_told(gpu: FakeEngine, wordy_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with worker_of(gpu("")) as worker:
        model = await worker.load_model(wordy_path)
        info = model.info
        assert (info.gpu_layers, info.layers, info.gpu_unused) == (LAYERS, LAYERS, None)
        found = {memory.device: memory for memory in info.memory}
        assert found["CUDA0"].model_bytes == 4000 * MIB + MIB // 4
        assert (found["CUDA0"].cache_bytes, found["CUDA0"].compute_bytes) == (512 * MIB, 64 * MIB)
        assert model.settings.gpu_layers is None
        assert model.settings.gpu_memory_margin == 1024 * MIB
        assert (model.settings.batch_size, model.settings.ubatch_size) == (2048, 512)
        assert not [record for record in caplog.records if record.levelname == "WARNING"]


async def test_the_real_engines_buffers_are_read_and_without_a_gpu_not_told(random_model_path: Path) -> None:
    async with LlamaWorker(debug=True) as worker:
        model = await worker.load_model(random_model_path, context_size=512, sequences=1)
        engine = await model.runtime.engine()
        async with asyncio.timeout(30):  # an engine is ready before its log is read
            while not any(memory.device == "CPU" and memory.compute_bytes for memory in engine.placement.memory):
                await asyncio.sleep(0.01)
        found = engine.placement.memory
        assert any(memory.device == "CPU" and memory.cache_bytes for memory in found)
        assert sum(memory.model_bytes for memory in found) > 100_000
        assert (model.info.gpu_layers, model.info.memory, model.info.gpu_unused) == (None, (), None)


async def test_batches_and_layers_may_be_chosen(gpu: FakeEngine, wordy_path: Path) -> None:
    options: dict[str, Any] = {"gpu_layers": 5, "batch_size": 100, "gpu_memory_margin": 0, "prompt_cache_bytes": 0}
    async with worker_of(gpu("")) as worker:
        model = await worker.load_model(wordy_path, **options)
        chosen = {name: getattr(model.settings, name) for name in options}
        assert chosen == options
        assert (model.settings.ubatch_size, model.info.gpu_layers) == (100, 5)
        other = await worker.load_model(wordy_path, ubatch_size=64)
        assert (other.settings.batch_size, other.settings.ubatch_size) == (2048, 64)


@pytest.mark.parametrize("options", [{"gpu": False}, {}])
async def test_without_layers_there_a_batch_is_the_processors(
    gpu: FakeEngine, wordy_path: Path, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any]
) -> None:
    if not options:
        monkeypatch.setenv("FAKE_DEVICES", "  CUDA0: NVIDIA T4 (24217 MiB, 900 MiB free)")
        monkeypatch.setenv("FAKE_FITTING", "0")
    async with worker_of(gpu(""), **options) as worker:
        model = await worker.load_model(wordy_path)
        assert model.settings.batch_size == model.settings.ubatch_size <= 512
        if options:
            assert model.info.gpu_unused is None
        else:
            assert "No layer fits into CUDA0 (NVIDIA T4): 900 MiB free" in str(model.info.gpu_unused)


async def test_an_engine_that_makes_embeddings_computes_a_batch_in_one_step(
    gpu: FakeEngine, random_model_path: Path, wordy_path: Path
) -> None:
    async with worker_of(gpu("")) as worker:
        few = await worker.load_model(random_model_path)
        assert (few.runtime.settings.pooling, few.settings.batch_size, few.settings.ubatch_size) == ("last", 2048, 2048)
        shorter = await worker.load_model(random_model_path, ubatch_size=512)
        assert (shorter.runtime.settings.pooling, shorter.settings.ubatch_size) == (None, 512)
        many = await worker.load_model(wordy_path)
        assert many.runtime.settings.pooling is None


async def test_who_falls_back_to_the_processor_is_warned(
    gpu: FakeEngine, wordy_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("FAKE_FITTING", "0")
    async with worker_of(gpu("")) as worker:
        model = await worker.load_model(wordy_path)
        assert model.info.gpu_layers == 0
        assert "listed CUDA0 (NVIDIA T4) and put no layer there" in str(model.info.gpu_unused)
        assert str(model.info.gpu_unused) in caplog.text


async def test_an_engine_without_support_for_the_gpu_is_told_of(
    machine: Machine, random_model_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    machine("nvidia0")
    async with LlamaWorker() as worker:
        model = await worker.load_model(random_model_path, context_size=256, sequences=1)
        assert "built without support for it" in str(model.info.gpu_unused)
        assert model.info.gpu_layers is None
    assert "pip install xllamacpp --force-reinstall --index-url" in caplog.text


async def test_an_allocation_that_fails_is_tried_with_a_larger_margin(
    gpu: FakeEngine, wordy_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_TAKEN", "2000")
    async with worker_of(gpu("")) as worker:
        load = worker.load_model(wordy_path)
        events = [event async for event in load.events()]
        model = await load
        expected = ("ubatch_size: 512 to 256", "gpu_margin_mib: 1024 to 3072")
        assert [event.changes for event in events if isinstance(event, EngineReduced)] == [expected]
        assert model.info.reduced == expected
        assert (model.settings.gpu_layers, model.settings.gpu_memory_margin) == (None, 3072 * MIB)


async def test_then_with_fewer_layers(gpu: FakeEngine, wordy_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_ROOM", "7")
    async with worker_of(gpu("")) as worker:
        model = await worker.load_model(wordy_path)
        assert model.info.gpu_layers == model.settings.gpu_layers == LAYERS // 2
        assert "gpu_layers: all that fit to 6" in model.info.reduced


async def test_after_that_it_is_an_error_that_says_what_was_tried(
    gpu: FakeEngine, wordy_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_ROOM", "2")
    async with worker_of(gpu("")) as worker:
        with pytest.raises(InsufficientMemoryError, match=r"cudaMalloc failed.*gpu_layers: all that fit to 6"):
            await worker.load_model(wordy_path)


async def test_what_a_gpu_holds_is_not_asked_of_main_memory(
    gpu: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_gguf(tmp_path / "wide.gguf", embedding_length=256, head_count=8, block_count=8)
    wanted: dict[str, Any] = {"context_size": 2**18, "sequences": 64}
    monkeypatch.setenv("FAKE_DEVICES", "  CUDA0: Large (9000000 MiB, 9000000 MiB free)")
    async with worker_of(gpu("")) as worker:
        there = await worker.estimate(path, **wanted)
        here = await worker.estimate(path, **wanted, gpu_layers=0)
        assert (there.gpu_layers, here.gpu_layers) == (9, 0)
        assert there.required_bytes < here.kv_cache_bytes <= there.gpu_bytes
        assert (await worker.load_model(path, **wanted)).info.gpu_unused is None
        with pytest.raises(InsufficientMemoryError):
            await worker.load_model(path, **wanted, gpu_layers=0)


async def test_another_context_of_the_same_options_does_not_restart_the_engine(
    gpu: FakeEngine, wordy_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with worker_of(gpu("")) as worker:
        model = await worker.load_model(wordy_path, threads=1)
        pid = model.pid
        monkeypatch.setenv("FAKE_DEVICES", "  CUDA0: NVIDIA T4 (24217 MiB, 300 MiB free)")  # it holds the rest itself
        await model.create_context(threads=1)
        assert model.pid == pid


async def test_an_idle_model_leaves_the_gpu_for_one_that_would_not_fit_there(
    gpu: FakeEngine, wordy_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [Path(shutil.copy(wordy_path, tmp_path / f"{name}.gguf")) for name in ("kept", "idle", "new")]
    async with worker_of(gpu("")) as worker:
        kept, idle = await worker.load_model(paths[0]), await worker.load_model(paths[1], keep=False)
        monkeypatch.setenv("FAKE_DEVICES", "  CUDA0: NVIDIA T4 (24217 MiB, 1030 MiB free)")
        ended, end = [], worker.residency.end

        async def freed(resident: Any, why: str) -> None:
            await end(resident, why)
            ended.append(resident.name)
            monkeypatch.setenv("FAKE_DEVICES", "  CUDA0: NVIDIA T4 (24217 MiB, 10000 MiB free)")

        monkeypatch.setattr(worker.residency, "end", freed)
        new = await worker.load_model(paths[2])
        assert ended == ["idle"]
        assert (kept.pid is None, idle.pid is None) == (False, True)
        assert new.runtime.settings.likely_gpu_layers == LAYERS
