"""The one worker that integrations use unless they are given another."""

from __future__ import annotations

import os
import threading

from ...sync import LlamaWorker

_lock = threading.Lock()
_shared: dict[int, LlamaWorker] = {}
"""By process, as a fork has no part in its parent's."""


def shared_worker() -> LlamaWorker:
    """The worker of all integrations that were given none, made when it is first asked for. It is used as any other.

    It ends with the program, with its `cleanup()`, or with `with shared_worker():` around what uses it; the next use
    makes a new one.
    """
    with _lock:
        worker = _shared.get(os.getpid())
        if worker is None or worker.closed:
            _shared.clear()
            _shared[os.getpid()] = worker = LlamaWorker()
        return worker


def _forget_lock() -> None:
    """A thread of the parent may have held it at the fork."""
    global _lock
    _lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_lock)
