"""Seccomp: system calls that an engine never needs fail with EPERM from now on, for it and all that it starts.

The filter is a program for the kernel's BPF machine, see seccomp(2): it looks at the processor's kind, the call's
number and, of few calls, at an argument.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import socket
import struct
from collections.abc import Iterable

from msgspec import Struct

from . import syscall_numbers as numbers
from .kernel import call
from .syscall_numbers import Numbers

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN, _AND = 0x20, 0x15, 0x35, 0x45, 0x06, 0x54
_NUMBER_AT, _ARCHITECTURE_AT = 0, 4
_ALLOW, _FAIL = 0x7FFF0000, 0x00050000
_SET_FILTER, _ALL_THREADS = 1, 1
_CLONE_THREAD = 0x00010000
_X32_CALLS = 0x40000000  # a second set of numbers on x86-64
_SOCKET_TYPE = 0xF  # the rest are flags
_ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}

Program = list[tuple[int, int, int, int]]  # code, jump if true, jump if false, number


class Allowed(Struct, frozen=True):
    """What of the things that some engines need this one may do."""

    tcp: bool = False
    connect: bool = False
    execute: bool = False
    fork: bool = False


def refuse_calls(allowed: Allowed) -> None:
    """Install the filter in all threads. Needs no_new_privs. Raises OSError, with nothing installed."""
    column, architecture = _architecture()
    _install(column, _program(column, architecture, allowed))


def refuse_call(name: Numbers) -> None:
    """As `refuse_calls`, for that one alone."""
    column, architecture = _architecture()
    _install(column, [*_beginning(architecture), *_if(name[column], [_fail(errno.EPERM)]), (_RETURN, 0, 0, _ALLOW)])


def _install(column: int, program: Program) -> None:
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in program))
    filter_ = struct.pack("HxxxxxxQ", len(program), ctypes.addressof(code))
    stuck = call(numbers.SECCOMP[column] or 0, _SET_FILTER, _ALL_THREADS, filter_)
    if stuck:
        raise OSError(errno.EBUSY, f"thread {stuck} has a filter of its own")


def _architecture() -> tuple[int, int]:
    machine = platform.machine()
    if machine not in _ARCHITECTURES:
        raise OSError(errno.ENOSYS, f"no filter for {machine}")
    return _ARCHITECTURES[machine]


def _program(column: int, architecture: int, allowed: Allowed) -> Program:
    program = _beginning(architecture)
    for number in _refused(column, allowed):
        program += _if(number, [_fail(errno.EPERM)])
    if not allowed.fork:
        # The C library then starts its threads with clone, whose flags can be looked at here.
        program += _if(numbers.CLONE3[column], [_fail(errno.ENOSYS)])
        program += _if(numbers.CLONE[column], _threads_only())
    if not allowed.connect:
        program += _if(numbers.SENDTO[column], _no_address())
    program += _if(numbers.SOCKET[column], _sockets(allowed.tcp))
    return [*program, (_RETURN, 0, 0, _ALLOW)]


def _beginning(architecture: int) -> Program:
    program: Program = [(_LOAD, 0, 0, _ARCHITECTURE_AT), (_EQUAL, 1, 0, architecture), _fail(errno.EPERM)]
    return [*program, (_LOAD, 0, 0, _NUMBER_AT), (_AT_LEAST, 0, 1, _X32_CALLS), _fail(errno.EPERM)]


def _refused(column: int, allowed: Allowed) -> Iterable[int]:
    tables = [numbers.NEVER]
    tables += [] if allowed.execute else [numbers.EXECUTE]
    tables += [] if allowed.fork else [numbers.FORK]
    tables += [] if allowed.connect else [numbers.REACH_OTHERS]
    for table in tables:
        yield from (pair[column] for pair in table.values() if pair[column] is not None)  # type: ignore[misc]


def _if(number: int | None, steps: Program) -> Program:
    """`steps`, which must end with a return, for the system call of that number."""
    return [(_EQUAL, 0, len(steps), number or 0), *steps]


def _threads_only() -> Program:
    return [_load(0), (_ANY_BIT, 0, 1, _CLONE_THREAD), (_RETURN, 0, 0, _ALLOW), _fail(errno.EPERM)]


def _no_address() -> Program:
    """Sending is for connections that came in; an address would reach anybody's datagram socket."""
    low, high = _load(4), _load(4, high=True)
    return [low, (_EQUAL, 0, 3, 0), high, (_EQUAL, 0, 1, 0), (_RETURN, 0, 0, _ALLOW), _fail(errno.EPERM)]


def _sockets(tcp: bool) -> Program:
    steps: Program = [_load(0), (_EQUAL, 0, 1, socket.AF_UNIX), (_RETURN, 0, 0, _ALLOW)]
    if tcp:
        of_tcp: Program = [_load(1), (_AND, 0, 0, _SOCKET_TYPE), (_EQUAL, 0, 1, socket.SOCK_STREAM)]
        steps += [(_EQUAL, 0, len(of_tcp) + 1, socket.AF_INET), *of_tcp, (_RETURN, 0, 0, _ALLOW)]
    return [*steps, _fail(errno.EPERM)]


def _load(argument: int, *, high: bool = False) -> tuple[int, int, int, int]:
    """Half of an argument of the call; both processors keep the lower half first."""
    return (_LOAD, 0, 0, 16 + 8 * argument + (4 if high else 0))


def _fail(error: int) -> tuple[int, int, int, int]:
    return (_RETURN, 0, 0, _FAIL | error)
