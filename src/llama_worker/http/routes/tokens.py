"""Tokens: counting, splitting and joining them, and the template that makes text of messages."""

from __future__ import annotations

import asyncio
from typing import Annotated

import msgspec
from msgspec import Meta, Struct
from starlette.types import Scope

from ...engine.api import endpoints
from ...options import PromptOptions
from ...options.base import CountOrZero
from ...worker.facts import check_tokens
from ...worker.generation.reasoning.effort import body_with_effort
from ...worker.inert.policy import Policy
from ...worker.model import Model
from ...worker.templates.rendering import served_prompt, shown
from ..bodies import checked
from ..dialects.anthropic.request import chat_request_from
from ..dialects.chat import Chat, ChatRequest, chat_body
from ..dialects.fields import Object, policy_of, to_engine
from ..dialects.responses.responses import Responses
from ..endpoint import model_name
from ..pool import ModelPool
from ..prompt_defaults import with_prompt_defaults
from ..storing.responses import ResponseStore


class TokenizeRequest(Struct, omit_defaults=True):
    """`with_pieces` gives each token's text too."""

    content: str
    add_special: bool = False
    parse_special: bool = True
    with_pieces: bool = False


class DetokenizeRequest(Struct):
    """Token numbers, as `/tokenize` gives them."""

    tokens: Annotated[list[CountOrZero], Meta(max_length=1_000_000)]


class TemplateRequest(ChatRequest, omit_defaults=True, kw_only=True):
    """As a chat's; `add_generation_prompt` false leaves out what begins the answer."""

    add_generation_prompt: bool | None = None
    with_pieces: bool = False


class TokenRoutes:
    """The endpoints; each asks the engine of the model that the request names."""

    def __init__(self, pool: ModelPool, store: ResponseStore) -> None:
        self._pool = pool
        self._store = store

    async def tokenize(self, scope: Scope, body: Object) -> bytes:
        request = checked(body, TokenizeRequest)
        policy = policy_of(body, self._pool.options)
        async with self._pool.use(model_name(body)) as model:
            asked = model.runtime.guard.body(msgspec.to_builtins(request), policy)
            return await model.runtime.request(endpoints.TOKENIZE, asked)

    async def detokenize(self, scope: Scope, body: Object) -> bytes:
        request = checked(body, DetokenizeRequest)
        async with self._pool.use(model_name(body)) as model:
            known = check_tokens(model.runtime.loaded_files, request.tokens)
            return await model.runtime.request(endpoints.DETOKENIZE, {"tokens": known})

    async def apply_template(self, scope: Scope, body: Object) -> Object:
        """What the model would see of a chat; with `with_pieces` also the tokens, and which of them are control
        tokens."""
        request = chat_body(to_engine(checked(body, TemplateRequest), body))
        with_pieces = request.pop("with_pieces", False)
        policy = policy_of(body, self._pool.options)
        name = model_name(body)
        async with self._pool.use(name) as model:
            runtime = model.runtime
            guarded = self._guarded(model, self._pool.naming.defaults(name, model), request, policy)
            async with runtime.borrow_engine() as engine:
                prompt = await served_prompt(engine, guarded)
                if not with_pieces:
                    return {"prompt": prompt}
                pieces = await shown(engine, prompt, runtime.guard.texts)
        return {"prompt": prompt, "tokens": pieces.tokens, "pieces": pieces.pieces}

    async def count_messages(self, scope: Scope, body: Object) -> bytes:
        """Anthropic's `count_tokens`, of all that the model would see."""
        return await self._count(chat_request_from(body), body)

    async def count_chat(self, scope: Scope, body: Object) -> bytes:
        """The same of a chat."""
        return await self._count(Chat(body).body, body)

    async def count_response(self, scope: Scope, body: Object) -> bytes:
        """The same of what a response is asked for with."""
        return await self._count((await asyncio.to_thread(Responses, body, self._store)).body, body)

    async def _count(self, request: Object, body: Object) -> bytes:
        name, policy = model_name(body), policy_of(body, self._pool.options)
        async with self._pool.use(name) as model:
            guarded = self._guarded(model, self._pool.naming.defaults(name, model), request, policy)
            return await model.runtime.request(endpoints.COUNT_CHAT_TOKENS, guarded)

    def _guarded(self, model: Model, defaults: PromptOptions, request: Object, policy: Policy) -> Object:
        """A chat as its answer would be asked for: with what the server says where the request does not."""
        runtime = model.runtime
        asked = with_prompt_defaults(request, defaults, runtime.settings.context_size)
        return body_with_effort(runtime.guard.body(asked, policy), runtime.guard.template)
