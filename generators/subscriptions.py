"""`on(event, callback)` as editors and type checkers see it: each event's name and the message its callback gets."""

from __future__ import annotations

from typing import get_args

from llama_worker.messages import Message, Outgoing

_HEAD = '''"""`on(event, callback)`, with the message of each event; made by `python -m generators`, do not edit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, overload

from ..messages import {names}
from .emitter import Emitter

class Subscribable:
    """What tells of its messages."""

    _emitter: Emitter
'''

_OVERLOAD = """
    @overload
    def on(self, event: Literal["{event}"], callback: Callable[[{message}], object]) -> Callable[[], None]: ...
"""

_TAIL = '''
    def on(self, event: str, callback: Callable[[Any], object]) -> Callable[[], None]:
        """Call `callback` with each message of that name ("completion_chunk", "error", "model_unloaded"...).

        The messages are the Structs of `llama_worker.messages`, here as well as over a bridge. It hears of what begins
        after this call. A callback that raises is logged and harms nothing. Returns a function that unsubscribes.
        Raises `InvalidOptionsError` for an event that does not exist.
        """
        return self._emitter.on(event, callback)
'''


def files() -> dict[str, str]:
    """The text of the one file, by its path from the root of the repository."""
    kinds: tuple[type[Message], ...] = get_args(Outgoing)
    head = _HEAD.format(names=", ".join(sorted(kind.__name__ for kind in kinds)))
    overloads = (_OVERLOAD.format(event=kind.__struct_config__.tag, message=kind.__name__) for kind in kinds)
    return {"src/llama_worker/worker/subscriptions.py": head + "".join(overloads) + _TAIL}
