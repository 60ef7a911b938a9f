"""`llama-worker doctor`: what this machine can do, and what is missing."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

import click
from msgspec import Struct

from ...._version import __version__
from ....engine.command import EngineKind, choose_engine
from ....engine.defaults import defaults
from ....engine.devices.device import Device, Devices
from ....engine.devices.listing import built_for, list_devices
from ....engine.devices.unused import driver_missing, missing_backend
from ....engine.processor.features import NEEDED, processor_features, unused_features, worth
from ....engine.sandbox.report import SandboxReport
from ....engine.threads.cpus import usable_cores
from ....errors import LlamaWorkerError
from ....models.memory.available import available_memory
from ....models.memory.context_choice import SHARE_OF_FREE_MEMORY, SMALL_CONTEXT
from ....worker.calibration.store import count, folder
from ....worker.worker import LlamaWorker
from ...engine_speeds import SpeedRatio, compare_engines
from ...interrupts import Interrupts, run_async
from ...output.documents import print_json
from ...output.figures import size_text
from ...output.tables import print_facts

# Of the bundled engine's speed; what is nearer to it may be chance.
_SLOWER = 0.95
Verdict = Literal["ok", "note", "fault"]
_MARKS: dict[Verdict, tuple[str, str]] = {"ok": ("✓", "green"), "note": ("!", "yellow"), "fault": ("✗", "red")}


class Finding(Struct, frozen=True):
    """One thing looked at."""

    subject: str
    verdict: Verdict
    text: str


@click.command()
@click.option("--engine", default="auto", metavar="ENGINE", help="The engine to look at.  [default: auto]")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def doctor(engine: str, as_json: bool) -> int:
    """Check the engine by running it with the built-in model; exit code 1 when something is broken."""
    findings = [_python(), _processor(), _threads(), *_numbers(), _calibration(), _engine(engine)]
    if findings[-1].verdict != "fault":
        interrupts = Interrupts()
        findings += run_async(_try(engine), interrupts)
    if as_json:
        print_json(findings)
    else:
        print_facts([(_marked(finding), finding.text) for finding in findings])
    return int(any(finding.verdict == "fault" for finding in findings))


def _marked(finding: Finding) -> str:
    mark, colour = _MARKS[finding.verdict]
    return f"{click.style(mark, fg=colour)}  {finding.subject}"


def _python() -> Finding:
    return Finding("llama-worker", "ok", f"{__version__}, Python {platform.python_version()}, {platform.platform()}")


def _processor() -> Finding:
    """The bundled engine is built for AVX2; without it the process dies of SIGILL."""
    if platform.machine().lower() not in ("x86_64", "amd64") or sys.platform != "linux":
        return Finding("processor", "ok", platform.machine())
    have = processor_features()
    if missing := [name for name in NEEDED if name not in have]:
        return Finding("processor", "note", f"lacks {', '.join(missing)}: use a llama-server built for this machine")
    return Finding("processor", "ok", f"{platform.machine()} with AVX2")


def _threads() -> Finding:
    return Finding("threads", "ok", f"up to {usable_cores()}, one for each fast physical core that others leave free")


def _numbers() -> Iterator[Finding]:
    """What `load_model` does where nothing is said; each is an option of that name."""
    free, share = available_memory(), f"{SHARE_OF_FREE_MEMORY:.0%}"
    memory = f"{size_text(free.available_bytes)} are free now, {free.limited_by}"
    fits = f"as trained, as far as {share} of the memory that is free beside the model holds it ({memory})"
    yield Finding("context_size", "ok", fits)
    yield Finding("kv_unified", "ok", f"where a context of more than {SMALL_CONTEXT} tokens was chosen so")
    for default in defaults():
        if default.option != "threads":
            yield Finding(default.option, "ok", f"{default.value} ({default.reason})")


def _calibration() -> Finding:
    """What was measured on this machine; `model.settings.reasons` says it of one model."""
    return Finding("calibrate", "ok", f"{count()} models were measured when they were loaded first, kept in {folder()}")


def _engine(choice: str) -> Finding:
    try:
        kind = choose_engine(choice)
    except LlamaWorkerError as error:
        return Finding("engine", "fault", error.message)
    return Finding("engine", "ok", _described(kind.name, getattr(kind, "executable", "")))


def _described(name: str, executable: str) -> str:
    try:
        return executable or f"{name} {version(name)}"
    except PackageNotFoundError:
        return name


async def _try(engine: str) -> list[Finding]:
    kind = choose_engine(engine)
    findings = [gpu_finding(kind, await list_devices(kind)), *await _answer(engine)]
    if any(finding.verdict == "fault" for finding in findings):
        return findings
    return [*findings, *await _build(kind, engine)]


async def _build(kind: EngineKind, engine: str) -> list[Finding]:
    """What an engine compiled for this processor brings: measured where that is the one to look at."""
    if kind.bundled:
        return unused_finding(unused_features(await built_for(kind)))
    try:
        ratio = await compare_engines(engine, "xllamacpp")
    except (LlamaWorkerError, OSError) as error:
        return [Finding("build", "note", f"not compared with the bundled engine: {error}")]
    return [compared_finding(ratio)]


def unused_finding(unused: Sequence[str]) -> list[Finding]:
    """The features of the processor that the bundled engine leaves unused."""
    if not unused:
        return []
    text = f"the bundled engine leaves {', '.join(unused)} of this processor unused, which a llama-server compiled here"
    return [Finding("build", "note", f"{text} uses: {worth(unused)} (docs/guide/native-engine.md)")]


def compared_finding(ratio: SpeedRatio) -> Finding:
    """What another engine brings over the bundled one."""
    reads, writes = f"reads prompts {ratio.reading:.2f} times", f"writes answers {ratio.writing:.2f} times"
    text = f"{reads} as fast as the bundled engine, and {writes} (measured now in turns, random weights in Q8_0)"
    return Finding("build", "ok" if ratio.reading > _SLOWER else "note", text)


def gpu_finding(kind: EngineKind, devices: Devices) -> Finding:
    """The GPUs that the engine has listed, or why there is none where the machine seems to have one."""
    if devices.gpus:
        return Finding("gpu", "ok", "; ".join(map(_told, devices.gpus)))
    why = driver_missing(devices) or missing_backend(kind, devices)
    return Finding("gpu", "note" if why else "ok", why or "none")


def _told(device: Device) -> str:
    free, total = device.memory_free / 1e9, device.memory_total / 1e9
    return f"{device.name}: {device.description}, {free:.1f} of {total:.1f} GB free"


async def _answer(engine: str) -> list[Finding]:
    try:
        async with LlamaWorker(engine=engine) as worker:
            model = await worker.load_model("builtin", sequences=1, context_size=512)
            reply = await model.chat([{"role": "user", "content": "Hello!"}], max_tokens=32)
            report = (await model.runtime.engine()).sandbox
    except LlamaWorkerError as error:
        return [Finding("answer", "fault", error.message)]
    return [Finding("answer", "ok", f"the built-in model says: {reply.text.strip()}"), *sandbox_findings(report)]


def sandbox_findings(report: SandboxReport) -> Iterator[Finding]:
    """What that engine found in force when it tried."""
    in_force = "; ".join(f"{measure.name}: {measure.text}" for measure in report.measures if measure.in_force)
    yield Finding("sandbox", "ok" if in_force else "note", in_force or "the engine is kept from nothing")
    for measure in report.missing:
        yield Finding("sandbox", "note", f"not in force: {measure.name}: {measure.text}")
