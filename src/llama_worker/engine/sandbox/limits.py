"""What an engine may take: no core files, and so much memory."""

from __future__ import annotations

import os

from .policy import SandboxPolicy

_USUAL_STACK = 8 << 20
# 0 still hands a dump to a program that the system has named for it; at 1 the kernel makes none of either kind.
_NO_CORE = 1


def refuse_core_dumps() -> None:
    """A model's memory may hold what somebody said, and can be as large as a disk."""
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (_NO_CORE, _NO_CORE))


def memory_limit_holds(policy: SandboxPolicy, *, gpu: bool) -> bool:
    """Whether there is a limit for an engine with or without a GPU's driver."""
    return policy.memory_limit > 0 and (policy.memory_limit_with_gpu or not gpu)


def limit_memory(policy: SandboxPolicy) -> None:
    """Beyond this the engine's allocations fail, which it answers with an error to whoever asked for too much.

    RLIMIT_DATA counts private memory that can be written to: not files that are mapped for reading, but the whole of
    each thread's stack, of which next to nothing is used. A limit that stands already and is lower stays.
    """
    import resource

    standing = [limit for limit in resource.getrlimit(resource.RLIMIT_DATA) if limit != resource.RLIM_INFINITY]
    limit = min([policy.memory_limit + _stacks(policy.threads), *standing])
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def _stacks(threads: int) -> int:
    import resource

    size, _ = resource.getrlimit(resource.RLIMIT_STACK)
    return (threads + (os.cpu_count() or 1)) * (_USUAL_STACK if size == resource.RLIM_INFINITY else size)
