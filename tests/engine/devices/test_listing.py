"""Which GPUs there are is asked of the engine, in a process of its own that may crash or hang."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from llama_worker.engine.command import LlamaServer, Xllamacpp
from llama_worker.engine.devices import listing
from llama_worker.engine.devices.device import Device, Devices, parse_devices
from llama_worker.engine.devices.listing import built_for, list_devices
from llama_worker.engine.devices.placement import Placement
from llama_worker.engine.devices.unused import missing_backend, why_unused
from llama_worker.engine.process.findings import finding_line
from llama_worker.engine.settings import EngineSettings

from ..conftest import FakeEngine
from .conftest import Machine

MIB = 1 << 20
TWO = """  CUDA0: NVIDIA GeForce RTX 4090 (24217 MiB, 23100 MiB free)
  CUDA1: NVIDIA T4 (15000 MiB, 9 MiB free)
  BLAS: OpenBLAS (0 MiB, 0 MiB free)"""


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Holds a line, the process id, for each time that the stand-in was asked."""
    path = tmp_path / "asked"
    path.touch()
    monkeypatch.setenv("FAKE_LISTED", str(path))
    return path


def times(asked: Path) -> int:
    return len(asked.read_text().splitlines())


async def test_the_bundled_engine_says_what_it_has(machine: Machine) -> None:
    machine("nvidia0")
    # the build for processors, which is what tests install
    assert await list_devices(Xllamacpp()) == Devices(features=await built_for(Xllamacpp()))


async def test_a_llama_server_lists_its_gpus_each_time(
    machine: Machine, fake_engine: FakeEngine, asked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine("nvidia0")
    monkeypatch.setenv("FAKE_DEVICES", TWO)
    kind = fake_engine("")
    found = await list_devices(kind)
    assert [device.name for device in found.gpus] == ["CUDA0", "CUDA1"]
    assert found.gpus[0].description == "NVIDIA GeForce RTX 4090"
    assert found.free_bytes == (23100 * MIB, 9 * MIB)
    monkeypatch.setenv("FAKE_DEVICES", "  CUDA0: NVIDIA GeForce RTX 4090 (24217 MiB, 100 MiB free)")
    assert (await list_devices(kind)).free_bytes == (100 * MIB,)
    assert times(asked) == 2


async def test_that_there_is_none_is_asked_once(machine: Machine, fake_engine: FakeEngine, asked: Path) -> None:
    machine("dri/renderD128")
    kind = fake_engine("")
    assert await list_devices(kind) == await list_devices(kind) == Devices()
    assert times(asked) == 1


@pytest.mark.skipif(os.name == "nt", reason="only Linux shows its GPUs as files")
async def test_where_the_system_has_no_gpu_nobody_is_asked(
    machine: Machine, fake_engine: FakeEngine, asked: Path
) -> None:
    machine()
    assert await list_devices(fake_engine("")) == Devices()
    assert times(asked) == 0


@pytest.mark.parametrize(
    ("fault", "said"),
    [("list:SIGSEGV", "ended without a list"), ("list:3", "without a list"), ("list:hangs", "no answer")],
)
async def test_a_driver_that_crashes_or_hangs_takes_nothing_with_it(
    machine: Machine,
    fake_engine: FakeEngine,
    asked: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    fault: str,
    said: str,
) -> None:
    machine("nvidia0")
    if fault == "list:hangs":
        monkeypatch.setattr(listing, "_PATIENCE", 1.0)
    kind = fake_engine(fault)
    assert await list_devices(kind) == await list_devices(kind) == Devices(known=False)
    assert said in caplog.text
    assert times(asked) == 1
    assert_gone(asked)


async def test_cancelling_ends_the_process(machine: Machine, fake_engine: FakeEngine, asked: Path) -> None:
    machine("nvidia0")
    listed = asyncio.create_task(list_devices(fake_engine("list:hangs")))
    while not times(asked):
        await asyncio.sleep(0.01)
    listed.cancel()
    with pytest.raises(asyncio.CancelledError):
        await listed
    assert_gone(asked)


def assert_gone(asked: Path) -> None:
    for pid in map(int, asked.read_text().split()):
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


async def test_an_engine_that_cannot_be_started_is_not_known(machine: Machine, tmp_path: Path) -> None:
    machine("nvidia0")
    assert await list_devices(LlamaServer(str(tmp_path / "nothing"))) == Devices(known=False)


@pytest.mark.parametrize(
    "output", [b"", b"error: invalid argument: --list-devices\n", b"llama_worker:Devices:{\n", b"\xff\xfe", b"  A: b\n"]
)
def test_what_is_no_list_is_none(output: bytes) -> None:
    assert parse_devices(output) is None


def test_integrated_gpus_count_only_where_there_is_no_other() -> None:
    small = Device(name="Vulkan0", memory_total=9, memory_free=7, integrated=True)
    large = Device(name="CUDA0", memory_total=9, memory_free=8)
    silent = Device(name="CUDA1")
    both = parse_devices(b"noise\n" + finding_line(Devices(gpus=(small, large, silent), backends=("CUDA",))))
    assert both == Devices(gpus=(large,), backends=("CUDA",))
    alone = parse_devices(finding_line(Devices(gpus=(small,))))
    assert alone
    assert (alone.gpus, alone.share_memory) == ((small,), True)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (("nvidia0", "dri/renderD128"), "a GPU of NVIDIA, and the engine was built without.*/whl/cu128`"),
        (("kfd", "dri/renderD128"), "a GPU of AMD, and the engine was built without.*/whl/rocm-"),
        (("dri/renderD128",), "a graphics device, and the engine was built without.*/whl/vulkan`"),
    ],
)
def test_who_has_a_gpu_and_no_engine_for_it_is_told_which(machine: Machine, files: tuple[str, ...], said: str) -> None:
    import re

    machine(*files)
    hint = missing_backend(Xllamacpp(), Devices())
    assert hint
    assert re.search(said, hint)
    assert "take a llama-server with" in str(missing_backend(LlamaServer("x"), Devices()))
    assert missing_backend(Xllamacpp(), Devices(gpus=(Device(name="CUDA0"),))) is None
    assert missing_backend(Xllamacpp(), Devices(backends=("CUDA",))) is None


def test_why_no_gpu_computes(machine: Machine) -> None:
    machine()
    settings = EngineSettings(model_path="m", context_size=1, sequences=1, batch_size=1, threads=1)
    card = Devices(gpus=(Device(name="CUDA0", description="T4", memory_total=9, memory_free=500 * MIB),))

    def why(devices: Devices, placement: Placement, likely: int = 0) -> str:
        told = EngineSettings(
            model_path="m", context_size=1, sequences=1, batch_size=1, threads=1, gpu=True, likely_gpu_layers=likely
        )
        return str(why_unused(Xllamacpp(), told, devices, placement))

    assert why_unused(Xllamacpp(), settings, Devices(), Placement()) is None
    assert why(card, Placement(gpu_layers=3, layers=9), 3) == "None"
    assert "No layer fits into CUDA0 (T4): 500 MiB free" in why(card, Placement(gpu_layers=0, layers=9))
    assert "listed CUDA0 (T4) and put no layer there" in why(card, Placement(), 3)
    assert "built with CUDA and found no GPU" in why(Devices(backends=("CUDA",)), Placement())
    assert "could not say which GPUs" in why(Devices(known=False), Placement())
