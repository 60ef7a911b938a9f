"""Message ports: in-process, stdio, WebSocket, and the bridge that speaks over them.

from llama_worker.ports import LlamaWorkerBridge, stdio_port

async with LlamaWorkerBridge(stdio_port()) as worker:  # as LlamaWorker, in a process of its own
    ...
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .client.bridge import LlamaWorkerBridge
    from .client.in_process import in_process_port
    from .client.model import RemoteContext, RemoteModel
    from .client.session import RemoteSession
    from .client.stdio import stdio_port
    from .client.websocket import websocket_port
    from .local import local_ports
    from .port import ClientPort, MessagePort, WorkerPort
    from .server.connection import Connection
    from .server.service import WorkerService
    from .server.websocket import WebSocketEndpoint

# Imported on first use: `llama-worker stdio` needs no WebSocket, and a client no worker.
_HOMES = {
    "ClientPort": ".port",
    "Connection": ".server.connection",
    "LlamaWorkerBridge": ".client.bridge",
    "MessagePort": ".port",
    "RemoteContext": ".client.model",
    "RemoteModel": ".client.model",
    "RemoteSession": ".client.session",
    "WebSocketEndpoint": ".server.websocket",
    "WorkerPort": ".port",
    "WorkerService": ".server.service",
    "in_process_port": ".client.in_process",
    "local_ports": ".local",
    "stdio_port": ".client.stdio",
    "websocket_port": ".client.websocket",
}

__all__ = [
    "ClientPort",
    "Connection",
    "LlamaWorkerBridge",
    "MessagePort",
    "RemoteContext",
    "RemoteModel",
    "RemoteSession",
    "WebSocketEndpoint",
    "WorkerPort",
    "WorkerService",
    "in_process_port",
    "local_ports",
    "stdio_port",
    "websocket_port",
]

if not TYPE_CHECKING:  # which would take any name for one that is there

    def __getattr__(name: str) -> Any:
        if name in _HOMES:
            return getattr(import_module(_HOMES[name], __name__), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
