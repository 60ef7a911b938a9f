"""Runs inside the engine process: `python -m llama_worker.engine.process.child`.

Without arguments, or with `follow`, it serves a model with xllamacpp, as told by a line of JSON on its standard input;
what takes long has been imported when that comes. With `devices` it prints which
GPUs xllamacpp has found, and ends. With `exec PROGRAM ARGUMENTS...` it becomes that program. Either way it first makes
sure that it cannot outlive the process that started it:

- the kernel tells it when the thread that started it ends (PR_SET_PDEATHSIG, Linux), which `keeper.py` makes the end of
  its parent. While a model loads xllamacpp holds the interpreter's lock and nothing in Python could react, so the
  signal is SIGKILL. Afterwards it is SIGCONT, which reaches a stopped process too and whose handler also removes the
  socket. Another program keeps SIGKILL, and its socket is swept away by the next worker;
- the end of its standard input ends it (everywhere), while it waits for its settings and once the model is loaded.

Before it reads a model, or becomes a program that does, it restricts itself (`sandbox/`) and prints what is in force.
"""

from __future__ import annotations

# ruff: noqa: E402
import gc

gc.disable()  # nothing that is imported here is ever dropped, and looking through it takes a tenth of that time

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from typing import NoReturn

from msgspec import json

from ..sandbox.devices import has_gpu
from ..sandbox.enter import enter
from ..sandbox.files import Reach
from ..sandbox.policy import SandboxPolicy
from ..sandbox.programs import files_to_execute
from ..threads.following import follow_affinity, following_arguments, with_threads
from .calling import DEVICES, EXEC, FOLLOW, MODEL_REFUSED_EXIT_CODE
from .findings import tell
from .instructions import SANDBOX_VARIABLE, Instructions
from .lifeline import end_with_parent, parent_id, read_line

# llama.cpp writes its log from a thread of its own: leaving at once would lose the lines that say why.
_LOG_SECONDS = 0.3


def main() -> None:
    parent = parent_id()
    end_with_parent(parent)
    if sys.argv[1:] == [DEVICES]:
        _list_devices()
    elif sys.argv[1:2] == [EXEC]:
        _become(sys.argv[2], sys.argv[3:], json.decode(os.environ.pop(SANDBOX_VARIABLE), type=SandboxPolicy))
    else:
        _serve(parent, follow=sys.argv[1:] == [FOLLOW])


def _become(program: str, arguments: Sequence[str], policy: SandboxPolicy) -> NoReturn:
    arguments = following_arguments(program, arguments)
    _restrict(policy, Reach(gpu=has_gpu(), program=program, executed=files_to_execute(program)))
    os.execv(program, [program, *arguments])  # noqa: S606 - no shell is wanted


def _restrict(policy: SandboxPolicy, reach: Reach) -> None:
    tell(enter(policy, reach))


def _list_devices() -> None:
    from .xllamacpp_server import find_devices

    tell(find_devices())


def _serve(parent: int, *, follow: bool) -> NoReturn:
    affinity_counts = follow and follow_affinity()
    # Imported here: OpenMP comes with it, `exec` must stay quick, and a missing library must fail in this process only.
    from .xllamacpp_server import find_devices, start_server

    gpu = bool(find_devices().gpus)
    told = _instructions()
    leave = _leaving(told.endpoint.directory)
    ours = _own_standard_input()
    settings = with_threads(told.settings, affinity_counts=affinity_counts)
    _restrict(told.sandbox, Reach(gpu=gpu))
    try:
        server = start_server(settings, told.endpoint)
    except RuntimeError as error:
        print(f"error: {error}", file=sys.stderr, flush=True)  # noqa: T201
        time.sleep(_LOG_SECONDS)
        os._exit(MODEL_REFUSED_EXIT_CODE)
    _wait_for_the_end(parent, leave, server, ours)


def _instructions() -> Instructions:
    line = read_line()
    if line is None:
        os._exit(0)  # whoever started it has no need of it any more
    return json.decode(line, type=Instructions)


def _own_standard_input() -> int:
    """The standard input, for us alone where the kernel tells of our parent's end, too: a thread of llama.cpp exits at
    its end, and could be faster than what removes the socket. It gets one that never ends."""
    if sys.platform != "linux":
        return 0
    ours = os.dup(0)
    reading, _ = os.pipe()  # the other end stays open as long as this process lives
    os.dup2(reading, 0)
    os.close(reading)
    return ours


def _leaving(directory: str) -> Callable[[], NoReturn]:
    """What removes the directory and ends this process; a signal's handler may call it, so it imports nothing: one that
    interrupts an import would find half of the module."""
    import shutil

    def leave() -> NoReturn:
        try:
            shutil.rmtree(directory, ignore_errors=True)
        finally:  # whatever came of it
            os._exit(0)

    return leave


def _wait_for_the_end(parent: int, leave: Callable[[], NoReturn], server: object, standard_input: int) -> NoReturn:
    """Sleep until the parent is gone or says goodbye; never return, as xllamacpp's destructor may wait for clients."""
    if sys.platform != "win32":
        signal.signal(signal.SIGCONT, lambda *_: os.getppid() == parent or leave())
        end_with_parent(parent, signal.SIGCONT)  # at once: the program may know already that the model is loaded
        signal.signal(signal.SIGTERM, lambda *_: leave())
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    ended = threading.Event()
    threading.Thread(target=_watch_standard_input, args=(ended, standard_input), daemon=True).start()
    ended.wait()
    leave()
    raise AssertionError(server)  # keeps `server` alive to the end; never reached


def _watch_standard_input(ended: threading.Event, standard_input: int) -> None:
    """Wait for end of file without reading: elsewhere than on Linux llama.cpp's own thread reads the same pipe."""
    if sys.platform == "win32":
        return  # llama.cpp's thread stops the server there
    import select

    poller = select.poll()
    poller.register(standard_input, select.POLLHUP)
    while not any(event & (select.POLLHUP | select.POLLERR | select.POLLNVAL) for _, event in poller.poll()):
        pass
    ended.set()


if __name__ == "__main__":
    main()
