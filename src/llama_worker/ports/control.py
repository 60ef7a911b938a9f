"""Answers to what concerns other requests: abort, pause, resume, the end of everything."""

from __future__ import annotations

import asyncio

from ..messages import Abort, AbortDownload, Cleanup, DownloadModel, Outgoing, Pause, Result, Resume
from .answers import answers
from .call import Call


@answers(Abort, turn="now")
async def abort(call: Call, request: Abort) -> Outgoing:
    return _abort(call, _meant(call, request), "Operation aborted")


@answers(AbortDownload, turn="now")
async def abort_download(call: Call, request: AbortDownload) -> Outgoing:
    return _abort(call, call.roster.last_of(call, DownloadModel, request.request_id), "Download aborted")


@answers(Pause, turn="now")
async def pause(call: Call, request: Pause) -> Outgoing:
    meant = _meant(call, request)
    if meant is not None and meant.operation is not None:
        meant.operation.pause()
        call.closing_info = "Operation paused"
    return Result(id=call.id, value=bool(call.closing_info))


@answers(Resume, turn="now")
async def resume(call: Call, request: Resume) -> Outgoing:
    meant = _meant(call, request)
    if meant is not None and meant.operation is not None:
        meant.operation.resume()
        call.closing_info = "Operation resumed"
    return Result(id=call.id, value=bool(call.closing_info))


@answers(Cleanup, turn="now")
async def cleanup(call: Call, request: Cleanup) -> Outgoing:
    """Every request before it ends first, each with its own last message."""
    others = [other for other in call.roster.before(call) if other.task is not None]
    for other in others:
        other.abort()
    if others:
        await asyncio.wait([other.task for other in others if other.task is not None])
    await call.desk.cleanup()
    call.closing_info = "Resources released"
    return Result(id=call.id)


def _meant(call: Call, request: Abort | Pause | Resume) -> Call | None:
    if request.operation_id is None and request.request_id is None:
        return call.roster.last_generation(call)
    return call.roster.find(call, request.request_id, request.operation_id)


def _abort(call: Call, meant: Call | None, closing: str) -> Outgoing:
    """Aborting what is unknown or has ended is harmless."""
    if meant is None:
        return Result(id=call.id, value=False)
    meant.abort()
    call.closing_info = closing
    return Result(id=call.id, value=True)
