"""The measures one by one: what each means, and whether it is in force."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from . import trial
from .files import Reach
from .limits import memory_limit_holds
from .policy import SandboxPolicy
from .report import Measure

Refused = dict[str, str]  # what could not be done, and why
_CONFINEMENT = ("confinement", "privileges", "Landlock", "seccomp")


def measures_in(policy: SandboxPolicy, reach: Reach, refused: Refused) -> Iterator[Measure]:
    """What was asked for by `policy`, each found in force or not."""
    if policy.politeness == "background":
        in_force = "priority" not in refused and trial.priority_is_lowest()
        yield _measure("priority", in_force, "the lowest: it takes what others leave", refused)
    if sys.platform == "linux":
        yield from _memory(policy, reach, refused)
    if not policy.enabled:
        yield Measure("sandbox", False, "switched off by sandbox=False")
        return
    if sys.platform != "win32":
        yield _measure("core dumps", trial.no_core_is_dumped(), "none", refused)
    if sys.platform == "linux":
        in_force = "out of memory" not in refused
        yield _measure("out of memory", in_force, "the kernel ends it before the program", refused)
        yield from _confinement(policy, reach, refused)
    else:
        yield Measure("confinement", False, f"nothing is made of what {sys.platform} offers for it")


def _memory(policy: SandboxPolicy, reach: Reach, refused: Refused) -> Iterator[Measure]:
    if memory_limit_holds(policy, gpu=reach.gpu):
        most = f"at most {policy.memory_limit / 1e9:.2f} GB beside what it maps from files"
        yield _measure("memory", trial.memory_is_limited(), most, refused)
    elif policy.memory_limit:
        yield Measure("memory", False, "no limit, as nobody can tell what the driver of a GPU reserves")


def _confinement(policy: SandboxPolicy, reach: Reach, refused: Refused) -> Iterator[Measure]:
    reads = "" if reach.reads_anything else ", and reads only the model, the system and Python"
    files = trial.file_cannot_be_written(policy.model_files[0]) and "Landlock" not in refused
    yield _measure("files", files, f"it changes none but its own{reads}", refused)
    network = trial.network_cannot_be_reached() and "seccomp" not in refused
    yield _measure("network", network, "it answers on its own socket and reaches nobody", refused)
    yield _programs(reach, refused)
    yield _measure("privileges", trial.no_privileges_can_be_gained(), "it gains none", refused)


def _programs(reach: Reach, refused: Refused) -> Measure:
    if not reach.program:
        return _measure("programs", trial.programs_cannot_be_started(), "it starts none", refused)
    if reach.executed is None:
        return Measure("programs", False, "the engine is a script, which may start anything")
    in_force = not refused.keys() & {"confinement", "privileges", "Landlock"}
    return _measure("programs", in_force, "it starts no other", refused)


def _measure(name: str, in_force: bool, meaning: str, refused: Refused) -> Measure:
    if in_force:
        return Measure(name, True, meaning)
    why = [f"{what}: {reason}" for what, reason in refused.items() if what == name or what in _CONFINEMENT]
    return Measure(name, False, "; ".join(why) or "the system does not keep to it")
