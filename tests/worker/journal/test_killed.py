"""A program that is killed in the middle of its conversations, and another that goes on with them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from llama_worker import LlamaWorker, Message, Model
from llama_worker.worker.journal.journal import Journal
from tests.worker.chat.strict_order import is_strictly_ordered, write_strict_model

from .faults import Fault, environment, needs_faults

pytestmark = [needs_faults, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(3600)]
Histories = dict[str, list[Message]]


@pytest.fixture(scope="module")
def strict_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_strict_model(tmp_path_factory.mktemp("strict") / "strict.gguf")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def survivor(strict_path: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Model]:
    """The model of a program that comes after, whose journal the tests lay in its place."""
    async with LlamaWorker(journal=tmp_path_factory.mktemp("journal") / "chats") as worker:
        yield await worker.load_model(strict_path, context_size=512, sequences=1)


def run(library: Path, journal: Path, model: Path, fault: Fault = Fault.NONE, step: int = 0) -> list[Any]:
    """What the program told."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.worker.journal.app", str(journal), str(model)],
        env=environment(library, journal, fault, step),
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[3],
        check=False,
    )
    assert done.returncode in (0, -9), done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


async def recovered(journal: Path, survivor: Model) -> Histories:
    """All conversations that are there, as a program resumes them; each takes another prompt."""
    place = survivor.runtime.journal.journal
    assert place is not None
    for path in place.path.parent.iterdir():
        path.unlink()
    for path in journal.parent.iterdir():
        (place.path.parent / path.name).write_bytes(path.read_bytes())
    histories: Histories = {}
    for found in Journal(place.path).list():
        session = await survivor.resume_session(found.session_id)
        histories[session.id] = session.get_chat_history()
        await session.prompt("Go on.", max_tokens=1)
    return histories


def check(found: Histories, told: Histories, expected: Histories) -> None:
    """Of each conversation there is what was told last, or what was coming, as far as it had come; in a valid order.

    The sessions of another run have other ids; `expected` is in the same order.
    """
    assert set(told) - set(found) == set() or len(expected) < len(told), "a conversation is gone"
    coming = list(expected.values())
    for id_, history in found.items():
        assert is_strictly_ordered(history)
        before = told.get(id_, [])
        later = [shape(other) for other in coming]
        if history[: len(before)] == before:
            came = shape(history)[len(before) :]
            assert any(is_part(came, other[len(before) :]) for other in later if len(other) >= len(before)) or not came
        else:
            assert shape(history) in later


def shape(history: list[Message]) -> list[tuple[str, Any]]:
    """What two runs have in common: who said it, and what the user said."""
    return [(message["role"], message["content"] if message["role"] == "user" else None) for message in history]


def is_part(came: list[Any], all_of_it: list[Any]) -> bool:
    """Whether that is how it begins, but for what closes a turn that was cut."""
    return came == all_of_it[: len(came)] or came[:-1] == all_of_it[: len(came) - 1]


async def kill_at(steps: range, library: Path, journal: Path, strict_path: Path, survivor: Model) -> None:
    *expected, _ = run(library, journal, strict_path)
    for step in steps:
        for path in journal.parent.iterdir():
            path.unlink()
        told = run(library, journal, strict_path, Fault.TORN, step)
        if told and isinstance(told[-1], int):
            assert step > told[-1] - 40, "it was not killed"  # runs differ in how much an abort left to write
            break
        now = told[-1] if told else {}
        check(await recovered(journal, survivor), now, expected[min(len(told), len(expected) - 1)])


async def test_killed_now_and_then(fault_library: Path, fast_journal: Path, strict_path: Path, survivor: Model) -> None:
    await kill_at(range(1, 1000, 41), fault_library, fast_journal, strict_path, survivor)


@pytest.mark.slow
async def test_killed_at_every_step(
    fault_library: Path, fast_journal: Path, strict_path: Path, survivor: Model
) -> None:
    await kill_at(range(1, 1000), fault_library, fast_journal, strict_path, survivor)
