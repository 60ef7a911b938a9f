"""The same names without async.

    from llama_worker.sync import LlamaWorker

    with LlamaWorker() as worker:
        model = worker.load_model("builtin")
        session = model.create_session(system_prompt="You are helpful.")
        for text in session.prompt("Hello!"):
            print(text, end="", flush=True)
        reply = session.prompt("And again?")
        print(reply.text, reply.usage)

A worker runs in a thread of its own, which lives as long as the worker does. Its methods may be called from any
thread, several at once, but not from a coroutine: use `llama_worker.LlamaWorker` there.
"""

from .handles import ChatSession, Context, Model
from .operation import Operation
from .worker import LlamaWorker

__all__ = ["ChatSession", "Context", "LlamaWorker", "Model", "Operation"]
