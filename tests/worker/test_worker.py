"""LlamaWorker as the seeds describe it: its methods, their order, and what they say when called too early."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from llama_worker import LlamaWorker, PromptOptions
from llama_worker.errors import (
    ContextNotCreatedError,
    ContextOverflowError,
    EngineNotFoundError,
    InvalidModelError,
    InvalidOptionsError,
    ModelNotFoundError,
    ModelNotLoadedError,
    SessionNotLoadedError,
    WorkerClosedError,
)
from llama_worker.messages.events import Progress


async def test_the_seeds_example(worker: LlamaWorker, random_model_path: Path) -> None:
    await worker.load_model(random_model_path)
    await worker.create_context()
    await worker.initialize_session(system_prompt="You are a helpful assistant.")
    reply = await worker.prompt("What is the meaning of life?", max_tokens=5, temperature=0)
    assert str(reply) == reply.text
    assert reply.usage.completion_tokens == 5


async def test_methods_called_too_early_say_so(worker: LlamaWorker, random_model_path: Path) -> None:
    with pytest.raises(ModelNotLoadedError, match=r"^Model not loaded\.$"):
        worker.create_context()
    with pytest.raises(SessionNotLoadedError, match=r"^Session not loaded\.$"):
        await worker.prompt("...")
    with pytest.raises(SessionNotLoadedError):
        worker.send_prompt("...")
    await worker.load_model(random_model_path)
    with pytest.raises(ContextNotCreatedError, match=r"^Context not created\.$"):
        worker.initialize_session()
    with pytest.raises(ContextNotCreatedError):
        worker.generate_completion("...")
    with pytest.raises(ContextNotCreatedError):
        worker.generate_chat_completion([{"role": "user", "content": "..."}])
    await worker.create_context()
    with pytest.raises(SessionNotLoadedError):
        worker.prompt("...")


async def test_a_session_is_created_on_first_use_with_the_given_system_prompt(
    worker: LlamaWorker, random_model_path: Path
) -> None:
    await worker.load_model(random_model_path)
    await worker.create_context()
    await worker.generate_completion("one", max_tokens=2, system_prompt="First.")
    await worker.generate_completion("two", max_tokens=2, system_prompt="Ignored: there is a session.")
    assert worker._session
    roles = [message["role"] for message in worker._session.get_chat_history()]
    assert roles == ["system", "user", "assistant", "user", "assistant"]
    assert worker._session.get_chat_history()[0]["content"] == "First."


async def test_creating_a_context_drops_the_session(worker: LlamaWorker, random_model_path: Path) -> None:
    await worker.load_model(random_model_path)
    await worker.create_context()
    await worker.initialize_session()
    await worker.create_context()
    with pytest.raises(SessionNotLoadedError):
        worker.prompt("...")


async def test_a_context_with_other_sizes_restarts_the_engine(worker: LlamaWorker, random_model_path: Path) -> None:
    model = await worker.load_model(random_model_path, context_size=512)
    pid = model.pid
    same = await worker.create_context(context_size=512)
    assert (model.pid, same.context_size, same.sequences) == (pid, 512, 4)
    larger = await worker.create_context(context_size=1024, sequences=2)
    assert model.pid != pid
    assert (larger.context_size, larger.sequences) == (1024, 2)
    with pytest.raises(ContextOverflowError) as overflow:
        await model.complete("a b " * 1000)
    assert overflow.value.context_size == 1024
    assert (await model.complete("a b " * 150, max_tokens=1)).usage.prompt_tokens > 512


async def test_messages_become_the_history_and_the_last_one_the_prompt(
    worker: LlamaWorker, random_model_path: Path
) -> None:
    await worker.load_model(random_model_path)
    await worker.create_context()
    messages = [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "Hello"},
        {"role": "user", "content": "How are you?"},
    ]
    reply = await worker.generate_chat_completion(messages, max_tokens=3)
    assert worker._session
    assert worker._session.get_chat_history() == [*messages, {"role": "assistant", "content": reply.text}]
    for bad in ([], [{"role": "assistant", "content": "x"}], [{"role": "king", "content": "x"}], "text", [5]):
        with pytest.raises(InvalidOptionsError, match="essage"):
            worker.generate_chat_completion(bad)  # type: ignore[arg-type]
    assert len(worker._session.get_chat_history()) == 5


async def test_send_prompt_gives_an_id_that_leads_to_the_operation(
    worker: LlamaWorker, random_model_path: Path
) -> None:
    await worker.load_model(random_model_path)
    await worker.create_context()
    await worker.initialize_session()
    operation = worker.operation(worker.send_prompt("hi", max_tokens=4, temperature=0))
    assert operation
    assert (await operation).usage.completion_tokens == 4


async def test_load_progress_is_monotone_and_ends_at_one(worker: LlamaWorker, random_model_path: Path) -> None:
    load = worker.load_model(random_model_path)
    seen = [event.value async for event in load if isinstance(event, Progress)]
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
    assert load.progress == 1.0
    info = (await load).info
    assert info.name == "random.gguf"
    assert info.size == random_model_path.stat().st_size
    assert info.parameters > 100_000


async def test_several_models_and_unloading(worker: LlamaWorker, random_model_path: Path) -> None:
    first = await worker.load_model(random_model_path)
    second = await worker.load_model("builtin")
    assert worker.models == (first, second)
    assert first.pid != second.pid
    await worker.unload_model(random_model_path)
    assert list(worker.models) == [second]
    assert first.pid is None
    with pytest.raises(ModelNotLoadedError, match="was unloaded"):
        first.complete("x")
    with pytest.raises(ModelNotLoadedError, match="is not loaded"):
        await worker.unload_model(random_model_path)
    await worker.unload_model()
    await second.unload()
    with pytest.raises(ModelNotLoadedError):
        await worker.unload_model()


async def test_a_load_that_is_refused_leaves_the_loaded_model(worker: LlamaWorker, random_model_path: Path) -> None:
    model = await worker.load_model(random_model_path)
    with pytest.raises(InvalidOptionsError, match="context_size times sequences"):
        await worker.load_model(random_model_path, context_size=2**31 - 1, sequences=2)
    assert worker.models == (model,)
    assert (await model.complete("a", max_tokens=1)).usage.prompt_tokens > 0


async def test_a_model_is_found_by_each_of_its_names(worker: LlamaWorker, random_model_path: Path) -> None:
    model = await worker.load_model(random_model_path)
    assert model.public_name == model.info.public_name == random_model_path.stem
    for name in (model.id, model.name, model.path, model.path.name, model.public_name):
        assert worker.find_model(name) is model


async def test_a_name_that_is_nearly_right_is_met_with_the_right_one(
    worker: LlamaWorker, random_model_path: Path
) -> None:
    await worker.load_model(random_model_path)
    for name in ("randm.gguf", str(random_model_path.with_name("Random.gguf"))):
        with pytest.raises(ModelNotLoadedError, match=r"is not loaded \(did you mean `random.gguf`\?\)"):
            worker.find_model(name)
    with pytest.raises(ModelNotLoadedError, match=r"is not loaded\.$"):
        worker.find_model(random_model_path.with_name("other.gguf"))
    with pytest.raises(InvalidOptionsError, match=r"did you mean `completion_chunk`\?\); there are"):
        worker.on("compleion_chunk", print)  # type: ignore[call-overload]


async def test_loading_a_loaded_model_replaces_it(worker: LlamaWorker, random_model_path: Path) -> None:
    first = await worker.load_model(random_model_path)
    second = await worker.load_model(random_model_path, context_size=256)
    assert worker.models == (second,)
    assert not first.loaded
    assert second.info.context_size == 256


async def test_loading_a_model_twice_at_once_leaves_one_engine(worker: LlamaWorker, random_model_path: Path) -> None:
    first, second = await asyncio.gather(worker.load_model(random_model_path), worker.load_model(random_model_path))
    assert sorted(model.loaded for model in (first, second)) == [False, True]
    assert len(worker.models) == 1
    assert (await worker.models[0].complete("x", max_tokens=1)).usage.prompt_tokens


@pytest.mark.parametrize(
    ("content", "error", "said"),
    [
        (None, ModelNotFoundError, "No model file at"),
        (b"", InvalidModelError, "the file is empty"),
        (b"# README", InvalidModelError, "is not a usable GGUF model"),
    ],
)
async def test_a_bad_file_is_refused_in_one_sentence(
    worker: LlamaWorker, tmp_path: Path, content: bytes | None, error: type[Exception], said: str
) -> None:
    path = tmp_path / "model.gguf"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(error, match=said):
        await worker.load_model(path)
    assert worker.models == ()


async def test_bad_options_are_refused_before_anything_starts(worker: LlamaWorker, random_model_path: Path) -> None:
    with pytest.raises(InvalidOptionsError, match="context_size"):
        worker.load_model(random_model_path, context_size=-1)
    with pytest.raises(InvalidOptionsError, match="Unknown option 'contextsize'"):
        worker.load_model(random_model_path, contextsize=1)  # type: ignore[call-arg]
    with pytest.raises(InvalidOptionsError, match="Expected ModelOptions, got PromptOptions"):
        worker.load_model(random_model_path, PromptOptions())  # type: ignore[arg-type]
    with pytest.raises(InvalidOptionsError, match="engine"):
        LlamaWorker(engine=5)  # type: ignore[arg-type]
    with pytest.raises(EngineNotFoundError, match="No executable"):
        await LlamaWorker(engine="/no/such/llama-server").initialize()


async def test_after_cleanup_it_says_so_and_initialize_reopens_it(random_model_path: Path) -> None:
    worker = LlamaWorker()
    model = await worker.load_model(random_model_path)
    await worker.cleanup()
    await worker.cleanup()
    with pytest.raises(WorkerClosedError):
        worker.load_model(random_model_path)
    with pytest.raises(ModelNotLoadedError):
        model.complete("x")
    await worker.initialize()
    await worker.load_model(random_model_path)
    await worker.cleanup()
