"""Transcriptions, in OpenAI's form."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Literal

from msgspec import Meta, Struct, ValidationError, convert, structs
from starlette.types import Receive, Scope, Send

from ...options import PromptOptions
from ...options.base import Count
from ...worker.generation.prompt_arguments import PromptArguments
from ...worker.media.transcribing import begin_transcription
from ...worker.media.values import Audio
from ...worker.operations.operation import Operation
from ...worker.reply import Reply
from ..answers import EventSender, send_events, send_json, send_text
from ..dialects.fields import Object, Temperature
from ..dialects.undone import ignored
from ..disconnect import while_connected
from ..endpoint import model_name, owner_of
from ..forms import Form, read_form
from ..pool import ModelPool
from ..problems import Problem
from ..sse import event_of

_FILE = "file"


class TranscriptionRequest(Struct, kw_only=True):
    """The fields of the form but for its file."""

    model: str | None = None
    language: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    prompt: str | None = None
    response_format: Literal["json", "text"] = "json"
    temperature: Temperature | None = None
    max_tokens: Count | None = None
    seed: Annotated[int, Meta(ge=0, le=2**32 - 2)] | None = None
    stream: bool = False


class SpeechRoutes:
    """The endpoints."""

    def __init__(self, pool: ModelPool) -> None:
        self._pool = pool

    async def transcriptions(self, scope: Scope, receive: Receive, send: Send) -> None:
        form = await read_form(scope, receive, self._pool.options)
        await while_connected(receive, self._answer(scope, send, form))

    async def _answer(self, scope: Scope, send: Send, form: Form) -> None:
        request = _checked(form.fields)
        if _FILE not in form.files:
            raise Problem(400, "The form has no file.", param=_FILE)
        headers = ignored(form.fields, TranscriptionRequest.__struct_fields__)
        audio = await asyncio.to_thread(Audio, form.files[_FILE])
        name = model_name(form.fields)
        async with self._pool.use(name) as model:
            arguments = _arguments(request, self._pool.naming.defaults(name, model))
            operation = begin_transcription(
                model.runtime, owner_of(scope), arguments, audio, request.language, request.prompt
            )
            if request.stream:
                sender = EventSender(send, self._pool.options.write_timeout, headers)
                await send_events(sender, sender.send(_events(operation)), _failure)
            elif request.response_format == "text":
                await send_text(send, (await operation).text, headers)
            else:
                reply = await operation
                await send_json(send, {"text": reply.text, "usage": _usage(reply)}, headers=headers)


def _checked(fields: dict[str, str]) -> TranscriptionRequest:
    """What a form says, all of which is text; empty means not given. Raises `Problem`."""
    given = {name: text for name, text in fields.items() if text}
    try:
        return convert(given, TranscriptionRequest, strict=False)
    except ValidationError as error:
        message, _, path = str(error).partition(" - at `$.")
        field = path.strip("`") or None
        raise Problem(400, f"{field or 'The form'}: {message}.", code="invalid_value", param=field) from error


def _arguments(request: TranscriptionRequest, defaults: PromptOptions) -> PromptArguments:
    """What the request says, and the server where it does not."""
    fields = {"temperature": request.temperature, "max_tokens": request.max_tokens, "seed": request.seed}
    said = {name: value for name, value in fields.items() if value is not None}
    return PromptArguments.of(structs.replace(defaults, **said))


async def _events(operation: Operation[Reply, str]) -> AsyncIterator[bytes]:
    """Leaving this generator aborts the operation."""
    try:
        async for text in operation:
            yield event_of({"type": "transcript.text.delta", "delta": text})
        reply = await operation
        yield event_of({"type": "transcript.text.done", "text": reply.text, "usage": _usage(reply)})
    finally:
        operation.abort()


def _usage(reply: Reply) -> Object:
    counts = reply.usage
    return {
        "type": "tokens",
        "input_tokens": counts.prompt_tokens,
        "output_tokens": counts.completion_tokens,
        "total_tokens": counts.total_tokens,
    }


def _failure(problem: Problem) -> bytes:
    return event_of(problem.openai())
