"""Which files an engine may read and change, as rules for Landlock."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

from msgspec import Struct

from .devices import driver_caches
from .landlock import Access, Rule
from .policy import SandboxPolicy

_SYSTEM = ("/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime", "/sys")
# Not all of /proc, where the environment of the program can be read.
_PROC = ("/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/version", "/proc/sys/vm")
_PLAIN_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
_OWN = Access.READ | Access.WRITE_FILE | Access.REMOVE_FILE | Access.MAKE_REG | Access.MAKE_SOCK | Access.TRUNCATE
_DRIVERS = _OWN | Access.MAKE_DIR | Access.REMOVE_DIR | Access.REFER | Access.IOCTL_DEV


class Reach(Struct, frozen=True):
    """What decides how far an engine must reach.

    `gpu`: a GPU's driver is at work in it. `program`: it is another program, with libraries wherever. `executed`: what
    of that has to be executable; None: anything.
    """

    gpu: bool = False
    program: str = ""
    executed: tuple[str, ...] | None = ()

    @property
    def reads_anything(self) -> bool:
        """Where libraries lie that are loaded later, nobody can tell."""
        return self.gpu or bool(self.program)


def handled(reach: Reach) -> Access:
    """The rights that are taken, but for what the rules grant."""
    access = Access.CHANGE
    if not reach.reads_anything:
        access |= Access.READ
    return access | Access.EXECUTE if reach.executed is not None else access


def rules(policy: SandboxPolicy, reach: Reach) -> Iterator[Rule]:
    """What an engine under `policy` may read, change and execute."""
    yield Rule(policy.directory, _OWN, needed=True)
    yield Rule(os.path.dirname(policy.directory), Access.REMOVE_DIR)  # which removes empty ones, such as its own
    yield from (Rule(path, Access.READ, needed=True) for path in policy.model_files)
    yield from (Rule(path, Access.READ | Access.WRITE_FILE) for path in _PLAIN_DEVICES)
    yield from (Rule(path, Access.READ) for path in (*_SYSTEM, *_PROC, *_python()))
    yield from (Rule(path, Access.EXECUTE, needed=True) for path in reach.executed or ())
    if reach.gpu:
        yield from (Rule(path, _DRIVERS) for path in ("/dev", *driver_caches()))


def _python() -> Iterator[str]:
    """This interpreter, its library and its packages; of a packed program, where it unpacks itself."""
    yield from {sys.prefix, sys.base_prefix, sys.exec_prefix, *filter(None, sys.path)}
    yield from filter(None, (getattr(sys, "_MEIPASS", None),))
