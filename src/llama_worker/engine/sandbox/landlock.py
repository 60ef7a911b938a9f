"""Landlock: a process gives up access to files and ports, for itself and all that it starts (Linux 5.13 and later).

Three system calls, whose numbers are the same on every processor: see landlock(7). What the kernel at hand does not
know yet is left out.
"""

from __future__ import annotations

import contextlib
import os
import stat
import struct
from collections.abc import Iterator, Sequence
from enum import IntFlag

from msgspec import Struct

from .kernel import call

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_ONLY = 1
_PATH_BENEATH, _NET_PORT = 1, 2
_BIND_TCP, _CONNECT_TCP = 1, 2
_ABSTRACT_SOCKETS, _SIGNALS = 1, 2
_NETWORK_ABI, _SCOPES_ABI = 4, 6


class Access(IntFlag):
    """LANDLOCK_ACCESS_FS_*, and what is made of them."""

    EXECUTE = 1 << 0
    WRITE_FILE = 1 << 1
    READ_FILE = 1 << 2
    READ_DIR = 1 << 3
    REMOVE_DIR = 1 << 4
    REMOVE_FILE = 1 << 5
    MAKE_DIR = 1 << 7
    MAKE_REG = 1 << 8
    MAKE_SOCK = 1 << 9
    REFER = 1 << 13
    TRUNCATE = 1 << 14
    IOCTL_DEV = 1 << 15
    READ = READ_FILE | READ_DIR
    CHANGE = 0xFFFF & ~(READ | EXECUTE)
    ANY = 0xFFFF


_OF_FILES = Access.EXECUTE | Access.WRITE_FILE | Access.READ_FILE | Access.TRUNCATE | Access.IOCTL_DEV
# Which ABI brought the rights after the first thirteen.
_KNOWN_SINCE = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 5: 0xFFFF}


class Rule(Struct, frozen=True):
    """`access` to a file, or to all beneath a directory; a path that is missing is passed over, if not `needed`."""

    path: str
    access: Access
    needed: bool = False


def abi_version() -> int:
    """What this kernel knows of Landlock. Raises OSError where it knows nothing, or where it is switched off."""
    return call(_CREATE_RULESET, None, 0, _VERSION_ONLY)


def restrict(rules: Sequence[Rule], *, handled: Access, port: int) -> None:
    """Take every `handled` right from this thread, but for what `rules` grant; TCP too, but for listening on `port`.

    Needs no_new_privs. Threads that run already keep their rights. Raises OSError, with nothing taken.
    """
    abi = abi_version()
    known = max(mask for since, mask in _KNOWN_SINCE.items() if since <= abi)
    attributes = struct.pack("QQQ", handled & known, *_beyond_files(abi))
    with _closing(call(_CREATE_RULESET, attributes, len(attributes), 0)) as ruleset:
        for rule in rules:
            _add(ruleset, rule, handled & known)
        if port and abi >= _NETWORK_ABI:
            call(_ADD_RULE, ruleset, _NET_PORT, struct.pack("QQ", _BIND_TCP, port), 0)
        call(_RESTRICT_SELF, ruleset, 0)


def _beyond_files(abi: int) -> tuple[int, int]:
    """Rights on TCP ports, and what must stay within this process: abstract Unix sockets and signals."""
    network = _BIND_TCP | _CONNECT_TCP if abi >= _NETWORK_ABI else 0
    return network, _ABSTRACT_SOCKETS | _SIGNALS if abi >= _SCOPES_ABI else 0


def _add(ruleset: int, rule: Rule, handled: int) -> None:
    try:
        descriptor = os.open(rule.path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        if rule.needed:
            raise
        return
    with _closing(descriptor):
        directory = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        access = rule.access & handled & (Access.ANY if directory else _OF_FILES)
        if access:
            call(_ADD_RULE, ruleset, _PATH_BENEATH, struct.pack("=Qi", access, descriptor), 0)


@contextlib.contextmanager
def _closing(descriptor: int) -> Iterator[int]:
    try:
        yield descriptor
    finally:
        os.close(descriptor)
