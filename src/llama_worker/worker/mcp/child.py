"""Runs as a process of its own, by its path: starts an MCP server's command and sees to it that it ends with us.

`python child.py PARENT COMMAND ARGUMENTS...` passes standard input and output on to the command and waits for its end,
which it tells in a last line on standard error. When the parent process is gone, however it ended, the command and all
that it started in its group are told to end, and then ended. Nothing but the standard library is imported.
"""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time

ENDED = "llama-worker: the command has ended: "
_PR_SET_PDEATHSIG = 1
_GRACE_SECONDS = 2.0
_POLL_SECONDS = 1.0


def main() -> None:
    parent, command = int(sys.argv[1]), sys.argv[2:]
    # Functions and not SIG_IGN, which the command would inherit.
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: None)
    signal.signal(signal.SIGUSR1, lambda *_: _end_group())
    try:
        process = subprocess.Popen(command)
    except OSError as error:
        sys.stderr.write(f"{ENDED}it cannot be started: {error.strerror}\n")
        raise SystemExit(127) from None
    _leave_the_pipes()
    _watch(parent)
    code = process.wait()
    sys.stderr.write(f"{ENDED}{f'exit code {code}' if code >= 0 else f'signal {-code}'}\n")
    sys.stderr.flush()
    os.killpg(0, signal.SIGTERM)  # what it has left behind
    raise SystemExit(code if code >= 0 else 128 - code)


def _leave_the_pipes() -> None:
    """They are the command's: its end is to be their end."""
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)


def _watch(parent: int) -> None:
    """Have SIGUSR1 sent to this process when the parent is gone."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGUSR1))
        if os.getppid() != parent:  # it ended before that
            _end_group()
    else:
        threading.Thread(target=_poll, args=(parent,), daemon=True).start()


def _poll(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_POLL_SECONDS)
    os.kill(os.getpid(), signal.SIGUSR1)


def _end_group() -> None:
    os.killpg(0, signal.SIGTERM)
    time.sleep(_GRACE_SECONDS)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
