"""Sessions in files: the conversation, and what the engine has computed of it."""

from __future__ import annotations

import asyncio
import os
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import json

from ..engine.engine import Engine
from ..errors import EngineRequestError, InvalidSessionFileError
from .fingerprint import Fingerprint
from .session_file import SessionRecord, read_session, write_session
from .tokens import render
from .window import Window

if TYPE_CHECKING:
    from .model import Model
    from .session import ChatSession


async def save_session(
    model: Model, session: ChatSession, path: str | os.PathLike[str], *, include_state: bool
) -> None:
    """Raises OSError when the file cannot be written."""
    window = session._window
    record = SessionRecord(
        model=await model._fingerprint(),
        options=session._options,
        history=session.get_chat_history(),
        instead=window.instead,
        covered=window.covered,
    )
    state = await _save_state(model, session) if include_state and session._view() else None
    try:
        if state is not None:
            record = msgspec.structs.replace(record, state_bytes=state.stat().st_size)
        await asyncio.to_thread(write_session, Path(path), record, state)
    finally:
        if state is not None:
            state.unlink(missing_ok=True)


async def load_session(model: Model, path: str | os.PathLike[str], *, any_model: bool) -> ChatSession:
    """Raises `SessionNotFoundError` or `InvalidSessionFileError`."""
    from .session import ChatSession  # it imports this file

    engine = await model._engine()
    state = Path(engine.directory) / uuid.uuid4().hex
    try:
        record = await asyncio.to_thread(read_session, Path(path), state)
        same = _check_model(record.model, await model._fingerprint(), path, any_model=any_model)
        session = ChatSession(model, record.options)
        session._restore(record.history, Window(record.instead, record.covered))
        if record.state_bytes and same:
            await _restore_state(model, session, state.name)
    finally:
        state.unlink(missing_ok=True)
    return session


def _check_model(saved: Fingerprint, loaded: Fingerprint, path: Any, *, any_model: bool) -> bool:
    same = (saved.size, saved.digest) == (loaded.size, loaded.digest)
    if not same and not any_model:
        raise InvalidSessionFileError(
            f"The session in {os.fspath(path)} was saved with {saved.name}, not with {loaded.name}: "
            "load that model, or say any_model=True to take the conversation alone."
        )
    return same


async def _save_state(model: Model, session: ChatSession) -> Path:
    """Let the engine read the conversation into a slot and write that slot to a file of its own directory."""
    name = uuid.uuid4().hex
    async with model._queue.slot(session):
        engine = await model._engine()
        with model._queue.hold():
            slot = await _read_into_slot(engine, session)
            await engine.call(f"/slots/{slot}?action=save", {"filename": name})
    return Path(engine.directory) / name


async def _read_into_slot(engine: Engine, session: ChatSession) -> int:
    prompt = await render(engine, session._view(), {}, add_generation_prompt=False)
    slot = 0
    async with engine.stream("/completion", {"prompt": prompt, "max_tokens": 0}) as events:
        async for event in events:
            slot = json.decode(event)["id_slot"]
    return slot


async def _restore_state(model: Model, session: ChatSession, name: str) -> None:
    """Put a state into a slot that nobody uses. The engine may refuse one of another version or context size; the
    conversation is then simply read again."""
    async with model._queue.slot(session):
        engine = await model._engine()
        with model._queue.hold():
            slots = json.decode(await engine.call("/slots"))
            idle = [slot for slot in slots if not slot["is_processing"]] or slots  # the engine waits for a busy one
            chosen = min(idle, key=lambda slot: int(slot.get("n_prompt_tokens", 0)))
            try:
                await engine.call(f"/slots/{chosen['id']}?action=restore", {"filename": name})
            except EngineRequestError:
                return
