"""What all providers ask models with: from threads and loops, by name and given, streamed and whole."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from llama_worker import LlamaWorker, errors, events, sync
from llama_worker.integrations import shared_worker
from llama_worker.integrations.access.answers import Begin, CallDelta, Patience
from llama_worker.integrations.access.extras import needs
from llama_worker.integrations.access.model import ModelAccess
from llama_worker.integrations.access.options import function_choice
from llama_worker.testing import EngineDies, FakeCall, FakeModel, FakeReply, Gate, fake_models
from llama_worker.worker.reply import Reply

WEATHER = {"name": "get_weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}


def hello(**options: Any) -> Begin:
    return lambda model: model.chat([{"role": "user", "content": "Hi"}], **options)


def test_a_name_is_loaded_once_by_the_shared_worker() -> None:
    with fake_models(FakeModel("a", "b", "c")) as fakes:
        with shared_worker() as worker:
            assert shared_worker() is worker
            assert ModelAccess("model.gguf").answer(hello()).text == "a"
            assert ModelAccess(Path("model.gguf")).answer(hello()).text == "b"
        assert worker.closed
        with shared_worker() as another:
            assert another is not worker
            assert ModelAccess("model.gguf").answer(hello()).text == "c"
    assert fakes.loads == ["model.gguf", "model.gguf"]


def test_other_options_for_a_loaded_model_are_refused() -> None:
    with fake_models(FakeModel("a", "b")), sync.LlamaWorker() as worker:
        options = {"context_size": 512}
        assert ModelAccess("a", worker, options).answer(hello()).text == "a"
        assert ModelAccess("a", worker).answer(hello()).text == "b"
        with pytest.raises(errors.InvalidOptionsError, match="loaded with other options"):
            ModelAccess("a", worker, {"context_size": 1024}).answer(hello())
    with pytest.raises(errors.InvalidOptionsError, match="did you mean"):
        ModelAccess("a", model_options={"context_siz": 512})
    with FakeModel() as model, pytest.raises(errors.InvalidOptionsError, match="has its worker"):
        ModelAccess(model, worker)


def test_what_somebody_has_loaded_is_used() -> None:
    with fake_models(FakeModel("a")) as fakes, sync.LlamaWorker() as worker:
        worker.load_model("model.gguf", context_size=512)
        ModelAccess("model.gguf", worker).answer(hello())
    assert len(fakes.loads) == 1


def test_a_stream_ends_with_its_reply() -> None:
    with FakeModel(FakeReply("Hello there", reasoning="a word")) as model:
        pieces = list(ModelAccess(model).stream(hello()))
    assert isinstance(pieces[0], events.ReasoningDelta)
    assert isinstance(pieces[-1], Reply)
    assert "".join(piece.text for piece in pieces if isinstance(piece, events.TextDelta)) == pieces[-1].text


def test_calls_have_one_id_from_their_first_piece_on() -> None:
    calls = [FakeCall("get_weather", {"city": "Rome"}), FakeCall("get_weather", {"city": "Oslo"})]
    with FakeModel(calls) as model:
        *pieces, reply = ModelAccess(model).stream(hello(functions=[WEATHER]))
    deltas = [piece for piece in pieces if isinstance(piece, CallDelta)]
    assert isinstance(reply, Reply)
    for index, call in enumerate(reply.tool_calls):
        of_it = [delta for delta in deltas if delta.index == index]
        assert {delta.id for delta in of_it} == {call.id}
        assert [delta.begins for delta in of_it] == [True] + [False] * (len(of_it) - 1)
        assert "".join(delta.arguments for delta in of_it) == call.arguments


async def test_a_stream_that_is_left_frees_its_slot_in_a_thread_and_in_a_loop() -> None:
    with fake_models(FakeModel(*[["a", Gate()]] * 2)):
        with sync.LlamaWorker() as worker:
            stream = ModelAccess("a", worker).stream(hello())
            next(stream)
            stream.close()  # type: ignore[attr-defined]
            while worker.list_models()[0].users:
                await asyncio.sleep(0.001)
        async with LlamaWorker() as own:
            async for _ in (pieces := ModelAccess("a", own).astream(hello())):
                break
            await pieces.aclose()  # type: ignore[attr-defined]
            while (await own.list_models())[0].users:
                await asyncio.sleep(0.001)


async def test_a_worker_of_a_loop_answers_there_and_to_other_threads() -> None:
    async with FakeModel("a", "b") as model:
        access = ModelAccess(model)
        assert (await access.aanswer(hello())).text == "a"
        assert (await asyncio.to_thread(access.answer, hello())).text == "b"
        with pytest.raises(errors.WorkerClosedError, match="await what is asked"):
            access.answer(hello())


def test_a_loop_of_its_own_for_each_call() -> None:
    """As programs have it that call `asyncio.run` for each of their requests."""
    with FakeModel("a", "b") as model:
        access = ModelAccess(model)
        assert [asyncio.run(access.aanswer(hello())).text for _ in range(2)] == ["a", "b"]


def test_patience() -> None:
    dies = FakeReply("Hello there", fault=EngineDies(after=0))
    with FakeModel(dies, "a", dies, "b", [Gate()], [Gate()]) as model:
        access = ModelAccess(model)
        assert access.answer(hello(), Patience(retries=1)).text == "a"
        assert [piece.text for piece in access.stream(hello(), Patience(retries=1))][-1] == "b"  # type: ignore[union-attr]
        with pytest.raises(TimeoutError):
            access.answer(hello(), Patience(timeout=0.02))
        with pytest.raises(TimeoutError):
            list(access.stream(hello(), Patience(timeout=0.02)))


def test_an_answer_that_is_cut_off_within_its_form_is_a_reply() -> None:
    schema = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
    with FakeModel({"name": "Maria"}, {"name": "Maria"}) as model:
        access = ModelAccess(model)
        whole = access.answer(hello(json_schema=schema, max_tokens=2))
        *_, streamed = access.stream(hello(json_schema=schema, max_tokens=2))
    assert whole.finish_reason == "length"
    assert isinstance(streamed, Reply)
    assert whole.usage.completion_tokens == streamed.usage.completion_tokens == 2


def test_vectors() -> None:
    with FakeModel(kind="embedding", dimensions=4) as model:
        assert [len(vector) for vector in ModelAccess(model).embed(["a", "b"])] == [4, 4]
        assert ModelAccess(model).embed([]) == []


@pytest.mark.parametrize(
    ("given", "means"),
    [
        (None, None),
        ("auto", "auto"),
        ("any", "required"),
        (True, "required"),
        ({"type": "function", "function": {"name": "f"}}, "f"),
        ({"type": "auto"}, "auto"),
    ],
)
def test_choices_of_tools(given: Any, means: str | None) -> None:
    assert function_choice(given) == means


def test_an_import_that_fails_for_another_reason_is_told_as_it_is() -> None:
    with (
        pytest.raises(ModuleNotFoundError, match="No module named 'no_such_module'"),
        needs("a", package="a", extra="a"),
    ):
        import no_such_module  # type: ignore[import-not-found]  # noqa: F401
