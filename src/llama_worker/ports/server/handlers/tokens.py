"""Answers about tokens: counting, splitting and joining them, and what a model sees of a conversation."""

from __future__ import annotations

from msgspec import to_builtins

from ....messages import CountTokens, Detokenize, Outgoing, Render, Result, Tokenize
from ..open_requests import OpenRequest
from ..registry import handles
from .functions import prompt_arguments


@handles(CountTokens)
async def count_tokens(request: OpenRequest, message: CountTokens) -> Outgoing:
    text = message.prompt if message.prompt is not None else message.messages
    if text is not None:
        count = await request.workspace.current.find_model(message.model).count_tokens(text)
    else:
        count = await (await request.workspace.find_session(message.session)).count_tokens()
    return Result(id=request.id, value=count)


@handles(Tokenize)
async def tokenize(request: OpenRequest, message: Tokenize) -> Outgoing:
    model = request.workspace.current.find_model(message.model)
    tokens = await model.tokenize(message.prompt, add_special=message.add_special, parse_special=message.parse_special)
    return Result(id=request.id, value=tokens)


@handles(Detokenize)
async def detokenize(request: OpenRequest, message: Detokenize) -> Outgoing:
    return Result(
        id=request.id, value=await request.workspace.current.find_model(message.model).detokenize(message.tokens)
    )


@handles(Render)
async def render(request: OpenRequest, message: Render) -> Outgoing:
    model = request.workspace.current.find_model(message.model)
    arguments = prompt_arguments(request, message.options, message.functions)
    shown = await model.render(message.messages, arguments, add_generation_prompt=message.add_generation_prompt)
    return Result(id=request.id, value=to_builtins(shown))
