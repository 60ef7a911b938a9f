"""From nothing to the first token, and what an import takes of that: each sample starts its process anew, of a program
that does nothing else.

The bare engine is the floor: ours starts a process of its own for the same engine, after asyncio and the package.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial

from benchmarks.contestants.environments import REPOSITORY
from benchmarks.contestants.process import environment
from benchmarks.contestants.table import CONTESTANTS, FIRST_TOKENS
from benchmarks.measuring.comparison import Bar, Comparison, Figure, Figures, Run, Side
from benchmarks.sides.contestants import BARE, OURS, model_of

RUN = "llama-worker run"
LIBRARIES = ("llama-cpp-python", "node-llama-cpp")
_IMPORTS = {
    OURS: ("-c", "from llama_worker import LlamaWorker"),
    BARE: ("-c", "import xllamacpp"),
    "llama-cpp-python": ("-c", "import llama_cpp"),
}
_NODE_IMPORT = "await import(process.argv[1] + '/node_modules/node-llama-cpp/dist/index.js')"


@asynccontextmanager
async def starting(run: Run) -> AsyncIterator[list[Side]]:
    model = str(model_of(run, "builtin"))
    commands = {name: first_token_of(name, model) for name in _names(run)}
    commands[RUN] = (sys.executable, "-m", "llama_worker", "run", model, "Hello!", "--max-tokens", "8")
    yield [Side(name, partial(_timed, _first_output, command)) for name, command in commands.items()]


@asynccontextmanager
async def importing(run: Run) -> AsyncIterator[list[Side]]:
    yield [Side(name, partial(_timed, _end, _import_of(name))) for name in _names(run)]


def _names(run: Run) -> list[str]:
    wanted = (OURS, BARE, *LIBRARIES) if run.peers else (OURS, BARE)
    return [name for name in wanted if not CONTESTANTS[name].missing]


def first_token_of(name: str, model: str) -> tuple[str, ...]:
    """The command of that library's program."""
    program, *arguments = CONTESTANTS[name].command
    if name in _IMPORTS:
        return (program, str(FIRST_TOKENS / f"{name.replace('-', '_')}.py"), model)
    return (program, str(FIRST_TOKENS / "node_llama_cpp.mjs"), arguments[-1], model)


def _import_of(name: str) -> tuple[str, ...]:
    program, *arguments = CONTESTANTS[name].command
    if name in _IMPORTS:
        return (program, *_IMPORTS[name])
    return (program, "--input-type=module", "-e", _NODE_IMPORT, arguments[-1])


async def _timed(wait: Callable[[asyncio.subprocess.Process], Awaitable[None]], command: tuple[str, ...]) -> Figures:
    began = time.perf_counter()
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=REPOSITORY,
        env=environment(),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=pipe,
        stderr=asyncio.subprocess.DEVNULL,
    )
    await wait(process)
    seconds = time.perf_counter() - began
    await process.communicate()
    if process.returncode:
        raise RuntimeError(f"`{' '.join(command)}` ended with {process.returncode}.")
    return {"seconds": seconds}


async def _first_output(process: asyncio.subprocess.Process) -> None:
    assert process.stdout is not None
    await process.stdout.read(1)


async def _end(process: asyncio.subprocess.Process) -> None:
    await process.wait()


_SECONDS = (Figure("seconds", "s", "lower"),)

COMPARISONS = [
    Comparison(
        name="start",
        sentence="From the start of a program to the first token of the built-in model.",
        figures=_SECONDS,
        sides=starting,
        bars=(
            Bar("from import to the first token, over the other libraries", "seconds", OURS, LIBRARIES, at_most=1.0),
            Bar("`llama-worker run`, over the other libraries", "seconds", RUN, LIBRARIES, at_most=1.0),
        ),
        rounds=7,
    ),
    Comparison(
        name="import",
        sentence="A process that imports the library and ends.",
        figures=_SECONDS,
        sides=importing,
        bars=(Bar("over the other libraries", "seconds", OURS, LIBRARIES, at_most=1.0),),
        rounds=7,
    ),
]
