"""Processes of the bundled engine that are started before anybody knows which model they will serve.

Such a process takes as long to start its Python and to load llama.cpp as a program takes to import what loads a model,
so both are done at the same time. It is told its settings when they are known, as any other. Nothing here is done by an
import: whoever is about to load a model asks for it.
"""

from __future__ import annotations

import atexit
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from ..sandbox.devices import has_gpu
from .calling import engine_environment
from .frozen import bundled_command
from .keeper import Keeper


class _Waiting:
    """A process that waits for its settings, and how it was called."""

    def __init__(self, arguments: list[str], environment: dict[str, str]) -> None:
        self.called = arguments, environment
        self.keeper = Keeper(arguments, environment)


_waiting: list[_Waiting] = []
_lock = threading.Lock()


@contextmanager
def started_ahead() -> Iterator[None]:
    """In the block a process waits for the first engine that is started as it was; it is ended with the block if it was
    not wanted. Nothing is started where one like it waits already."""
    called = bundled_command(follow=not has_gpu()), engine_environment()
    if any(other.called == called for other in tuple(_waiting)):
        yield
        return
    one = _Waiting(*called)
    with _lock:
        _waiting.append(one)
    try:
        yield
    finally:
        if _taken(one):
            one.keeper.give_up()


def take(arguments: list[str], environment: dict[str, str]) -> Keeper | None:
    """A process that waits and was called like this, if there is one; it is the caller's from now on."""
    for one in tuple(_waiting):
        if one.called == (arguments, environment) and _taken(one):
            return one.keeper
    return None


def _taken(one: _Waiting) -> bool:
    """Whether it still waited, which it does not any more."""
    with _lock:
        if one in _waiting:
            _waiting.remove(one)
            return True
        return False


@atexit.register
def _end_all() -> None:
    for one in tuple(_waiting):
        if _taken(one):
            one.keeper.give_up()


def _disown_all() -> None:
    """In a forked copy of the program, which must not hold the input of a process open that is not its own."""
    global _lock
    _lock = threading.Lock()
    for one in _waiting:
        one.keeper.close_input()
    _waiting.clear()


if sys.platform != "win32":
    os.register_at_fork(after_in_child=_disown_all)
