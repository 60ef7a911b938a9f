"""MCP servers in the JSON that many programs share: `{"mcpServers": {"files": {"command": "npx", "args": [...]}}}`."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from ..errors import ConfigurationError, InvalidOptionsError
from ..options import McpServerOptions, build_options
from ..options.hints import option_names
from ..options.plain import expanded

_TABLES = ("mcpServers", "servers", "context_servers")
_LARGEST_FILE = 1 << 20
_OTHER_NAMES = {"httpUrl": "url", "serverUrl": "url"}
_TYPES = {"streamable-http": "http", "streamable_http": "http", "streamableHttp": "http", "streamableHTTP": "http"}
_UNSUPPORTED = {
    "envFile": "write its variables into `env`",
    "auth": "write the key into `headers`",
    "oauth": "write the key into `headers`",
}


def read_mcp_servers(path: str | os.PathLike[str]) -> dict[str, McpServerOptions]:
    """The servers in a file of Claude Desktop, Cursor, VS Code and others, by name, without those that are `disabled`.

    `allow` and `tools` are ours and may stand in it. What other programs say beside (their own lists of tools that need
    no asking, icons) is not read. Raises `ConfigurationError` for what cannot be read, or cannot be done.
    """
    file = expanded(path).absolute()
    servers: dict[str, McpServerOptions] = {}
    for name, said in _tables(file).items():
        if not _is_disabled(file, name, said):
            usable = _usable(name)
            if usable in servers:
                _fail(file, f"the server {name!r} would be called {usable!r} here, as another is: rename one")
            servers[usable] = _server(file, name, said)
    return servers


def _tables(file: Path) -> Mapping[str, Any]:
    try:
        with file.open("rb") as opened:
            data = opened.read(_LARGEST_FILE + 1)
    except (OSError, ValueError) as error:  # ValueError: a null character in its name
        why = error.strerror if isinstance(error, OSError) else error
        raise ConfigurationError(f"Cannot read {str(file)!r}: {why}.", file=str(file)) from error
    if len(data) > _LARGEST_FILE:
        _fail(file, "it is larger than 1 MiB, which no list of MCP servers is")
    try:
        value = json.loads(data)
    except json.JSONDecodeError as error:
        where = f"{file}:{error.lineno}:{error.colno}"
        raise ConfigurationError(
            f"{where}: this is no JSON: {error.msg}.", file=str(file), line=error.lineno, column=error.colno
        ) from error
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"{file} is no JSON.", file=str(file)) from error
    found = next((value[name] for name in _TABLES if name in value), None) if isinstance(value, dict) else None
    if not isinstance(found, dict):
        _fail(file, 'it has no "mcpServers": {NAME: {"command": ..., "args": [...]}}')
    return found


def _server(file: Path, name: str, said: Any) -> McpServerOptions:
    if not isinstance(said, dict):
        _fail(file, f"the server {name!r} is no object")
    for field, advice in _UNSUPPORTED.items():
        if field in said:
            _fail(file, f"{field!r} of the server {name!r} cannot be used here: {advice}")
    if "${input:" in json.dumps(said):
        _fail(file, f"the server {name!r} asks for an input: name a variable of the environment, ${{NAME}}")
    known = {_OTHER_NAMES.get(field, field): value for field, value in said.items()}
    given = {field: value for field, value in known.items() if field in option_names(McpServerOptions)}
    if isinstance(given.get("type"), str):
        given["type"] = _TYPES.get(given["type"], given["type"])
    if isinstance(given.get("cwd"), str) and "${" not in given["cwd"]:
        given["cwd"] = str(file.parent / expanded(given["cwd"]))
    try:
        return build_options(McpServerOptions, None, given)
    except InvalidOptionsError as error:
        _fail(file, f"the server {name!r}: {error.message.rstrip('.')}", error)


def _is_disabled(file: Path, name: str, said: Any) -> bool:
    disabled = said.get("disabled", False) if isinstance(said, dict) else False
    if not isinstance(disabled, bool):
        _fail(file, f"'disabled' of the server {name!r} must be true or false, not {json.dumps(disabled)[:40]}")
    return disabled


def _usable(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", name)[:64] or "server"


def _fail(file: Path, what: str, cause: Exception | None = None) -> NoReturn:
    raise ConfigurationError(f"{file}: {what}.", file=str(file)) from cause
