"""Runs as a process of its own, by its path: starts an MCP server's command and sees to it that it ends with us.

`python child.py PARENT COMMAND ARGUMENTS...` passes standard input on to the command, and what it writes on to us, and
waits for its end, which it tells in a last line on standard error. When the parent process is gone, however it ended,
the command and all that it started in its group are told to end, and then ended; so is a command that writes a message
of more than `LONGEST_MESSAGE` bytes, before anybody has to hold it. Nothing but the standard library is imported. A
packed program starts itself for it (`freeze_support`).
"""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

ENDED = "llama-worker: the command has ended: "
LONGEST_MESSAGE = 8 * 1024 * 1024
_PR_SET_PDEATHSIG = 1
_GRACE_SECONDS = 2.0
_POLL_SECONDS = 1.0
_PIECE = 65536


def main() -> None:
    parent, command = int(sys.argv[1]), sys.argv[2:]
    # Functions and not SIG_IGN, which the command would inherit.
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: None)
    signal.signal(signal.SIGUSR1, lambda *_: _end_group())
    try:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, bufsize=0, env=_environment())
    except OSError as error:
        sys.stderr.write(f"{ENDED}it cannot be started: {error.strerror}\n")
        raise SystemExit(127) from None
    assert process.stdout is not None
    relay = threading.Thread(target=_relay, args=(process.stdout.fileno(), _leave_the_pipes()), daemon=True)
    relay.start()
    _watch(parent)
    code = process.wait()
    relay.join(_POLL_SECONDS)  # what it wrote last
    _tell(f"exit code {code}" if code >= 0 else f"signal {-code}")
    os.killpg(0, signal.SIGTERM)  # what it has left behind
    raise SystemExit(code if code >= 0 else 128 - code)


def _environment() -> dict[str, str]:
    """Without what a packed program has put there for itself, which other programs would take for theirs."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("_PYI_", "_MEIPASS"))}
    if _is_packed():
        for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"):
            environment.pop(name, None)
            if (own := environment.pop(f"{name}_ORIG", None)) is not None:
                environment[name] = own
    return environment


def _is_packed() -> bool:
    return bool(getattr(sys, "frozen", False) or "__compiled__" in globals())


def _leave_the_pipes() -> int:
    """They are the command's: the end of its input is to be known to it, and the end of its output to our parent. Gives
    where to write for it."""
    output = os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    return output


def _relay(reading: int, writing: int) -> None:
    """Pass on what the command writes, piece by piece, as long as its messages, which are lines, are not too long."""
    length = 0
    try:
        while piece := os.read(reading, _PIECE):
            first, mark, _ = piece.partition(b"\n")
            if length + len(first) > LONGEST_MESSAGE:
                _tell(f"it wrote a message of more than {LONGEST_MESSAGE // 1024**2} MiB")
                os.close(writing)
                os.kill(os.getpid(), signal.SIGUSR1)
                return
            length = len(piece) - 1 - piece.rindex(b"\n") if mark else length + len(piece)
            _write(writing, piece)
    except OSError:  # nobody reads any more
        return
    os.close(writing)


def _write(writing: int, piece: bytes) -> None:
    while piece:
        piece = piece[os.write(writing, piece) :]


def _tell(how: str) -> None:
    sys.stderr.write(f"{ENDED}{how}\n")
    sys.stderr.flush()


def _watch(parent: int) -> None:
    """Have SIGUSR1 sent to this process when the parent is gone."""
    is_child = os.getppid() == parent
    if sys.platform == "linux" and is_child:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGUSR1))
        if os.getppid() != parent:  # it ended before that
            _end_group()
    elif is_child or _is_packed():  # which may be unpacked by a process between the two
        threading.Thread(target=_poll, args=(parent,), daemon=True).start()
    else:
        _end_group()


def _poll(parent: int) -> None:
    while _lives(parent):
        time.sleep(_POLL_SECONDS)
    os.kill(os.getpid(), signal.SIGUSR1)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except ProcessLookupError:
        return False
    except OSError:  # another user's, or a system without /proc
        return True


def _end_group() -> None:
    os.killpg(0, signal.SIGTERM)
    time.sleep(_GRACE_SECONDS)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
