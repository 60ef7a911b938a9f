"""Answers to what generates text."""

from __future__ import annotations

from typing import Any

from ..messages import (
    AnswerCalls,
    Chat,
    Complete,
    CompletePrompt,
    GenerateChatCompletion,
    GenerateCompletion,
    OperationStarted,
    Outgoing,
    Preload,
    PromptRequest,
    SendPrompt,
)
from ..worker.operation import Operation
from ..worker.reply import Reply
from .answers import answers
from .call import Call
from .functions import extras

_COMPLETION = ("Generating completion...", "Completion finished")
_CHAT = ("Generating chat completion...", "Chat completion finished")
_TEXT = ("Generating text...", "Text generation finished")


@answers(GenerateCompletion, generates=True)
async def generate_completion(call: Call, request: GenerateCompletion) -> Outgoing:
    functions = extras(call, request.functions)
    operation = call.desk.generate_completion(request.prompt, request.options, **functions)
    return await call.follow(operation, *_COMPLETION)


@answers(GenerateChatCompletion, generates=True)
async def generate_chat_completion(call: Call, request: GenerateChatCompletion) -> Outgoing:
    functions = extras(call, request.functions)
    operation = call.desk.generate_chat_completion(request.messages, request.options, **functions)
    return await call.follow(operation, *_CHAT)


@answers(PromptRequest, generates=True)
async def prompt(call: Call, request: PromptRequest) -> Outgoing:
    return await call.follow(await _prompt(call, request), *_TEXT)


@answers(SendPrompt, generates=True)
async def send_prompt(call: Call, request: SendPrompt) -> Outgoing:
    call.operation = operation = await _prompt(call, request)
    await call.send(OperationStarted(id=call.id, operation_id=operation.id))
    return await call.follow(operation, *_TEXT)


@answers(AnswerCalls, generates=True)
async def answer_calls(call: Call, request: AnswerCalls) -> Outgoing:
    session = await call.desk.find_session(request.session)
    functions = extras(call, request.functions)
    return await call.follow(session.answer_calls(request.results, request.options, **functions), *_TEXT)


@answers(CompletePrompt, generates=True)
async def complete_prompt(call: Call, request: CompletePrompt) -> Outgoing:
    session = await call.desk.find_session(request.session)
    return await call.follow(session.complete_prompt(request.prompt, request.options), *_COMPLETION)


@answers(Preload, generates=True)
async def preload(call: Call, request: Preload) -> Outgoing:
    session = await call.desk.find_session(request.session)
    return await call.follow(session.preload(request.prompt, request.options), "Reading...", "Ready")


@answers(Complete, generates=True)
async def complete(call: Call, request: Complete) -> Outgoing:
    operation = call.desk.find_model(request.model).complete(request.prompt, request.options)
    return await call.follow(operation, *_COMPLETION)


@answers(Chat, generates=True)
async def chat(call: Call, request: Chat) -> Outgoing:
    functions = extras(call, request.functions)
    operation = call.desk.find_model(request.model).chat(request.messages, request.options, **functions)
    return await call.follow(operation, *_CHAT)


async def _prompt(call: Call, request: PromptRequest | SendPrompt) -> Operation[Reply, Any]:
    session = await call.desk.find_session(request.session)
    return session.prompt(request.prompt, request.options, **extras(call, request.functions))
