"""What a worker tells of its MCP servers."""

from __future__ import annotations

from ...messages.mcp import McpServerInfo
from .servers import McpServers


class ListsMcpServers:
    """The part of a worker that tells."""

    _servers: McpServers

    async def list_mcp_servers(self) -> list[McpServerInfo]:
        """The MCP servers of its options, started if need be, with their tools; or why one of them cannot be used."""
        return await self._servers.infos()
