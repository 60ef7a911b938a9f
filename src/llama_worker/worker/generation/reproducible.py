"""The same text whatever else runs: computed by itself, from the beginning, with the same random numbers.

An engine computes what several sequences ask for in one batch, and sums in another order there; what it has kept of a
prompt's beginning was computed in other batches, too. Both change the last digits of logits, and so, now and then, a
token.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from typing import Any

from ...engine.api.endpoints import slots
from ...engine.engine import Engine
from ...engine.settings import EngineSettings
from ...errors import NotReproducibleError

SEED = 0
"""Of sampled answers for which nobody gave one."""
# A request that was left may be computed until its batch ends.
_POLL_SECONDS = 0.005


async def ready_to_reproduce(engine: Engine) -> None:
    """Return when the engine computes nothing any more; whoever waits has all its slots.

    Raises `NotReproducibleError` where equal text cannot be promised.
    """
    check_settings(engine.settings)
    while any(slot.is_processing for slot in await slots(engine)):  # noqa: ASYNC110 - the engine tells nobody
        await asyncio.sleep(_POLL_SECONDS)


@asynccontextmanager
async def steady_threads(engine: Engine, wanted: bool) -> AsyncIterator[None]:
    """A block in which the engine computes with the same number of threads each time, if `wanted`."""
    with engine.governor.steady() if wanted and engine.governor else nullcontext():
        yield


async def as_promised(engine: Engine, body: dict[str, Any]) -> dict[str, Any]:
    """A request over HTTP; a `reproducible` one computes from the beginning, with a seed, when nothing else does.

    Raises `NotReproducibleError`.
    """
    rest = {name: value for name, value in body.items() if name != "reproducible"}
    if not body.get("reproducible"):
        return rest
    if body.get("n", 1) > 1:
        raise _refusal("several answers to one request are computed together; ask for one at a time")
    await ready_to_reproduce(engine)
    return {"seed": SEED} | rest | {"cache_prompt": False}


def check_settings(settings: EngineSettings) -> None:
    """Raise `NotReproducibleError` where an engine with them may compute otherwise from one time to the next."""
    if reason := _reason_against(settings):
        raise _refusal(reason)


def _refusal(reason: str) -> NotReproducibleError:
    return NotReproducibleError(f"The same text cannot be promised: {reason}.", path="reproducible")


def _reason_against(settings: EngineSettings) -> str:
    reasons = {
        "a GPU may sum in another order each time; use a worker with gpu=False": settings.gpu
        and settings.likely_gpu_layers,
        "sequences that share a cache change each other's places in it; load the model with kv_unified=False, or "
        "sequences=1": settings.kv_unified and settings.sequences > 1,
        "what is drafted decides which tokens are computed together; load the model without speculation": (
            settings.speculation is not None
        ),
        "what engine_arguments change is not known; load the model without them": settings.engine_arguments,
    }
    return next((reason for reason, holds in reasons.items() if holds), "")
