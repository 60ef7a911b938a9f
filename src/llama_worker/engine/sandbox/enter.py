"""From a policy to a process that keeps to it, as far as the system lets it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

from .devices import driver_is_asleep
from .files import Reach, handled, rules
from .kernel import refuse_new_privileges
from .landlock import restrict
from .limits import limit_memory, memory_limit_holds, refuse_core_dumps
from .measures import Refused, measures_in
from .policy import SandboxPolicy
from .priority import end_before_the_program, give_way
from .report import SandboxReport
from .seccomp import Allowed, refuse_calls

_ASLEEP = "the GPU's driver has yet to start a program of its own, as it does once after a boot"
Step = tuple[str, Callable[[], object]]


def enter(policy: SandboxPolicy, reach: Reach) -> SandboxReport:
    """Put this process under `policy`, before it has threads of its own; what the system refuses is left out.

    Says what is in force then.
    """
    refused: Refused = {}
    for name, take in _steps(policy, reach):
        try:
            take()
        except (OSError, ValueError, AttributeError, ImportError) as error:
            refused[name] = str(error)
    return SandboxReport(tuple(measures_in(policy, reach, refused)))


def _steps(policy: SandboxPolicy, reach: Reach) -> Iterator[Step]:
    if policy.politeness == "background":
        yield "priority", give_way
    if policy.enabled and sys.platform != "win32":
        yield "core dumps", refuse_core_dumps
    if sys.platform == "linux":
        if memory_limit_holds(policy, gpu=reach.gpu):
            yield "memory", lambda: limit_memory(policy)
        if policy.enabled:
            yield "out of memory", end_before_the_program
            yield from _confinement(policy, reach)


def _confinement(policy: SandboxPolicy, reach: Reach) -> Iterator[Step]:
    """In this order: the later ones need the first, and the last one would refuse them."""
    native = reach.executed is not None
    allowed = Allowed(
        tcp=bool(policy.port), connect=reach.gpu, execute=bool(reach.program), fork=bool(reach.program) and not native
    )
    if reach.program and driver_is_asleep():
        yield "confinement", _put_off
        return
    yield "privileges", refuse_new_privileges
    yield "Landlock", lambda: restrict(list(rules(policy, reach)), handled=handled(reach), port=policy.port)
    yield "seccomp", lambda: refuse_calls(allowed)


def _put_off() -> None:
    """Not an error of ours: the program would find no GPU."""
    raise OSError(_ASLEEP)
