"""`on(event, callback)`: callbacks for the protocol's outgoing messages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

from ..errors import InvalidOptionsError
from ..errors.nearest import did_you_mean
from ..loggers import OPERATIONS
from ..messages import Outgoing

EVENTS = tuple(str(kind.__struct_config__.tag) for kind in get_args(Outgoing))

Callback = Callable[[Any], object]


class Emitter:
    """Callbacks by event name. One that raises is logged; the others and the work go on."""

    def __init__(self) -> None:
        self._callbacks: dict[str, list[Callback]] = {}
        self.listeners = 0

    def on(self, event: str, callback: Callback) -> Callable[[], None]:
        """Call `callback` with each message of that name; gives a function that ends it (twice is harmless)."""
        if event not in EVENTS:
            hint = did_you_mean(event, EVENTS)
            raise InvalidOptionsError(f"Unknown event {event!r}{hint}; there are {', '.join(EVENTS)}.", path="event")
        callbacks = self._callbacks.setdefault(event, [])
        entry = _Entry(callback)
        callbacks.append(entry)
        self.listeners += 1

        def unsubscribe() -> None:
            if entry in callbacks:
                callbacks.remove(entry)
                self.listeners -= 1

        return unsubscribe

    def emit(self, message: Outgoing) -> None:
        """Tell everybody who listens to messages of this name."""
        event = str(message.__struct_config__.tag)
        for callback in tuple(self._callbacks.get(event, ())):
            try:
                callback(message)
            except Exception:
                OPERATIONS.exception("A callback for %s failed", event)


class _Entry:
    """One subscription: the same callback may have several."""

    def __init__(self, callback: Callback) -> None:
        self._callback = callback

    def __call__(self, message: Any) -> object:
        return self._callback(message)
