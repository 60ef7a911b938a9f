"""A program whose disk fails at one step after the other.

`python -m tests.worker.journal.sweep kills|errors JOURNAL EVERY`

It writes a conversation as a session does, with the fault at the first step, then EVERY steps later, and so on until
the conversation is through before that step is reached. After each fault it looks at what is in the journal, and goes
on with it. What was found wrong is printed, and at the end how many faults there were.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from llama_worker.errors import SessionFileError
from llama_worker.models.names import parse_model_name
from llama_worker.models.store.store import ModelStore
from llama_worker.options import SessionOptions
from llama_worker.worker.conversation import Message
from llama_worker.worker.journal.entry import Conversation
from llama_worker.worker.journal.journal import Journal
from llama_worker.worker.journal.journals import ModelJournal
from llama_worker.worker.journal.recorder import Recorder

from .faults import Fault, arm, steps

KILLS = (Fault.KILL_BEFORE, Fault.TORN)  # after a step is before the next
ERRORS = (Fault.NO_SPACE, Fault.IO_ERROR, Fault.SHORT_WRITE, Fault.FULL_FROM_HERE)
SYSTEM: Message = {"role": "system", "content": "You are helpful."}
LONG = "A page and more. " * 500  # of several of the database's pages


def says(role: str, content: str) -> Message:
    return {"role": role, "content": content}


def states() -> list[Conversation]:
    """A conversation as it comes about: questions, an answer, a call and its result, an edit, the beginning again."""
    call = {"id": "1", "type": "function", "function": {"name": "time", "arguments": "{}"}}
    calls: Message = {"role": "assistant", "content": "", "tool_calls": [call]}
    result: Message = {"role": "tool", "tool_call_id": "1", "name": "time", "content": "noon"}
    first = [SYSTEM, says("user", "Hello"), says("assistant", LONG)]
    second = [*first, says("user", "What time is it?"), calls, result, says("assistant", "It is noon.")]
    edited = [SYSTEM, says("user", "Goodbye"), says("assistant", "Bye.")]
    known = [(first[:2], 1), (first, 3), (second[:4], 3), (second[:5], 3), (second[:6], 3), (second, 7)]
    known += [(edited, 3), ([SYSTEM], 1), ([SYSTEM, says("user", LONG)], 1)]
    return [Conversation(messages=some, settled=settled, instead=[], covered=0) for some, settled in known]


STATES = states()
FILES = ModelStore().resolve(parse_model_name("builtin"))


async def write(journal: Path, tell: int | None = None) -> int:
    """Write them all; gives how often that was refused. Tells the number of each when it is sure to be there."""
    recorder = Recorder(ModelJournal(str(journal), FILES), SessionOptions(), "it")
    refused = 0
    for state in STATES:
        recorder.note(state)
        try:
            await recorder.flush()
        except SessionFileError as error:
            refused += 1
            if not error.errno:
                print(f"refused without a number: {error}")
            arm(Fault.NONE, 0)
            look(journal, [*STATES[: STATES.index(state)][-1:], state], f"refused with {error}")
            await recorder.flush()
        if tell is not None:
            os.write(tell, b".")
    return refused


def look(journal: Path, expected: list[Conversation], when: str) -> None:
    """What is there must be one of `expected`, or nothing when there are fewer than two, and the file whole."""
    found = [info.session_id for info in Journal(journal).list()]
    if found:
        conversation = Journal(journal).read("it")[0].conversation
        if conversation not in expected:
            print(f"{when}: {len(conversation.messages)} messages of which {conversation.settled} settled")
    elif len(expected) > 1:
        print(f"{when}: nothing is there")
    if journal.exists():
        with closing(sqlite3.connect(journal)) as database:
            (check,) = database.execute("pragma integrity_check").fetchone()
        if check != "ok":
            print(f"{when}: {check}")


def killed_at(journal: Path, fault: Fault, step: int) -> int | None:
    """How many states had been told when the writer was killed there; None when it got through."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        arm(fault, step)
        asyncio.run(write(journal, writer))
        os._exit(0)
    os.close(writer)
    told = 0
    while piece := os.read(reader, 100):
        told += len(piece)
    os.close(reader)
    status = os.waitpid(pid, 0)[1]
    assert status in (0, 9), status
    return told if status == 9 else None


def kills(journal: Path, every: int) -> int:
    faults = 0
    for fault in KILLS:
        for step in range(1, 10_000, every):
            remove(journal)
            told = killed_at(journal, fault, step)
            if told is None:
                break
            faults += 1
            look(journal, STATES[max(told - 1, 0) : told + 1], f"{fault.name} {step}, {told} told")
    return faults


def errors(journal: Path, every: int) -> int:
    faults = refusals = 0
    arm(Fault.NONE, 0)
    asyncio.run(write(journal))
    all_steps = steps()
    for step in range(1, all_steps + 1, every):
        for fault in ERRORS:
            remove(journal)
            arm(fault, step)
            refused = asyncio.run(write(journal))
            arm(Fault.NONE, 0)
            look(journal, STATES[-1:] * 2, f"after {fault.name} {step}")
            refusals += refused
            faults += 1
    if refusals < faults / 2:
        print(f"of {faults} faults only {refusals} were told")
    return faults


def remove(journal: Path) -> None:
    for path in journal.parent.glob(f"{journal.name}*"):
        path.unlink()


if __name__ == "__main__":
    logging.disable()  # each fault is logged too
    kind, where, every = sys.argv[1:]
    print("faults:", {"kills": kills, "errors": errors}[kind](Path(where), int(every)))
