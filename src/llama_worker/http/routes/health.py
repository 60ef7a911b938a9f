"""Whether the server is well, for whoever watches it."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from starlette.types import Receive, Scope, Send

from ...errors import LlamaWorkerError
from ...worker.model import Model
from ...worker.residency.probe import probe
from ..answers import send_json
from ..pool import ModelPool
from ..problems import without_paths

_PATIENCE_SECONDS = 5.0


class HealthRoutes:
    """The endpoints."""

    def __init__(self, pool: ModelPool) -> None:
        self._pool = pool

    async def health(self, scope: Scope, receive: Receive, send: Send) -> None:
        """200 while something can be served; names no model, as anybody may ask.

        An engine that died is started again by the next request; one that died too often is not, until its model is
        loaded again: with nothing else loaded that is 503.
        """
        states = [model.runtime.state for model in self._pool.worker.models]
        failed = states.count("failed")
        status = "ok" if not failed else "degraded" if failed < len(states) else "error"
        facts = {"loaded": len(states), "failed": failed} if failed else {}
        await send_json(send, {"status": status, **facts}, 503 if status == "error" else 200)

    async def models(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Has every loaded model compute a token: an engine that answers may still not generate. 503 if one cannot."""
        models = self._pool.worker.models
        results = await asyncio.gather(*map(_probed, models))
        named = {self._pool.public_name(model): result for model, result in zip(models, results, strict=True)}
        well = all(result["status"] != "failed" for result in results)
        status = "ok" if well else "failed"
        await send_json(send, {"status": status, "models": named}, 200 if well else 503)


async def _probed(model: Model) -> dict[str, Any]:
    """A model whose slots are all taken is "busy": whether that goes on is seen by those whom it serves."""
    began = time.monotonic()
    try:
        await probe(model.runtime, _PATIENCE_SECONDS)
    except TimeoutError:
        return {"status": "busy"}
    except LlamaWorkerError as error:
        return {"status": "failed", "error": without_paths(error.message), "code": error.code}
    return {"status": "ok", "seconds": round(time.monotonic() - began, 3)}
