"""An MCP server as people write them, with the official package: over standard input and output, or with a port over
streamable HTTP."""

from __future__ import annotations

import sys

from mcp.server.mcpserver import MCPServer

server = MCPServer("weather")


@server.tool()
def get_weather(city: str) -> str:
    """The current weather of a city."""
    return f"sunny in {city}, 24 degrees"


if __name__ == "__main__":
    if len(sys.argv) > 1:
        server.run("streamable-http", port=int(sys.argv[1]))
    else:
        server.run()
