"""Message ports: in-process, stdio, WebSocket, and the bridge that speaks over them.

from llama_worker.ports import LlamaWorkerBridge, stdio_port

async with LlamaWorkerBridge(stdio_port()) as worker:  # as LlamaWorker, in a process of its own
    ...
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .bridge import LlamaWorkerBridge
    from .child import stdio_port
    from .connection import Connection
    from .in_process import in_process_port
    from .local import local_ports
    from .port import ClientPort, MessagePort, WorkerPort
    from .service import WorkerService
    from .websocket import WebSocketEndpoint
    from .websocket_client import websocket_port

# Imported on first use: `llama-worker stdio` needs no WebSocket, and a client no worker.
_HOMES = {
    "ClientPort": ".port",
    "Connection": ".connection",
    "LlamaWorkerBridge": ".bridge",
    "MessagePort": ".port",
    "WebSocketEndpoint": ".websocket",
    "WorkerPort": ".port",
    "WorkerService": ".service",
    "in_process_port": ".in_process",
    "local_ports": ".local",
    "stdio_port": ".child",
    "websocket_port": ".websocket_client",
}

__all__ = [
    "ClientPort",
    "Connection",
    "LlamaWorkerBridge",
    "MessagePort",
    "WebSocketEndpoint",
    "WorkerPort",
    "WorkerService",
    "in_process_port",
    "local_ports",
    "stdio_port",
    "websocket_port",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name], __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
