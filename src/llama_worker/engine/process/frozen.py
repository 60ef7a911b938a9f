"""For programs packed into one executable (PyInstaller and the like), whose `sys.executable` is no Python."""

from __future__ import annotations

import sys
from importlib import import_module

from ...errors import EngineNotFoundError
from .calling import FOLLOW

CHILD_MODULE = "llama_worker.engine.process.child"
ENGINE_ARGUMENT = "--llama-worker-engine"
FILE_WORK_MODULE = "llama_worker.worker.filework.child"
FILE_WORK_ARGUMENT = "--llama-worker-files"
MCP_MODULE = "llama_worker.worker.mcp.child"
MCP_ARGUMENT = "--llama-worker-mcp"
SIGNATURE_MODULE = "llama_worker.worker.signing.child"
SIGNATURE_ARGUMENT = "--llama-worker-signature"
_MODULES = {
    ENGINE_ARGUMENT: CHILD_MODULE,
    FILE_WORK_ARGUMENT: FILE_WORK_MODULE,
    MCP_ARGUMENT: MCP_MODULE,
    SIGNATURE_ARGUMENT: SIGNATURE_MODULE,
}
_program: str | None = None


def freeze_support(program: str | None = None) -> None:
    """Call this first in a program that will be packed into an executable; elsewhere it does nothing.

    The engine process is that same executable, started with an argument that this function recognizes: it then
    becomes the engine and never returns. So is the process that quantizes a model, or converts one, the one that
    verifies a signature, and the one that ends an MCP server with the program. PyInstaller's programs have it called
    before their first line, by the hook that llama-worker brings.

    `program`: the executable, where it is not found out: PyInstaller, cx_Freeze and Nuitka tell it themselves, a
    program in C that embeds Python has it in `sys.orig_argv[0]`. Whoever names it says that this is a packed program.
    """
    global _program
    _program = program or _packed_program()
    if _program and (module := _MODULES.get("".join(sys.argv[1:2]))):
        del sys.argv[1]
        import_module(module).main()
        sys.exit()


def child_command(argument: str = ENGINE_ARGUMENT) -> list[str]:
    """How to start the engine process, or another one of ours that `freeze_support` knows by its argument.

    Raises `EngineNotFoundError` in a packed program that has not called `freeze_support()`: it would start itself
    again and again.
    """
    if _program:
        return [_program, argument]
    if is_packed():
        raise EngineNotFoundError("A packed program must call llama_worker.freeze_support() before anything else.")
    return [sys.executable, "-P", "-m", _MODULES[argument]]


def bundled_command(*, follow: bool) -> list[str]:
    """A process that will serve a model with the bundled engine; with `follow` the number of its threads will follow
    the CPUs that they may use. Raises `EngineNotFoundError`."""
    return [*child_command(), *([FOLLOW] if follow else [])]


def is_packed() -> bool:
    """Whether there is no Python to start, but this program alone."""
    return bool(_program or _packed_program())


def _packed_program() -> str | None:
    """This program's executable, when a packer that says so has made it."""
    if getattr(sys, "frozen", False):
        return sys.executable
    compiled = globals().get("__compiled__")  # Nuitka's, in each module that it has compiled
    return getattr(compiled, "process_exe", sys.argv[0]) if getattr(compiled, "standalone", False) else None
