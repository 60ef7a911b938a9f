"""`on(event, callback)`: callbacks for the protocol's outgoing messages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any, get_args

from ..errors import EngineDiedError, InvalidOptionsError
from ..errors.nearest import did_you_mean
from ..messages import Outgoing
from .tools.callbacks import tell

EVENTS = tuple(str(kind.__struct_config__.tag) for kind in get_args(Outgoing))

Callback = Callable[[Any], object]


class Emitter:
    """Callbacks by event name. One that raises is logged; the others and the work go on."""

    def __init__(self) -> None:
        self._callbacks: dict[str, list[Callback]] = {}
        self.listeners = 0
        self._idle_death_listeners: set[Callable[[EngineDiedError], object]] = set()
        self._relays: set[asyncio.Task[None]] = set()

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
            tell(callback, message, event)

    def on_idle_death(self, callback: Callable[[EngineDiedError], object]) -> Callable[[], None]:
        """Call `callback` when an engine dies that serves nobody; gives a function that ends it."""
        self._idle_death_listeners.add(callback)
        return lambda: self._idle_death_listeners.discard(callback)

    def tell_death(self, death: EngineDiedError) -> None:
        """Of an engine that served nobody; otherwise those requests tell it."""
        if death.phase == "idle":
            from .reporting import error_message  # with all that a model can do

            self.emit(error_message(death))
            for callback in tuple(self._idle_death_listeners):
                callback(death)

    def relay(self, messages: AsyncIterator[Outgoing]) -> None:
        """Emit messages as they come."""

        async def run() -> None:
            async for message in messages:
                self.emit(message)

        task = asyncio.create_task(run())
        self._relays.add(task)
        task.add_done_callback(self._relays.discard)

    async def relayed(self) -> None:
        """Return when everything has ended that is relayed in this event loop; in one that is gone nothing ends."""
        loop = asyncio.get_running_loop()
        await asyncio.gather(*(task for task in self._relays if task.get_loop() is loop))


class _Entry:
    """One subscription: the same callback may have several."""

    def __init__(self, callback: Callback) -> None:
        self._callback = callback

    def __call__(self, message: Any) -> object:
        return self._callback(message)
