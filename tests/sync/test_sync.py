"""The worker without async."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from llama_worker.errors import InvalidOptionsError, ModelNotFoundError, OperationAborted, WorkerClosedError
from llama_worker.sync import LlamaWorker, Model


@pytest.fixture
def worker() -> Iterator[LlamaWorker]:
    with LlamaWorker() as worker:
        yield worker


@pytest.fixture
def noise(worker: LlamaWorker, random_model_path: Path) -> Model:
    return worker.load_model(random_model_path)


def test_the_example_of_the_package(worker: LlamaWorker) -> None:
    """The lines of the async example, less its keywords."""
    model = worker.load_model("builtin")
    session = model.create_session(system_prompt="You are helpful.")
    pieces = list(session.prompt("Hello!", temperature=0))
    reply = session.prompt("And again?", temperature=0)
    assert reply.text == str(reply) != ""
    assert reply.usage.total_tokens > 0
    assert reply.finish_reason == "stop"
    assert [message["content"] for message in session.get_chat_history()][2] == "".join(pieces)


def test_the_seeds_methods(worker: LlamaWorker) -> None:
    """Current model, context and session."""
    seen: list[float] = []
    worker.load_model("builtin", on_progress=lambda progress: seen.append(progress.value))
    assert seen[-1] == 1.0
    worker.create_context()
    worker.initialize_session(system_prompt="Be brief.")
    assert worker.prompt("Hello!", max_tokens=3, temperature=0).usage.completion_tokens == 3
    assert worker.generate_completion("Hello!", max_tokens=3, temperature=0).text
    chat = worker.generate_chat_completion([{"role": "user", "content": "Hi"}], max_tokens=3, temperature=0)
    assert chat.text
    operation = worker.operation(worker.send_prompt("Hello!", max_tokens=500))
    assert operation is None or operation.kind == "prompt"
    worker.abort()
    worker.unload_model("builtin")
    assert worker.models == ()


def test_break_aborts(noise: Model) -> None:
    """In the engine too."""
    operation = noise.complete("a", max_tokens=100_000, temperature=0)
    for _ in operation:
        break
    operation.wait()
    assert operation.state == "aborted"


def test_abort_from_another_thread(noise: Model) -> None:
    """Whoever waits gets the partial text with the error."""
    operation = noise.complete("a", max_tokens=100_000, temperature=0)
    stream = iter(operation)
    first = next(stream)
    threading.Timer(0.05, operation.abort).start()
    with pytest.raises(OperationAborted) as caught:
        operation.result()
    assert caught.value.partial.text.startswith(first)


def test_threads_at_the_same_time(noise: Model) -> None:
    """Each gets its own answer."""
    texts: dict[int, str] = {}

    def ask(index: int) -> None:
        texts[index] = noise.complete("a", max_tokens=20, temperature=0).text

    threads = [threading.Thread(target=ask, args=(index,)) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(texts.values())) == 1
    assert len(texts) == 4


def test_a_worker_made_in_a_thread_that_ends(random_model_path: Path) -> None:
    """The engine belongs to the worker's own thread, not to the one that asked for it."""
    made: list[tuple[LlamaWorker, Model]] = []

    def make() -> None:
        worker = LlamaWorker()
        made.append((worker, worker.load_model(random_model_path)))

    thread = threading.Thread(target=make)
    thread.start()
    thread.join()
    worker, model = made[0]
    time.sleep(0.5)
    assert model.pid is not None
    assert psutil.pid_exists(model.pid)
    assert model.complete("a", max_tokens=2).text is not None
    worker.cleanup()


def test_errors_are_the_same(worker: LlamaWorker) -> None:
    """Raised where the call is."""
    with pytest.raises(ModelNotFoundError):
        worker.load_model("/nowhere.gguf")
    with pytest.raises(InvalidOptionsError):
        worker.load_model("builtin", gpu_layers=-1)


def test_nothing_is_left(random_model_path: Path) -> None:
    """Neither thread nor engine; and it begins anew when it is told to."""
    worker = LlamaWorker()
    pid = worker.load_model(random_model_path).pid
    worker.cleanup()
    worker.cleanup()
    assert pid is not None
    assert not psutil.pid_exists(pid)
    assert not [thread for thread in threading.enumerate() if thread.name == "llama_worker"]
    with pytest.raises(WorkerClosedError):
        worker.load_model(random_model_path)
    worker.initialize()
    assert worker.load_model("builtin").loaded
    worker.cleanup()


def test_callbacks(worker: LlamaWorker) -> None:
    """`on` works here too."""
    done = threading.Event()
    off = worker.on("completion_done", lambda message: done.set())
    worker.load_model("builtin").complete("a", max_tokens=2).wait()
    assert done.wait(30)
    off()


def test_a_model_rests_and_comes_back(worker: LlamaWorker, random_model_path: Path) -> None:
    model = worker.load_model(random_model_path, context_size=256, keep_alive=0.1)
    for _ in range(2):  # it may rest again before anybody could look at it
        while worker.list_models()[0].model_info.engine != "stopped":
            time.sleep(0.02)
        assert model.complete("hello", max_tokens=2).result().usage.completion_tokens == 2
