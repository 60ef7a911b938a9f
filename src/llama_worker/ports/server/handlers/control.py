"""Answers to what concerns other requests: abort, pause, resume, enough of thinking, the end of everything."""

from __future__ import annotations

import asyncio

from ....messages import Abort, AbortDownload, AnswerNow, Cleanup, DownloadModel, Outgoing, Pause, Result, Resume
from ..open_requests import OpenRequest
from ..registry import handles


@handles(Abort, order="now")
async def abort(request: OpenRequest, message: Abort) -> Outgoing:
    return _abort(request, _target_of(request, message), "Operation aborted")


@handles(AbortDownload, order="now")
async def abort_download(request: OpenRequest, message: AbortDownload) -> Outgoing:
    return _abort(request, request.others.last_of(request, DownloadModel, message.request_id), "Download aborted")


@handles(Pause, order="now")
async def pause(request: OpenRequest, message: Pause) -> Outgoing:
    target = _target_of(request, message)
    if target is not None and target.pause():
        request.closing_info = "Operation paused"
    return Result(id=request.id, value=bool(request.closing_info))


@handles(Resume, order="now")
async def resume(request: OpenRequest, message: Resume) -> Outgoing:
    target = _target_of(request, message)
    if target is not None and target.resume():
        request.closing_info = "Operation resumed"
    return Result(id=request.id, value=bool(request.closing_info))


@handles(AnswerNow, order="now")
async def answer_now(request: OpenRequest, message: AnswerNow) -> Outgoing:
    target = _target_of(request, message)
    if target is not None and target.answer_now():
        request.closing_info = "The answer is asked for"
    return Result(id=request.id, value=bool(request.closing_info))


@handles(Cleanup, order="now")
async def cleanup(request: OpenRequest, message: Cleanup) -> Outgoing:
    """Every message before it ends first, each with its own last message."""
    others = [other for other in request.others.before(request) if other.task is not None]
    for other in others:
        other.abort()
    if others:
        await asyncio.wait([other.task for other in others if other.task is not None])
    await request.workspace.cleanup()
    request.closing_info = "Resources released"
    return Result(id=request.id)


def _target_of(request: OpenRequest, message: Abort | AnswerNow | Pause | Resume) -> OpenRequest | None:
    if message.operation_id is None and message.request_id is None:
        return request.others.last_generation(request)
    return request.others.find(request, message.request_id, message.operation_id)


def _abort(request: OpenRequest, target: OpenRequest | None, closing: str) -> Outgoing:
    """Aborting what is unknown or has ended is harmless."""
    if target is None:
        return Result(id=request.id, value=False)
    target.abort()
    request.closing_info = closing
    return Result(id=request.id, value=True)
