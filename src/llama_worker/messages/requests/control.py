"""Requests about other requests: abort, pause, resume, enough of thinking, the end of everything."""

from __future__ import annotations

from ..base import OperationRef, RequestRef
from ..ends import ends_with
from ..replies import Result
from .base import Request

__all__ = ["Abort", "AbortDownload", "AnswerNow", "Cleanup", "Pause", "Resume"]


@ends_with(Result, value=bool)
class Abort(Request, frozen=True, kw_only=True):
    """Abort an operation; without a name the generation that was asked for last. Harmless when there is none."""

    operation_id: OperationRef | None = None
    request_id: RequestRef | None = None


@ends_with(Result, value=bool)
class AbortDownload(Request, frozen=True, kw_only=True):
    """Abort a download; without `requestId` the one that was asked for last. What was fetched is kept."""

    request_id: RequestRef | None = None


@ends_with(Result, value=bool)
class Pause(Request, frozen=True, kw_only=True):
    """Hold a generation; without a name the one that was asked for last."""

    operation_id: OperationRef | None = None
    request_id: RequestRef | None = None


@ends_with(Result, value=bool)
class Resume(Request, frozen=True, kw_only=True):
    """Go on with a paused generation; without a name the one that was asked for last."""

    operation_id: OperationRef | None = None
    request_id: RequestRef | None = None


@ends_with(Result, value=bool)
class AnswerNow(Request, frozen=True, kw_only=True):
    """End the reasoning of a generation, so that its answer begins; without a name of the one that was asked for last.
    Without effect when it does not reason."""

    operation_id: OperationRef | None = None
    request_id: RequestRef | None = None


@ends_with(Result)
class Cleanup(Request, frozen=True, kw_only=True):
    """Abort everything, end every engine, free everything. `init` begins anew."""
