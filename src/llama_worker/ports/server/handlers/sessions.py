"""Answers to what is said about conversations, without generating text."""

from __future__ import annotations

import asyncio

from ....messages import (
    CloseSession,
    ForkSession,
    GetChatHistory,
    GetContextWindow,
    LoadSession,
    Outgoing,
    ResetChatHistory,
    Result,
    SaveSession,
    SessionCreated,
    SetChatHistory,
)
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
    return Result(id=request.id)


@handles(ResetChatHistory)
async def reset_chat_history(request: OpenRequest, message: ResetChatHistory) -> Outgoing:
    (await request.workspace.find_session(message.session)).reset_chat_history()
    return Result(id=request.id)


@handles(ForkSession)
async def fork_session(request: OpenRequest, message: ForkSession) -> Outgoing:
    session = await request.workspace.find_session(message.session)
    session_id = request.workspace.add_session(session.fork(), message.session_id)
    return SessionCreated(id=request.id, session_id=session_id, model_id=session.model.id)


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
    session = await model.load_session(message.path, any_model=message.any_model)
    return SessionCreated(
        id=request.id, session_id=request.workspace.add_session(session, message.session_id), model_id=model.id
    )
