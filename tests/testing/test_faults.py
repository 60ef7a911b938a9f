"""What goes wrong on demand goes wrong as it does with a real engine."""

from __future__ import annotations

import asyncio

import pytest

from llama_worker import LlamaWorker, errors
from llama_worker.testing import (
    ContextOverflows,
    EngineDies,
    EngineHangs,
    EngineRefuses,
    FakeModel,
    FakeReply,
    LoadFails,
    MalformedCall,
)

MESSAGES = [{"role": "user", "content": "Hi"}]


async def test_an_engine_dies_in_the_middle_and_another_one_answers() -> None:
    dies = FakeReply("Hello there you", fault=EngineDies(after=2, signal="SIGBUS", log=("E broken",)))
    async with FakeModel(dies, "back again") as model:
        first = model.pid
        answer = model.chat(MESSAGES)
        stream = aiter(answer)
        seen = [await anext(stream), await anext(stream)]
        with pytest.raises(errors.EngineDiedError) as died:
            await anext(stream)
        assert seen == ["Hello", " there"]
        assert (died.value.signal, died.value.phase, died.value.pid) == ("SIGBUS", "generate", first)
        assert died.value.log_tail == ("E broken",)
        assert (await model.chat(MESSAGES)).text == "back again"
        assert model.pid != first


async def test_three_deaths_are_too_many() -> None:
    async with FakeModel(*[EngineDies(after=1, exit_code=3)] * 4) as model:
        for text in ("a", "b", "c"):
            with pytest.raises(errors.EngineDiedError, match="code 3"):
                await model.chat([{"role": "user", "content": text}])


async def test_the_same_request_at_two_deaths_is_refused() -> None:
    async with FakeModel(EngineDies(), EngineDies(), "fine") as model:
        for _ in range(2):
            with pytest.raises(errors.EngineDiedError):
                await model.chat(MESSAGES, seed=1)
        with pytest.raises(errors.RequestQuarantinedError):
            await model.chat(MESSAGES, seed=1)


async def test_an_engine_that_hangs_lets_go_of_an_abort() -> None:
    async with FakeModel(EngineHangs(after=1), "fine") as model:
        pid = model.pid
        answer = model.chat(MESSAGES)
        async for _ in answer:
            break
        with pytest.raises(errors.OperationAborted):
            await answer
        assert (await model.chat(MESSAGES)).text == "fine"
        assert model.pid == pid


async def test_an_engine_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("llama_worker.engine.engine._DEATH_NOTICE_SECONDS", 0.05)
    with FakeModel(EngineHangs(), "fine").installed():
        async with LlamaWorker(response_stall_timeout=0.05) as worker:
            model = await worker.load_model("any")
            with pytest.raises(errors.EngineDiedError, match="stopped responding"):
                await model.chat(MESSAGES)
            assert (await model.chat(MESSAGES)).text == "fine"


async def test_refusals() -> None:
    replies = (EngineRefuses(message="no", status=400), ContextOverflows(prompt_tokens=9000), MalformedCall(name="f"))
    async with FakeModel(*replies, "fine") as model:
        with pytest.raises(errors.EngineRequestError, match="no") as refused:
            await model.chat(MESSAGES)
        assert refused.value.status == 400
        with pytest.raises(errors.ContextOverflowError) as overflow:
            await model.chat(MESSAGES)
        assert (overflow.value.prompt_tokens, overflow.value.context_size) == (9000, 8192)
        with pytest.raises(errors.MalformedOutputError) as malformed:
            await model.chat(MESSAGES, functions=[{"name": "f"}])
        assert '"name": "f"' in malformed.value.text
        assert (await model.chat(MESSAGES)).text == "fine"


async def test_loading_is_slow_or_fails() -> None:
    with FakeModel(load_fault=LoadFails(message="bad magic")).installed():
        async with LlamaWorker() as worker:
            with pytest.raises(errors.ModelLoadError, match="bad magic"):
                await worker.load_model("any")
    with FakeModel(load_fault=LoadFails(dies="SIGILL")).installed():
        async with LlamaWorker() as worker:
            with pytest.raises(errors.EngineDiedError, match="SIGILL"):
                await worker.load_model("any")
    with FakeModel(load_seconds=600).installed():
        async with LlamaWorker() as worker:
            load = worker.load_model("any")
            await asyncio.sleep(0)
            load.abort()
            with pytest.raises(errors.OperationAborted):
                await load
