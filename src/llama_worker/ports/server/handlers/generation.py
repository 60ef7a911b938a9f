"""Answers to what generates text."""

from __future__ import annotations

from typing import Any

from ....messages import (
    AnswerCalls,
    Chat,
    Complete,
    CompletePrompt,
    GenerateChatCompletion,
    GenerateCompletion,
    Infill,
    OperationStarted,
    Outgoing,
    Preload,
    PromptRequest,
    SendPrompt,
)
from ....worker.operations.operation import Operation
from ....worker.reply import Reply
from ..open_requests import OpenRequest
from ..registry import handles
from .functions import prompt_arguments

_COMPLETION = ("Generating completion...", "Completion finished")
_CHAT = ("Generating chat completion...", "Chat completion finished")
_TEXT = ("Generating text...", "Text generation finished")


@handles(GenerateCompletion, generates=True)
async def generate_completion(request: OpenRequest, message: GenerateCompletion) -> Outgoing:
    arguments = prompt_arguments(request, message.options, message.functions)
    operation = request.workspace.current.generate_completion(message.prompt, arguments)
    return await request.follow(operation, *_COMPLETION)


@handles(GenerateChatCompletion, generates=True)
async def generate_chat_completion(request: OpenRequest, message: GenerateChatCompletion) -> Outgoing:
    arguments = prompt_arguments(request, message.options, message.functions)
    operation = request.workspace.current.generate_chat_completion(message.messages, arguments)
    return await request.follow(operation, *_CHAT)


@handles(PromptRequest, generates=True)
async def prompt(request: OpenRequest, message: PromptRequest) -> Outgoing:
    return await request.follow(await _prompt(request, message), *_TEXT)


@handles(SendPrompt, generates=True)
async def send_prompt(request: OpenRequest, message: SendPrompt) -> Outgoing:
    operation = await _prompt(request, message)
    request.begin(operation)
    await request.send(OperationStarted(id=request.id, operation_id=operation.id))
    return await request.follow(operation, *_TEXT)


@handles(AnswerCalls, generates=True)
async def answer_calls(request: OpenRequest, message: AnswerCalls) -> Outgoing:
    session = await request.workspace.find_session(message.session)
    arguments = prompt_arguments(request, message.options, message.functions)
    return await request.follow(session.answer_calls(message.results, arguments), *_TEXT)


@handles(CompletePrompt, generates=True)
async def complete_prompt(request: OpenRequest, message: CompletePrompt) -> Outgoing:
    session = await request.workspace.find_session(message.session)
    return await request.follow(session.complete_prompt(message.prompt, message.options), *_COMPLETION)


@handles(Preload, generates=True)
async def preload(request: OpenRequest, message: Preload) -> Outgoing:
    session = await request.workspace.find_session(message.session)
    return await request.follow(session.preload(message.prompt, message.options), "Reading...", "Ready")


@handles(Complete, generates=True)
async def complete(request: OpenRequest, message: Complete) -> Outgoing:
    model = request.workspace.current.find_model(message.model)
    operation = model.complete(message.prompt, prompt_arguments(request, message.options))
    return await request.follow(operation, *_COMPLETION)


@handles(Infill, generates=True)
async def infill(request: OpenRequest, message: Infill) -> Outgoing:
    model = request.workspace.current.find_model(message.model)
    files = [(file.filename, file.text) for file in message.extra]
    arguments = prompt_arguments(request, message.options)
    return await request.follow(model.infill(message.prefix, message.suffix, arguments, extra=files), *_COMPLETION)


@handles(Chat, generates=True)
async def chat(request: OpenRequest, message: Chat) -> Outgoing:
    model = request.workspace.current.find_model(message.model)
    arguments = prompt_arguments(request, message.options, message.functions)
    operation = model.chat(message.messages, arguments)
    return await request.follow(operation, *_CHAT)


async def _prompt(request: OpenRequest, message: PromptRequest | SendPrompt) -> Operation[Reply, Any]:
    session = await request.workspace.find_session(message.session)
    return session.prompt(message.prompt, prompt_arguments(request, message.options, message.functions))
