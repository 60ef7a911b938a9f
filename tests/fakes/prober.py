"""Tries what an engine must not do, from within its sandbox, and prints what came of it, as JSON.

`python -m tests.fakes.prober POLICY PLACES` enters the sandbox as the bundled engine does; with POLICY "-" it is run as
a foreign engine's program, within a sandbox already. PLACES names files and ports to try.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import mmap
import os
import resource
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

ATTEMPTS: dict[str, Callable[[dict[str, Any]], object]] = {}
_UNSHARE, _PTRACE, _IO_URING = {"x86_64": (272, 101, 425), "aarch64": (97, 117, 425)}.get(os.uname().machine, (-1,) * 3)

_SEIZE, _NOBODY = 0x4206, 0x7FFFFFFF


def attempt(function: Callable[[dict[str, Any]], object]) -> Callable[[dict[str, Any]], object]:
    ATTEMPTS[function.__name__] = function
    return function


@attempt
def read_the_model(places: dict[str, Any]) -> None:
    Path(places["model"]).read_bytes()


@attempt
def write_the_model(places: dict[str, Any]) -> None:
    os.close(os.open(places["model"], os.O_WRONLY))


@attempt
def remove_the_model(places: dict[str, Any]) -> None:
    Path(places["model"]).unlink()


@attempt
def read_another_file(places: dict[str, Any]) -> None:
    Path(places["secret"]).read_bytes()


@attempt
def write_beside_it(places: dict[str, Any]) -> None:
    Path(places["secret"] + ".new").write_text("x")


@attempt
def write_its_own_file(places: dict[str, Any]) -> None:
    own = Path(places["directory"]) / "state"
    own.write_text("x")
    own.unlink()


@attempt
def listen_on_its_own_socket(places: dict[str, Any]) -> None:
    with socket.socket(socket.AF_UNIX) as own:
        own.bind(str(Path(places["directory"]) / "s"))
        own.listen()


@attempt
def reach_a_socket(places: dict[str, Any]) -> None:
    with socket.socket(socket.AF_UNIX) as other:
        other.connect(places["socket"])


@attempt
def send_to_a_socket(places: dict[str, Any]) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other:
        other.sendto(b"x", places["datagrams"])


@attempt
def reach_a_port(places: dict[str, Any]) -> None:
    with socket.socket() as other:
        other.connect(("127.0.0.1", places["port"]))


@attempt
def send_a_datagram(places: dict[str, Any]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.sendto(b"x", ("127.0.0.1", places["port"]))


@attempt
def listen_on_a_port(places: dict[str, Any]) -> None:
    with socket.socket() as own:
        own.bind(("127.0.0.1", places.get("own_port", 0)))


@attempt
def start_a_program(_: dict[str, Any]) -> None:
    os.posix_spawn("/bin/true", ["true"], {})


@attempt
def fork(_: dict[str, Any]) -> None:
    if os.fork() == 0:
        os._exit(0)


@attempt
def start_a_thread(_: dict[str, Any]) -> None:
    thread = threading.Thread(target=int)
    thread.start()
    thread.join()


@attempt
def look_into_its_parent(_: dict[str, Any]) -> None:
    Path(f"/proc/{os.getppid()}/environ").read_bytes()


@attempt
def signal_its_parent(_: dict[str, Any]) -> None:
    os.kill(os.getppid(), 0)


@attempt
def trace(_: dict[str, Any]) -> None:
    """Nobody, as whoever is traced would wait for us."""
    with contextlib.suppress(ProcessLookupError):
        system(_PTRACE, _SEIZE, _NOBODY, None, None)


@attempt
def leave_its_namespace(_: dict[str, Any]) -> None:
    system(_UNSHARE, 0)


@attempt
def use_io_uring(_: dict[str, Any]) -> None:
    """Without its parameters, which are looked at after the right to it."""
    try:
        system(_IO_URING, 1, None)
    except OSError as error:
        if error.errno != errno.EFAULT:
            raise


@attempt
def take_a_gigabyte(_: dict[str, Any]) -> None:
    mmap.mmap(-1, 1 << 30, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS).close()


def system(number: int, *arguments: int | None) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(number, *arguments) < 0:
        raise OSError(ctypes.get_errno(), "")


def outcome(function: Callable[[dict[str, Any]], object], places: dict[str, Any]) -> str:
    try:
        function(places)
    except OSError as error:
        return errno.errorcode[error.errno or 0]
    except MemoryError:
        return "ENOMEM"
    return "done"


def main() -> None:
    policy, places = sys.argv[1], json.loads(sys.argv[2])
    if policy != "-":
        enter_sandbox(policy)
    found = {name: outcome(try_it, places) for name, try_it in ATTEMPTS.items()}
    facts = {
        "core": resource.getrlimit(resource.RLIMIT_CORE)[1],
        "oom_score": int(Path("/proc/self/oom_score_adj").read_text()),
        "nice": os.getpriority(os.PRIO_PROCESS, 0),
        "disk": int(psutil.Process().ionice().ioclass),
    }
    print(json.dumps({"found": found, "facts": facts}), flush=True)
    print(json.dumps({"became": outcome(become_a_program, places)}))


def become_a_program(_: dict[str, Any]) -> None:
    os.execv("/bin/sh", ["sh", "-c", """echo '{"became": "a shell"}'"""])


def enter_sandbox(policy: str) -> None:
    from msgspec import json as decoding

    from llama_worker.engine.sandbox.enter import enter
    from llama_worker.engine.sandbox.files import Reach
    from llama_worker.engine.sandbox.policy import SandboxPolicy

    enter(decoding.decode(policy, type=SandboxPolicy), Reach())


if __name__ == "__main__":
    main()
