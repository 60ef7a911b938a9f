"""An engine that runs out of memory is tried with less, at most twice, and never in silence."""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from llama_worker import LlamaWorker, Model
from llama_worker.engine import shortage
from llama_worker.engine.settings import EngineSettings
from llama_worker.engine.shortage import Memory, differences, kills_for_memory, memory_asked_in_vain, smaller
from llama_worker.errors import EngineDiedError, InsufficientMemoryError, ModelLoadError
from llama_worker.messages.events import EngineReduced, Progress, TextDelta
from tests.gguf_factory import write_gguf

from .conftest import FakeEngine

SETTINGS = EngineSettings(model_path="m", context_size=4096, sequences=4, batch_size=256, threads=1)


GPU = replace(SETTINGS, gpu=True, likely_gpu_layers=20, batch_size=2048, ubatch_size=512)


def less(settings: EngineSettings, short_of: Memory) -> EngineSettings | None:
    """Of a model of 32 layers, as many of which fit into a GPU as the margin's GiB leave of 20."""
    return smaller(settings, short_of, 32, lambda trial: 20 - trial.gpu_margin_mib // 1024)


def test_sequences_go_first_then_the_context() -> None:
    first = less(SETTINGS, "system")
    assert first
    assert (first.sequences, first.context_size, first.prompt_cache_mib, first.batch_size) == (2, 4096, 0, 128)
    second = less(first, "system")
    assert second
    third = less(second, "system")
    assert third
    assert (third.sequences, third.context_size, third.gpu_layers) == (1, 2048, None)


def test_of_a_gpu_it_is_a_larger_margin_then_layers_and_the_rest_stays() -> None:
    first = less(GPU, "device")
    assert first
    assert (first.gpu_margin_mib, first.gpu_layers, first.likely_gpu_layers) == (3072, None, 17)
    assert (first.ubatch_size, first.batch_size, first.sequences, first.context_size) == (256, 2048, 4, 4096)
    assert differences(GPU, first) == ("ubatch_size: 512 to 256", "gpu_margin_mib: 1024 to 3072")
    second = less(first, "device")
    assert second
    assert (second.gpu_margin_mib, second.gpu_layers, second.likely_gpu_layers) == (3072, 8, 8)
    assert differences(GPU, second)[1] == "gpu_layers: all that fit to 8"


def test_layers_that_were_asked_for_are_halved_at_once() -> None:
    asked = less(replace(GPU, gpu_layers=12, likely_gpu_layers=12), "device")
    assert asked
    assert (asked.gpu_margin_mib, asked.gpu_layers) == (1024, 6)
    wide = less(replace(GPU, gpu_margin_mib=4096), "device")
    assert wide
    assert (wide.gpu_margin_mib, wide.gpu_layers) == (4096, 10)


def test_of_a_gpu_that_was_not_listed_half_of_all_layers_go() -> None:
    first = less(SETTINGS, "device")
    assert first
    assert first.gpu_layers == 16


def test_an_encoder_keeps_its_batch_and_where_nothing_is_left_there_is_nothing_to_try() -> None:
    least = EngineSettings(
        model_path="m",
        context_size=512,
        sequences=1,
        batch_size=512,
        threads=1,
        pooling="model",
        prompt_cache_mib=0,
        gpu_layers=0,
    )
    assert less(least, "system") is None
    assert less(least, "device") is None


@pytest.mark.parametrize(
    ("line", "memory"),
    [
        ("ggml_aligned_malloc: insufficient memory (attempted to allocate 2048.00 MB)", "system"),
        ("llama_kv_cache: failed to allocate buffer for kv cache", "system"),
        (
            "ggml_backend_cuda_buffer_type_alloc_buffer: cudaMalloc failed: out of memory",
            "device",
        ),
        (
            "ggml_vulkan: Device memory allocation failed: ErrorOutOfDeviceMemory, unable to allocate Vulkan0 buffer",
            "device",
        ),
        ("ggml.c:1644: GGML_ASSERT(ctx->mem_buffer != NULL) failed", "system"),
        ("terminate called after throwing an instance of 'std::bad_alloc'", None),
        ("error loading model: invalid magic", None),
    ],
)
def test_what_the_log_says(line: str, memory: str | None) -> None:
    assert memory_asked_in_vain(["llama_context: n_ctx = 512", line]) == memory


async def test_a_load_is_tried_twice_with_less_and_says_so(
    fake_engine: FakeEngine, random_model_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with LlamaWorker(engine=fake_engine("memory-for:1024").executable) as worker:
        load = worker.load_model(random_model_path, context_size=1024, sequences=4)
        events = [event async for event in load.events()]
        model = await load
        told = [event.changes for event in events if isinstance(event, EngineReduced)]
        assert [changes[0] for changes in told] == ["sequences: 4 to 2", "sequences: 4 to 1"]
        progress = [event.value for event in events if isinstance(event, Progress)]
        assert progress == sorted(progress)
        assert model.info.reduced == told[-1]
        assert (model.info.sequences, model.runtime.queue.free) == (1, 1)
        assert "goes on with less: sequences: 4 to 1" in caplog.text


async def test_after_two_attempts_it_is_told_what_was_tried(fake_engine: FakeEngine, random_model_path: Path) -> None:
    async with LlamaWorker(engine=fake_engine("memory-for:100").executable) as worker:
        with pytest.raises(
            InsufficientMemoryError, match=r"less than was asked for \(sequences: 4 to 1.*free some memory"
        ):
            await worker.load_model(random_model_path, context_size=1024, sequences=4)


async def test_who_wants_no_less_is_told_at_once(fake_engine: FakeEngine, random_model_path: Path) -> None:
    async with LlamaWorker(engine=fake_engine("memory-for:100").executable) as worker:
        with pytest.raises(ModelLoadError, match="failed to allocate") as caught:
            await worker.load_model(random_model_path, context_size=1024, retry_smaller=False)
        assert caught.value.out_of_memory == "system"


@contextlib.contextmanager
def limited_memory(limit: int) -> Iterator[None]:
    """Processes that are started meanwhile may take so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)


@pytest.mark.skipif(sys.platform != "linux", reason="the limit that is set here is Linux'")
async def test_the_real_engine_is_tried_with_less(worker: LlamaWorker, tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "wide.gguf", embedding_length=512, head_count=8, block_count=8)
    wanted: dict[str, Any] = {"context_size": 4096 * 8, "sequences": 4, "ignore_memory_safety_checks": True}
    with limited_memory(1500 << 20):
        model = await worker.load_model(path, **wanted)
    assert model.info.sequences == 2
    assert model.info.reduced[0] == "sequences: 4 to 2"
    assert (await model.complete("x", max_tokens=2)).usage.completion_tokens == 2


async def killed_for_memory(model: Model, counter: Path) -> None:
    """As the system does it."""
    kills = int(counter.read_text().split()[-1])
    counter.write_text(f"pgfault 7\noom_kill {kills + 1}\n")
    assert model.pid
    with contextlib.suppress(ProcessLookupError):  # the one before may not have been noticed yet
        os.kill(model.pid, signal.SIGKILL)


@pytest.fixture
def counter(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    counter = tmp_path / "vmstat"
    counter.write_text("pgfault 7\noom_kill 0\n")
    monkeypatch.setattr(shortage, "counters", lambda: [counter])
    return counter


async def test_an_answer_goes_on_after_the_engine_was_killed_for_memory(
    counter: Path, worker: LlamaWorker, slow_model_path: Path
) -> None:
    model = await worker.load_model(slow_model_path, sequences=2)
    whole = await model.complete("Once", max_tokens=150, temperature=0)
    operation = model.complete("Once", max_tokens=150, temperature=0)
    events: list[Any] = []
    async for event in operation.events():
        events.append(event)
        if len(events) == 5:
            await killed_for_memory(model, counter)
    reply = await operation
    assert reply.text == whole.text
    assert [event.changes[0] for event in events if isinstance(event, EngineReduced)] == ["sequences: 2 to 1"]
    assert model.info.sequences == 1


async def test_a_kill_that_is_not_for_memory_takes_nothing_away(
    counter: Path, worker: LlamaWorker, slow_model_path: Path
) -> None:
    model = await worker.load_model(slow_model_path, sequences=2)
    operation = model.complete("Once", max_tokens=400)
    stream = aiter(operation)
    await anext(stream)
    assert model.pid
    os.kill(model.pid, signal.SIGKILL)
    with pytest.raises(EngineDiedError, match="SIGKILL") as caught:
        await operation
    assert caught.value.out_of_memory is None
    assert model.info.reduced == ()


async def test_the_third_time_is_the_last(counter: Path, worker: LlamaWorker, slow_model_path: Path) -> None:
    model = await worker.load_model(slow_model_path, sequences=2)
    operation = model.complete("Once", max_tokens=400, temperature=0)

    async def kill_each() -> None:
        async for event in operation.events():
            if isinstance(event, TextDelta) and model.pid:
                await killed_for_memory(model, counter)

    with pytest.raises(EngineDiedError, match="killed by the system, which had run out of memory"):
        await kill_each()
    assert len([change for change in model.info.reduced if "sequences" in change or "context" in change]) == 2


def test_kills_are_counted_where_the_kernel_does(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    groups, own, machine = tmp_path / "groups", tmp_path / "own", tmp_path / "vmstat"
    for name, place in (("_GROUPS", groups), ("_OWN_GROUPS", own), ("_MACHINE", machine)):
        monkeypatch.setattr(shortage, name, place)
    assert kills_for_memory() == 0
    machine.write_text("pgfault 3\noom_kill 9\n")
    assert kills_for_memory() == 9
    own.write_text("4:memory:/app\n0::/\n")
    (groups / "memory" / "app").mkdir(parents=True)
    (groups / "memory" / "app" / "memory.oom_control").write_text("oom_kill_disable 0\nunder_oom 0\noom_kill 2\n")
    assert kills_for_memory() == 2
    (groups / "memory.events").write_text("low 0\noom 1\noom_kill 1\n")
    assert kills_for_memory() == 1


GROUPS = Path("/sys/fs/cgroup/memory")


@pytest.fixture
def small_group() -> Iterator[Path]:
    """A control group that may take 300 MiB."""
    group = GROUPS / f"llama-worker-{uuid.uuid4().hex}"
    try:
        group.mkdir()
        (group / "memory.limit_in_bytes").write_text(str(300 << 20))
    except OSError:
        pytest.skip("control groups cannot be made here")
    yield group
    with contextlib.suppress(OSError):
        group.rmdir()


PROGRAM = """
import asyncio, sys
from llama_worker import LlamaWorker

async def main():
    async with LlamaWorker() as worker:
        model = await worker.load_model(
            sys.argv[1], context_size=16384, sequences=4, use_mmap=False, ignore_memory_safety_checks=True
        )
        print((await model.complete("x", max_tokens=2)).usage.completion_tokens, *model.info.reduced, sep="; ")

asyncio.run(main())
"""


async def test_a_load_that_the_system_kills_is_tried_with_less(small_group: Path, tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "wide.gguf", embedding_length=256, head_count=8, block_count=8)

    def enter() -> None:
        (small_group / "cgroup.procs").write_text(str(os.getpid()))

    program = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", PROGRAM, str(path)], preexec_fn=enter, capture_output=True, text=True
    )
    assert program.returncode == 0, program.stderr
    assert program.stdout.startswith("2; sequences: 4 to"), program.stdout + program.stderr
