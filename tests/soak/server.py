"""`llama-worker serve` with short stalls: `python -m tests.soak.server NAME=PATH...` prints its port."""

from __future__ import annotations

import asyncio
import sys

from llama_worker.config.named_model import NamedModel
from llama_worker.http.serving.running import Plan, serve_until_signal
from llama_worker.http.serving.server import listen
from llama_worker.options import LlamaOptions, ServerOptions

from .world import STALLS

if __name__ == "__main__":
    named = (argument.split("=", 1) for argument in sys.argv[1:])
    models = {name: NamedModel(model=model, warm_up=True) for name, model in named}
    plan = Plan(llama=LlamaOptions(**STALLS), models=models, server=ServerOptions(keep_alive=None))  # type: ignore[arg-type]
    asyncio.run(
        serve_until_signal(
            plan, listen("127.0.0.1", 0, has_key=False), lambda socket, _: print(socket.getsockname()[1], flush=True)
        )
    )
