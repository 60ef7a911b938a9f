"""The Model Context Protocol: its servers as functions that a model calls, and llama-worker as one of its servers.

    from llama_worker.mcp import McpServer

    async with McpServer("npx", "-y", "@modelcontextprotocol/server-filesystem", ".") as files:
        reply = await session.prompt("Which files are here?", functions=[files])

Needs the extra `mcp`: `pip install "llama-worker[mcp]"`.
"""

from __future__ import annotations

from ..config.mcp_servers import read_mcp_servers
from ..options import McpServerOptions
from ..worker.mcp.server import McpServer

__all__ = ["McpServer", "McpServerOptions", "read_mcp_servers"]
