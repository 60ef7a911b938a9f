"""Sessions in files: the conversation, and what the engine has computed of it."""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import Hashable, Sequence
from pathlib import Path

import msgspec

from ...engine.api.endpoints import CHAT_COMPLETIONS, emptiest_slot, read_into_slot, restore_slot, save_slot
from ...errors import EngineRequestError
from ...options import SessionOptions
from ..conversation import Message
from ..runtime import ModelRuntime
from .fingerprint import Fingerprint, check_fingerprint, fingerprint
from .history import History
from .next_prompt import Seen, shared_beginning
from .session_file import SessionRecord, local_path, read_session, system_errors, write_session


async def save_session(
    runtime: ModelRuntime,
    options: SessionOptions,
    history: History,
    path: str | os.PathLike[str],
    seen: Seen,
) -> None:
    """`seen` is what the engine is to compute of it, and keep with it; nothing of nothing.

    Raises `InvalidOptionsError` for a path that can be none, `SessionFileError` when it cannot be written.
    """
    file = local_path(path)
    record = SessionRecord(
        model=await _fingerprint(runtime),
        options=options,
        history=history.messages,
        instead=history.window.instead,
        covered=history.window.covered,
    )
    of_use = seen.messages and not runtime.settings.mixes_states
    state = await _save_state(runtime, seen, owner=history) if of_use else None
    try:
        with system_errors(f"The session cannot be saved as {file}"):
            if state is not None:
                record = msgspec.structs.replace(record, state_bytes=state.stat().st_size)
            await asyncio.to_thread(write_session, file, record, state)
    finally:
        if state is not None:
            state.unlink(missing_ok=True)


async def load_session(runtime: ModelRuntime, path: str | os.PathLike[str], *, any_model: bool) -> SessionRecord:
    """What the file holds; what the engine had computed of it is back in a slot, if the file holds that too.

    Raises `InvalidOptionsError` for a path that can be none, `SessionNotFoundError`, `SessionFileError` when it cannot
    be read, or `InvalidSessionFileError`.
    """
    file = local_path(path)
    engine = await runtime.engine()
    state = Path(engine.directory) / uuid.uuid4().hex
    try:
        with system_errors(f"The session in {file} cannot be read"):
            record = await asyncio.to_thread(read_session, file, state)
        same = check_fingerprint(record.model, await _fingerprint(runtime), f"session in {file}", any_model=any_model)
        if record.state_bytes and same and not runtime.settings.mixes_states:
            await _restore_state(runtime, state.name, record.history)
    finally:
        state.unlink(missing_ok=True)
    return record


async def _fingerprint(runtime: ModelRuntime) -> Fingerprint:
    return await asyncio.to_thread(fingerprint, runtime.loaded_files.files)


async def _save_state(runtime: ModelRuntime, seen: Seen, owner: Hashable) -> Path | None:
    """Let the engine read the conversation into a slot and write that slot to a file of its own directory; None when
    no next prompt need begin as the conversation does."""
    name = uuid.uuid4().hex
    async with runtime.queue.slot(owner):
        engine = await runtime.engine()
        with runtime.queue.hold():
            prompt = await shared_beginning(engine, seen)
            if not prompt:
                return None
            await save_slot(engine, await read_into_slot(engine, prompt), name)
    return Path(engine.directory) / name


async def _restore_state(runtime: ModelRuntime, name: str, messages: Sequence[Message]) -> None:
    """Put a state of `messages` into a slot that nobody uses. The engine may refuse one of another version or context
    size; the conversation is then simply read again."""
    async with runtime.queue.slot(name):
        engine = await runtime.engine()
        with runtime.queue.hold():
            slot = await emptiest_slot(engine)
            try:
                await restore_slot(engine, slot, name)
            except EngineRequestError:
                return
            engine.slots.restored(slot, CHAT_COMPLETIONS, {"messages": list(messages)})
