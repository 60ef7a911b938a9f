"""Completes the engine's events of a response: numbers, positions and the fields that it leaves out."""

from __future__ import annotations

import time

import msgspec

from ...engine.api.client import refusal
from ..problems import problem_from
from ..sse import HEARTBEAT, event_of
from .fields import Object

_ERROR = b'data: {"error":'
_PROGRESS = b'"prompt_progress":{'
_ECHOED: Object = {
    "instructions": None,
    "max_output_tokens": None,
    "parallel_tool_calls": True,
    "reasoning": None,
    "temperature": None,
    "text": {"format": {"type": "text"}},
    "tool_choice": "auto",
    "tools": [],
    "top_p": None,
}
_FIXED: Object = {
    "error": None,
    "incomplete_details": None,
    "metadata": {},
    "previous_response_id": None,
    "store": False,
}


class ResponseEvents:
    """The events of one response, in order."""

    def __init__(self, request: Object) -> None:
        self._request = request
        self._created = int(time.time())
        self._number = 0
        self._items = -1
        self._positions: dict[str, int] = {}
        self.finished = False

    def mend(self, event: bytes) -> bytes:
        """One event of the engine as one or more for the client. Those of single tokens are not parsed."""
        head, _, payload = event.partition(b"\ndata: ")
        if head.startswith(_ERROR):
            return self._failed(head[6:])
        if not payload or (_PROGRESS in payload and self._number >= 2):
            return HEARTBEAT
        if head.endswith(b".delta"):
            return self._placed(head, payload)
        return self._completed(msgspec.json.decode(payload))

    def complete(self, response: Object) -> Object:
        """A response with all its fields."""
        echoed = {name: self._request.get(name, value) for name, value in _ECHOED.items()}
        whole = {"object": "response", "created_at": self._created, "output": [], "usage": None, "model": ""}
        whole |= _FIXED | echoed | response
        if whole["usage"]:
            self._count(whole)
        return whole

    def _count(self, response: Object) -> None:
        usage, limit = response["usage"], self._request.get("max_output_tokens")
        usage["output_tokens_details"] = {"reasoning_tokens": 0}
        if limit is not None and usage["output_tokens"] >= limit:
            response |= {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}

    def _placed(self, head: bytes, payload: bytes) -> bytes:
        """A delta, with its position put in front of its other fields."""
        extra = b'"content_index":0,"logprobs":[],' if b"output_text" in head else b'"content_index":0,'
        place = b'{"sequence_number":%d,"output_index":%d,' % (self._next(), self._items)
        return head + b"\ndata: " + place + extra + payload[1:] + b"\n\n"

    def _completed(self, event: Object) -> bytes:
        event.pop("prompt_progress", None)
        kind = event["type"]
        if "response" in event:
            event["response"] = self.complete(event["response"])
            self.finished = kind == "response.completed"
            if event["response"]["status"] == "incomplete":
                event["type"] = kind = "response.incomplete"
            return self._numbered(event)
        if kind == "response.output_item.added":
            self._items += 1
        return self._before(event) + self._numbered(event | {"output_index": self._index_of(event), "content_index": 0})

    def _before(self, event: Object) -> bytes:
        """The event that the engine leaves out before the end of a function call."""
        item = event.get("item", {})
        if event["type"] != "response.output_item.done" or item.get("type") != "function_call":
            return b""
        done = {"type": "response.function_call_arguments.done", "item_id": item["id"], "name": item["name"]}
        return self._numbered(done | {"arguments": item["arguments"], "output_index": self._index_of(event)})

    def _index_of(self, event: Object) -> int:
        item = str(event.get("item", {}).get("id") or event.get("item_id"))
        if event["type"] == "response.output_item.added":
            self._positions[item] = self._items
        return self._positions.get(item, max(self._items, 0))

    def _failed(self, payload: bytes) -> bytes:
        self.finished = True
        problem = problem_from(refusal(payload, 500))
        error = {"type": "error", "code": problem.code, "message": problem.message, "param": problem.param}
        return self._numbered(error)

    def _numbered(self, event: Object) -> bytes:
        return event_of(event | {"sequence_number": self._next()}, event["type"])

    def _next(self) -> int:
        self._number += 1
        return self._number - 1
