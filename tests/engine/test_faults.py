"""Every way an engine can fail, each with its own stated reason, none of them a hang."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from llama_worker.engine.engine import Engine
from llama_worker.engine.settings import EngineSettings, Timeouts
from llama_worker.engine.states import LoadProgress
from llama_worker.engine.transport.exchange import EngineConnectionLost
from llama_worker.errors import EngineDiedError, EngineNotFoundError, EngineRequestError, ModelLoadError

from .conftest import FakeEngine

CHAT = "/v1/chat/completions"


async def read_all(engine: Engine) -> list[bytes]:
    """An answer, read as generation code reads it: without its last event it is not whole."""
    received = []
    async with engine.stream(CHAT, {"messages": []}) as events:
        async for event in events:
            received.append(event)
        if b"finish_reason" not in received[-1]:
            raise EngineConnectionLost("the answer ended early")
    return received


async def test_a_sound_stand_in_answers(fake_engine: FakeEngine, settings: EngineSettings) -> None:
    engine = await Engine.start(settings, fake_engine(""))
    assert len(await read_all(engine)) == 3
    assert engine.metadata.n_params == 7
    await engine.stop()


@pytest.mark.parametrize(
    ("fault", "signal", "exit_code", "said"),
    [
        ("load:SIGSEGV", "SIGSEGV", None, "crashed with SIGSEGV while loading"),
        ("load:SIGABRT", "SIGABRT", None, "crashed with SIGABRT while loading"),
        ("load:SIGKILL", "SIGKILL", None, "too little memory"),
        ("load:7", None, 7, "exited with code 7 while loading"),
        ("load:close-output", "SIGKILL", None, "closed its output"),
    ],
)
async def test_death_while_loading(
    fake_engine: FakeEngine,
    settings: EngineSettings,
    fault: str,
    signal: str | None,
    exit_code: int | None,
    said: str,
) -> None:
    with pytest.raises(EngineDiedError, match=said) as caught:
        await Engine.start(settings, fake_engine(fault))
    assert (caught.value.signal, caught.value.exit_code, caught.value.phase) == (signal, exit_code, "load")


@pytest.mark.parametrize(
    ("fault", "signal", "exit_code", "said"),
    [
        ("stream:SIGSEGV", "SIGSEGV", None, "crashed with SIGSEGV while generating"),
        ("stream:SIGABRT", "SIGABRT", None, "crashed with SIGABRT while generating"),
        ("stream:SIGKILL", "SIGKILL", None, "was killed"),
        ("stream:3", None, 3, "exited with code 3 while generating"),
        ("half-frame", "SIGKILL", None, "was killed"),
        ("ends-early", "SIGKILL", None, "stopped responding.*ended early"),
    ],
)
async def test_death_while_generating(
    fake_engine: FakeEngine,
    settings: EngineSettings,
    fault: str,
    signal: str | None,
    exit_code: int | None,
    said: str,
) -> None:
    engine = await Engine.start(settings, fake_engine(fault))
    with pytest.raises(EngineDiedError, match=said) as caught:
        await read_all(engine)
    assert (caught.value.signal, caught.value.exit_code, caught.value.phase) == (signal, exit_code, "generate")
    assert not engine.alive
    await engine.stop()


@pytest.mark.parametrize("fault", ["hangs", "falls-silent"])
async def test_silence_is_ended_although_keep_alives_arrive(
    fake_engine: FakeEngine, settings: EngineSettings, fault: str
) -> None:
    engine = await Engine.start(settings, fake_engine(fault), timeouts=Timeouts(response_stall=0.5))
    with pytest.raises(EngineDiedError, match="stopped responding"):
        await read_all(engine)
    await engine.stop()


async def test_a_closed_output_ends_an_idle_engine(fake_engine: FakeEngine, settings: EngineSettings) -> None:
    engine = await Engine.start(settings, fake_engine("idle:close-output"))
    await engine.wait_ended()
    assert "closed its output" in engine.death().message
    await engine.stop()


async def test_a_refused_model_carries_the_engines_reason(fake_engine: FakeEngine, settings: EngineSettings) -> None:
    with pytest.raises(ModelLoadError, match="failed to read the magic"):
        await Engine.start(settings, fake_engine("refuses"))


async def test_a_refused_request_leaves_the_engine_alive(fake_engine: FakeEngine, settings: EngineSettings) -> None:
    engine = await Engine.start(settings, fake_engine("refuses-request"))
    with pytest.raises(EngineRequestError, match="status 500: oops"):
        await read_all(engine)
    assert engine.alive
    await engine.stop()


@pytest.mark.parametrize("fault", ["silent", "stalls"])
async def test_a_load_without_progress_is_given_up(
    fake_engine: FakeEngine, settings: EngineSettings, fault: str
) -> None:
    with pytest.raises(EngineDiedError, match="load_stall_timeout"):
        await Engine.start(settings, fake_engine(fault), timeouts=Timeouts(load_stall=0.7))


async def test_a_slow_load_is_not_a_stalled_one(
    fake_engine: FakeEngine, settings: EngineSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_STEP", "0.3")
    seen: list[LoadProgress] = []
    engine = await Engine.start(
        settings, fake_engine("slow"), timeouts=Timeouts(load_stall=1.5), on_progress=seen.append
    )
    assert len(seen) == 10  # three seconds in all, twice the limit
    await engine.stop()


async def test_progress_never_falls(fake_engine: FakeEngine, settings: EngineSettings) -> None:
    seen: list[LoadProgress] = []
    engine = await Engine.start(settings, fake_engine("backwards"), on_progress=seen.append)
    assert [progress.value for progress in seen] == [0.6, 1.0]
    await engine.stop()


async def test_a_flood_on_stderr_is_kept_bounded(fake_engine: FakeEngine, settings: EngineSettings) -> None:
    engine = await Engine.start(settings, fake_engine("floods"))
    await engine.stop()
    assert 0 < len(engine.death().log_tail) <= 200


async def test_garbage_on_stdout_is_passed_over(fake_engine: FakeEngine, settings: EngineSettings) -> None:
    engine = await Engine.start(settings, fake_engine("garbage"))
    assert len(await read_all(engine)) == 3
    await engine.stop()


async def test_cancelling_a_load_ends_the_process(fake_engine: FakeEngine, settings: EngineSettings) -> None:
    progressed = asyncio.Event()
    start = asyncio.create_task(Engine.start(settings, fake_engine("stalls"), on_progress=lambda _: progressed.set()))
    await progressed.wait()
    start.cancel()
    with pytest.raises(asyncio.CancelledError):
        await start


async def test_a_program_that_cannot_run(tmp_path: Path, settings: EngineSettings) -> None:
    from llama_worker.engine.command import choose_engine

    with pytest.raises(EngineNotFoundError, match="No executable"):
        choose_engine(str(tmp_path / "nothing"))


async def test_the_command_line_holds_the_settings_and_no_secret(
    fake_engine: FakeEngine, settings: EngineSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_RECORD", str(tmp_path / "record.json"))
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    monkeypatch.setenv("LLAMA_ARG_CTX_SIZE", "77")
    writing = replace(settings, sandbox=False)  # the record is no file of its own
    engine = await Engine.start(writing, fake_engine(""))
    record = json.loads((tmp_path / "record.json").read_text())
    pairs = dict(zip(record["arguments"], record["arguments"][1:], strict=False))
    assert pairs["--model"] == settings.model_path
    assert pairs["--ctx-size"] == str(1024 * 4)
    assert pairs["--parallel"] == "4"
    assert pairs["--batch-size"] == pairs["--ubatch-size"] == "32"
    assert record["environment"]["GOMP_SPINCOUNT"] == "2000"
    assert record["environment"]["GGML_NO_BACKTRACE"] == "1"
    assert "hf_secret" not in json.dumps(record)
    assert "LLAMA_ARG_CTX_SIZE" not in record["environment"]
    await engine.stop()
