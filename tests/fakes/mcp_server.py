"""An MCP server of a few lines, which does on demand what a good one does not: dies, hangs, changes its tools.

Run as `python mcp_server.py [MODE...]`; it speaks the protocol of the handshake, and writes what it is asked into the
file of MCP_TRACE, line by line.
"""

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

WEATHER = {
    "name": "get_weather",
    "description": "Current weather in a city.",
    "inputSchema": {
        "type": "object",
        "properties": {"city": {"type": "string", "maxLength": 20}},
        "required": ["city"],
    },
}
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
NOTHING = {"type": "object", "properties": {}, "additionalProperties": False}
ODD: list[Any] = [
    5,
    {},
    {"name": "nameless schema"},
    {"name": 5, "inputSchema": NOTHING},
    {"name": "text", "inputSchema": "object"},
    {"name": "null", "inputSchema": None},
    {"name": "untyped", "inputSchema": {}},
    {"name": "string", "inputSchema": {"type": "string"}},
    {"name": "described", "inputSchema": NOTHING, "description": 5},
    {"name": "output", "inputSchema": NOTHING, "outputSchema": 5},
    {"name": "annotated", "inputSchema": NOTHING, "annotations": 5},
]
"""Tools that are none."""
LOOSE: list[dict[str, Any]] = [
    {"type": "object", "properties": 5},
    {"type": "object", "properties": {"a": {"type": "banana"}}},
    {"type": "object", "properties": {"a": True, "b": False}},
    {"type": "object", "properties": {"a": {"$ref": "#/$defs/nowhere"}}},
    {"type": "object", "properties": {"a": {"anyOf": []}}},
    {"type": "object", "required": 5},
]
"""Schemas of tools that no engine could keep to."""
MODES = set(sys.argv[1:])


def tools() -> list[dict[str, Any]]:
    offered: list[dict[str, Any]] = [WEATHER] if "weather" in MODES or not MODES else []
    if "odd" in MODES:
        return [*ODD, WEATHER]
    if "loose" in MODES:
        return [WEATHER, *({"name": f"loose{at}", "inputSchema": schema} for at, schema in enumerate(LOOSE))]
    return offered + [{"name": mode, "inputSchema": NOTHING} for mode in sorted(MODES - {"weather"})]


def call(name: str, arguments: dict[str, object]) -> dict[str, object] | None:
    """The result; None when there is none yet."""
    if name == "get_weather":
        return text(f"sunny in {arguments.get('city')}, 24 degrees")
    if name == "die":
        sys.stderr.write("a last word\n")
        sys.stderr.flush()
        os._exit(3)
    if name == "fail":
        return {**text("no such file"), "isError": True}
    if name == "picture":
        image = {"type": "image", "data": PNG, "mimeType": "image/png"}
        return {"content": [{"type": "text", "text": "a dot"}, image]}
    if name == "long":
        return text("a" * 50_000_000)
    if name == "change":
        MODES.add("weather")
        tell("notifications/tools/list_changed")
        return text("changed")
    return None  # hang


def text(words: str) -> dict[str, object]:
    return {"content": [{"type": "text", "text": words}]}


def tell(method: str) -> None:
    send({"jsonrpc": "2.0", "method": method})


def send(message: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def note(what: str) -> None:
    if path := os.environ.get("MCP_TRACE"):
        with Path(path).open("a") as file:
            file.write(what + "\n")


def answer(method: str, params: dict[str, Any]) -> dict[str, object] | None:
    if method == "initialize":
        info = {"name": "fake", "version": "1"}
        version = params["protocolVersion"]
        return {"protocolVersion": version, "capabilities": {"tools": {"listChanged": True}}, "serverInfo": info}
    if method == "tools/list":
        if "untold" in MODES:
            return {"tools": [], "nextCursor": "again"}
        return {"tools": "none" if "wrong" in MODES else tools()}
    return call(params["name"], params.get("arguments") or {}) if method == "tools/call" else None


def main() -> None:
    note(f"started {os.getpid()} {os.environ.get('SECRET', '')}")
    if "silent" in MODES:
        signal.pause()
    if "refuse" in MODES:
        sys.stderr.write("no key is set\n")
        raise SystemExit(4)
    if "stubborn" in MODES:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for line in sys.stdin:
        message = json.loads(line)
        method, params = message.get("method", ""), message.get("params") or {}
        note(method if method != "tools/call" else f"tools/call {params['name']}")
        if "id" not in message:
            continue
        if method == "initialize" and "unwilling" in MODES:
            send({"jsonrpc": "2.0", "id": message["id"], "error": {"code": -1, "message": "no licence"}})
            continue
        result = answer(method, params)
        if result is not None:
            send({"jsonrpc": "2.0", "id": message["id"], "result": result})
        elif method != "tools/call":
            send({"jsonrpc": "2.0", "id": message["id"], "error": {"code": -32601, "message": "unknown"}})
    if "stubborn" in MODES:
        while True:
            signal.pause()


if __name__ == "__main__":
    main()
