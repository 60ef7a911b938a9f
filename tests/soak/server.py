"""`llama-worker serve` with short stalls: `python -m tests.soak.server NAME=PATH...` prints its port."""

from __future__ import annotations

import asyncio
import sys

from llama_worker.http.serving.running import Plan, serve_until_signal
from llama_worker.http.serving.server import listen
from llama_worker.options import LlamaOptions

from .world import STALLS

if __name__ == "__main__":
    models = dict(argument.split("=", 1) for argument in sys.argv[1:])
    plan = Plan(llama=LlamaOptions(**STALLS), models=models, server={"keep_alive": None})  # type: ignore[arg-type]
    asyncio.run(
        serve_until_signal(
            plan, listen("127.0.0.1", 0, has_key=False), lambda socket, _: print(socket.getsockname()[1], flush=True)
        )
    )
