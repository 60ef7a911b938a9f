"""Generations at the other end of a port: their options, functions and replies."""

from __future__ import annotations

import asyncio
import contextvars
import math
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from msgspec import convert, structs, to_builtins

from ..errors import FunctionCallError
from ..messages import CompletionDone, FunctionCall, FunctionResult, FunctionSpec, Incoming, Outgoing
from ..options import PromptOptions, build_options
from ..worker.extras import split_extras
from ..worker.functions import Function, read_functions
from ..worker.generation import text_of
from ..worker.operation import Kind, Operation
from ..worker.reply import Reply, ToolCall
from ..worker.request import check_options
from ..worker.schemas import encode
from ..worker.structured import Shape, shape_of
from ..worker.toolbox import CallRefused, Toolbox, toolbox_of
from .following import Following
from .link import Link


class Question:
    """What a prompt was given, checked here before anything is sent."""

    def __init__(self, options: PromptOptions | None, changes: dict[str, Any]) -> None:
        self.extras, changes = split_extras(changes)
        self.options = build_options(PromptOptions, options, changes)
        check_options(self.options)
        self.shape = shape_of(self.extras.response_format, self.options)
        self._toolbox = toolbox_of(self.extras.functions, self.options, self.extras.approve)

    @property
    def sent_options(self) -> PromptOptions:
        """The options as they travel: a type has become its schema, and JSON's keys are texts, token ids are not."""
        options, bias = self.options, self.options.token_bias
        if isinstance(bias, dict):
            options = structs.replace(options, token_bias=tuple(bias.items()))
        return structs.replace(options, json_schema=self.shape.schema) if self.shape else options

    @property
    def sent_functions(self) -> dict[str, FunctionSpec] | None:
        """What the other end must know of the functions."""
        if self.extras.functions is None:
            return None
        return {name: _spec(function) for name, function in read_functions(self.extras.functions).items()}

    def toolbox(self) -> Toolbox | None:
        """The functions as they are run here: limits and what to do about failures are the other end's business."""
        own = structs.replace(self.options, on_function_error="raise", function_timeout=math.inf)
        return toolbox_of(self.extras.functions, own, self.extras.approve)


def ask(
    link: Link, kind: Kind, question: Question, make: Callable[..., Incoming], after: Callable[[], Awaitable[None]]
) -> Operation[Reply, str]:
    """A generation. `after` is awaited before it is finished, whatever its end."""
    asking = _Asking(link, question, make, after)
    operation = Operation(
        kind,
        asking.run,
        to_item=text_of,
        partial=lambda: asking.reply,
        partial_is_result=question.options.stop_on_abort,
        pausable=True,
    )
    asking.following.begin(operation)
    return operation


class _Asking:
    """One generation: its reply so far, and the functions that it calls here."""

    def __init__(
        self,
        link: Link,
        question: Question,
        make: Callable[..., Incoming],
        after: Callable[[], Awaitable[None]],
    ) -> None:
        self._link = link
        self._question = question
        self._toolbox = question.toolbox()
        self.following = Following(link, make, self._watch)
        self._after = after
        self._context = contextvars.copy_context()
        self._calls: set[asyncio.Task[None]] = set()
        self._failure: BaseException | None = None
        self.reply: Reply | None = None

    async def run(self, operation: Operation[Reply, str]) -> Reply:
        try:
            end = await self.following.run()
        except FunctionCallError as error:
            raise error from self._failure
        finally:
            for call in self._calls:
                call.cancel()
            self._take_reply()
            await self._after()
        assert isinstance(end, CompletionDone)
        assert self.reply is not None
        return self._shaped(self._question.shape, self.reply)

    def _take_reply(self) -> None:
        inquiry = self.following.inquiry
        if inquiry is not None and inquiry.end.done() and isinstance(inquiry.end.result(), CompletionDone):
            self.reply = _reply_of(inquiry.end.result())

    def _shaped(self, shape: Shape | None, reply: Reply) -> Reply:
        """`parsed` as a value of the type that was asked for."""
        return shape.parse(reply) if shape is not None and shape.kind is not Any else reply

    def _watch(self, message: Outgoing) -> None:
        if isinstance(message, FunctionCall):
            call = asyncio.get_running_loop().create_task(self._call(message), context=self._context)
            self._calls.add(call)
            call.add_done_callback(self._calls.discard)

    async def _call(self, message: FunctionCall) -> None:
        facts = await self._outcome(ToolCall(message.call_id, message.name, encode(message.arguments)))
        self._link.ask(partial(FunctionResult, call_id=message.call_id, **facts))

    async def _outcome(self, call: ToolCall) -> dict[str, Any]:
        assert self._toolbox is not None
        try:
            return {"result": await self._toolbox.result(call)}
        except CallRefused as refusal:
            return {"refused": str(refusal)}
        except FunctionCallError as error:
            self._failure = error.__cause__
            return {"error": _reason(error.__cause__)}


def _reason(error: BaseException | None) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _spec(function: Function) -> FunctionSpec:
    return FunctionSpec(description=function.description, params=function.schema, handled=function.handler is not None)


def _reply_of(done: Outgoing) -> Reply:
    """The reply that a last message carries."""
    facts = to_builtins(done)
    renamed = facts | {"text": facts["fullText"], "usage": facts["stats"]}
    return convert(renamed, Reply)
