"""A model that is not here, made ready to be loaded."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from msgspec import structs

from ...errors import FileWorkError
from ...messages.events import Downloading, Event, Progress
from ...models.hub_names import HubName
from ...models.names import ModelName
from ...models.store.converted import converted_path
from ...options import ModelOptions
from ..filework.convert import begin_converting, checked_conversion
from ..finding.fitting import Machine
from ..library import Library
from .plan import plan_making

_SHARE = 0.95  # of the progress of a load; the rest is loading


async def make_ready(
    library: Library,
    name: ModelName,
    options: ModelOptions,
    machine: Callable[[], Awaitable[Machine]],
    report: Callable[[Event], object],
) -> None:
    """Download a model that is not here, or convert the repository that has none, if `options.convert` allows it; of
    several models one that fits `machine`.

    Raises what downloading and converting raise.
    """
    if not options.convert or not isinstance(name, HubName):
        return
    if await asyncio.to_thread(library.files_here, name) is not None:
        return
    plan = await plan_making(library, name, options.quantize, machine)
    if plan.disk_bytes > plan.free_bytes:
        raise FileWorkError(f"{plan}: make room first.", reason="disk_full")

    def tell(event: Progress) -> None:
        report(structs.replace(event, value=event.value * _SHARE))

    if not plan.converts:
        chosen = str(plan.chosen) if plan.chosen else ""

        def tell_why(event: Downloading) -> None:
            tell(structs.replace(event, chosen=chosen, reason=plan.reason))

        await library.fetch(plan.chosen or name, report=tell_why)
        return
    source = str(structs.replace(name, quantization=None))
    target = converted_path(library.store.plain_folder, name, plan.quantization)
    order = checked_conversion(source, target, "auto", plan.quantization, False, None, "normal")
    converting = begin_converting(library, order)
    async for event in converting:
        tell(event)
    await converting
