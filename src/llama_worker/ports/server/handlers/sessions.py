"""Answers to what is said about conversations, without generating text."""

from __future__ import annotations

import asyncio

from msgspec import to_builtins

from ....messages import (
    CloseSession,
    FlushSession,
    ForkSession,
    GetChatHistory,
    GetContextWindow,
    ListSessions,
    LoadSession,
    Outgoing,
    RemoveSession,
    ResetChatHistory,
    Result,
    ResumeSession,
    SaveSession,
    SessionCreated,
    SetChatHistory,
)
from ....worker.chat.session import ChatSession
from ..open_requests import OpenRequest
from ..registry import handles


@handles(GetChatHistory)
async def get_chat_history(request: OpenRequest, message: GetChatHistory) -> Outgoing:
    session = await request.workspace.find_session(message.session)
    return Result(id=request.id, value=session.get_chat_history())


@handles(GetContextWindow)
async def get_context_window(request: OpenRequest, message: GetContextWindow) -> Outgoing:
    session = await request.workspace.find_session(message.session)
    return Result(id=request.id, value=session.get_context_window())


@handles(SetChatHistory)
async def set_chat_history(request: OpenRequest, message: SetChatHistory) -> Outgoing:
    session = await request.workspace.find_session(message.session)
    session.set_chat_history(message.messages)
    await session.flush()
    return Result(id=request.id)


@handles(ResetChatHistory)
async def reset_chat_history(request: OpenRequest, message: ResetChatHistory) -> Outgoing:
    session = await request.workspace.find_session(message.session)
    session.reset_chat_history()
    await session.flush()
    return Result(id=request.id)


@handles(ForkSession)
async def fork_session(request: OpenRequest, message: ForkSession) -> Outgoing:
    session = await request.workspace.find_session(message.session)
    fork = session.fork()
    session_id = await request.workspace.add_session(fork, message.session_id)
    await fork.flush()
    return _created(request, fork, session_id)


@handles(CloseSession)
async def close_session(request: OpenRequest, message: CloseSession) -> Outgoing:
    await request.workspace.close_session(message.session)
    return Result(id=request.id)


@handles(SaveSession)
async def save_session(request: OpenRequest, message: SaveSession) -> Outgoing:
    request.workspace.ensure_files_allowed()
    session = await request.workspace.find_session(message.session)
    await asyncio.sleep(0)  # a prompt that was asked before takes its turn first
    await session.save(message.path, include_state=message.include_state)
    return Result(id=request.id)


@handles(LoadSession)
async def load_session(request: OpenRequest, message: LoadSession) -> Outgoing:
    request.workspace.ensure_files_allowed()
    model = request.workspace.current.find_model(message.model)
    chosen = message.session_id
    session = await model.restore_session(message.path, any_model=message.any_model, session_id=chosen)
    session_id = await request.workspace.add_session(session, session.id)
    return _created(request, session, session_id)


@handles(ListSessions)
async def list_sessions(request: OpenRequest, message: ListSessions) -> Outgoing:
    request.workspace.ensure_journal_allowed()
    return Result(id=request.id, value=to_builtins(await request.workspace.worker.list_sessions()))


@handles(ResumeSession)
async def resume_session(request: OpenRequest, message: ResumeSession) -> Outgoing:
    request.workspace.ensure_journal_allowed()
    model = request.workspace.current.find_model(message.model)
    session = await model.resume_session(message.session_id, any_model=message.any_model)
    session_id = await request.workspace.add_session(session, session.id)
    return _created(request, session, session_id)


@handles(RemoveSession)
async def remove_session(request: OpenRequest, message: RemoveSession) -> Outgoing:
    request.workspace.ensure_journal_allowed()
    await request.workspace.worker.remove_session(message.session_id)
    return Result(id=request.id)


@handles(FlushSession)
async def flush_session(request: OpenRequest, message: FlushSession) -> Outgoing:
    await (await request.workspace.find_session(message.session)).flush()
    return Result(id=request.id)


def _created(request: OpenRequest, session: ChatSession, session_id: str) -> SessionCreated:
    prompt, model_id = session.system_prompt, session.model.id
    return SessionCreated(id=request.id, session_id=session_id, model_id=model_id, system_prompt=prompt)
