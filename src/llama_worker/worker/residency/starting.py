"""From a file and what was asked for to a model whose engine runs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from ...engine.command import EngineKind
from ...engine.supervisor import EngineSupervisor
from ...errors import EngineDiedError
from ...messages.events import EngineReduced, Progress
from ..calibration.loading import started_and_measured, with_known_speed
from ..loading import LoadedFiles, settings_for, supervisor_for
from ..operations.operation import Operation
from .first_load import import_what_answers
from .on_gpu import has_too_few_layers

if TYPE_CHECKING:
    from ..runtime import ModelRuntime
    from .residency import Residency


async def start_model(
    residency: Residency,
    of: LoadedFiles,
    kind: EngineKind,
    operation: Operation[Any, Progress],
    on_death: Callable[[EngineDiedError], None],
    made: Callable[[LoadedFiles, EngineSupervisor], ModelRuntime],
) -> ModelRuntime:
    """Start an engine, for which others may have to leave. Raises what starting one raises, `InvalidOptionsError` and
    `InsufficientMemoryError`.

    Nothing is awaited once the engine runs: an abort in between would lose it.
    """
    of, settings = await settings_for(of, kind, await residency.attainable_bytes())
    while has_too_few_layers(of, settings) and await residency.leave_gpu():
        of, settings = await settings_for(of, kind, await residency.attainable_bytes())
    of, settings = await with_known_speed(of, settings, kind)
    supervisor = supervisor_for(of, settings, kind)
    supervisor.on_death = partial(_died, residency, on_death)
    supervisor.on_reduced = lambda changes: operation.report(EngineReduced(changes))

    def report(progress: Progress) -> None:
        import_what_answers()  # while it loads
        operation.report(progress)

    with residency.entered(of, supervisor) as resident:
        of = await started_and_measured(of, supervisor, report)
        runtime = made(of, supervisor)
        runtime.usage.hold()  # nobody ends it before those who wait for the load can use it
        residency.settle(resident, runtime)
        operation.add_done_callback(lambda _: residency.settled(resident, runtime))
    return runtime


def _died(residency: Residency, on_death: Callable[[EngineDiedError], None], death: EngineDiedError) -> None:
    residency.changes.tell()  # its memory is free
    on_death(death)
