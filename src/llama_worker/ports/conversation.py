"""Answers to what is said about conversations and texts, without generating any."""

from __future__ import annotations

import asyncio

from ..messages import (
    CloseSession,
    CountTokens,
    Detokenize,
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
    Tokenize,
)
from .answers import answers
from .call import Call


@answers(GetChatHistory)
async def get_chat_history(call: Call, request: GetChatHistory) -> Outgoing:
    session = await call.desk.find_session(request.session)
    return Result(id=call.id, value=session.get_chat_history())


@answers(GetContextWindow)
async def get_context_window(call: Call, request: GetContextWindow) -> Outgoing:
    session = await call.desk.find_session(request.session)
    return Result(id=call.id, value=session.get_context_window())


@answers(SetChatHistory)
async def set_chat_history(call: Call, request: SetChatHistory) -> Outgoing:
    session = await call.desk.find_session(request.session)
    session.set_chat_history(request.messages)
    return Result(id=call.id)


@answers(ResetChatHistory)
async def reset_chat_history(call: Call, request: ResetChatHistory) -> Outgoing:
    (await call.desk.find_session(request.session)).reset_chat_history()
    return Result(id=call.id)


@answers(ForkSession)
async def fork_session(call: Call, request: ForkSession) -> Outgoing:
    session = await call.desk.find_session(request.session)
    session_id = call.desk.add_session(session.fork(), request.session_id)
    return SessionCreated(id=call.id, session_id=session_id, model_id=session.model.id)


@answers(CloseSession)
async def close_session(call: Call, request: CloseSession) -> Outgoing:
    await call.desk.close_session(request.session)
    return Result(id=call.id)


@answers(SaveSession)
async def save_session(call: Call, request: SaveSession) -> Outgoing:
    call.desk.ensure_files_allowed()
    session = await call.desk.find_session(request.session)
    await asyncio.sleep(0)  # a prompt that was asked before takes its turn first
    await session.save(request.path, include_state=request.include_state)
    return Result(id=call.id)


@answers(LoadSession)
async def load_session(call: Call, request: LoadSession) -> Outgoing:
    call.desk.ensure_files_allowed()
    model = call.desk.find_model(request.model)
    session = await model.load_session(request.path, any_model=request.any_model)
    return SessionCreated(id=call.id, session_id=call.desk.add_session(session, request.session_id), model_id=model.id)


@answers(CountTokens)
async def count_tokens(call: Call, request: CountTokens) -> Outgoing:
    text = request.prompt if request.prompt is not None else request.messages
    if text is not None:
        count = await call.desk.find_model(request.model).count_tokens(text)
    else:
        count = await (await call.desk.find_session(request.session)).count_tokens()
    return Result(id=call.id, value=count)


@answers(Tokenize)
async def tokenize(call: Call, request: Tokenize) -> Outgoing:
    model = call.desk.find_model(request.model)
    tokens = await model.tokenize(request.prompt, add_special=request.add_special, parse_special=request.parse_special)
    return Result(id=call.id, value=tokens)


@answers(Detokenize)
async def detokenize(call: Call, request: Detokenize) -> Outgoing:
    return Result(id=call.id, value=await call.desk.find_model(request.model).detokenize(request.tokens))
