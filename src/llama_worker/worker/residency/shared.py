"""What all models of a worker share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from ..mcp.servers import McpServers
from ..operations.operation import Operation
from ..states.store import StateStore

Track = Callable[[Operation[Any, Any]], object]


class Shared(Struct, frozen=True):
    """`states` is where what engines computed is kept; `servers` are those whose tools models may call; `track` is told
    of each operation."""

    states: StateStore
    servers: McpServers
    track: Track
