"""Answers to what generates text, and to what is said about a conversation."""

from __future__ import annotations

from ..messages import (
    Chat,
    CloseSession,
    Complete,
    ForkSession,
    GenerateChatCompletion,
    GenerateCompletion,
    GetChatHistory,
    OperationStarted,
    Outgoing,
    PromptRequest,
    ResetChatHistory,
    Result,
    SendPrompt,
    SessionCreated,
    SetChatHistory,
)
from .answers import answers
from .call import Call


@answers(GenerateCompletion, generates=True)
async def generate_completion(call: Call, request: GenerateCompletion) -> Outgoing:
    operation = call.desk.generate_completion(request.prompt, request.options)
    return await call.follow(operation, "Generating completion...", "Completion finished")


@answers(GenerateChatCompletion, generates=True)
async def generate_chat_completion(call: Call, request: GenerateChatCompletion) -> Outgoing:
    operation = call.desk.generate_chat_completion(request.messages, request.options)
    return await call.follow(operation, "Generating chat completion...", "Chat completion finished")


@answers(PromptRequest, generates=True)
async def prompt(call: Call, request: PromptRequest) -> Outgoing:
    session = await call.desk.find_session(request.session)
    return await call.follow(
        session.prompt(request.prompt, request.options), "Generating text...", "Text generation finished"
    )


@answers(SendPrompt, generates=True)
async def send_prompt(call: Call, request: SendPrompt) -> Outgoing:
    session = await call.desk.find_session(request.session)
    call.operation = operation = session.prompt(request.prompt, request.options)
    await call.send(OperationStarted(id=call.id, operation_id=operation.id))
    return await call.follow(operation, "Generating text...", "Text generation finished")


@answers(Complete, generates=True)
async def complete(call: Call, request: Complete) -> Outgoing:
    operation = call.desk.find_model(request.model).complete(request.prompt, request.options)
    return await call.follow(operation, "Generating completion...", "Completion finished")


@answers(Chat, generates=True)
async def chat(call: Call, request: Chat) -> Outgoing:
    operation = call.desk.find_model(request.model).chat(request.messages, request.options)
    return await call.follow(operation, "Generating chat completion...", "Chat completion finished")


@answers(GetChatHistory)
async def get_chat_history(call: Call, request: GetChatHistory) -> Outgoing:
    session = await call.desk.find_session(request.session)
    return Result(id=call.id, value=session.get_chat_history())


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
    session_id, model = await call.desk.fork_session(request.session, request.session_id)
    return SessionCreated(id=call.id, session_id=session_id, model_id=model.id)


@answers(CloseSession)
async def close_session(call: Call, request: CloseSession) -> Outgoing:
    await call.desk.close_session(request.session)
    return Result(id=call.id)
