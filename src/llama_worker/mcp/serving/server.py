"""The server itself, of the official package: its requests answered by our tools."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..._version import __version__
from ...errors import LlamaWorkerError, MissingPackageError
from ...loggers import MCP
from .progress import Progress
from .tools import Given, Tool, Toolset

if TYPE_CHECKING:
    from mcp.server.lowlevel import Server
    from mcp.types import CallToolResult

_INSTRUCTIONS = "Language models that run on this machine: nothing that they are given leaves it."


def create_server(toolset: Toolset) -> Server[Any]:
    """Raises `MissingPackageError`."""
    try:
        from mcp.server.lowlevel import Server
        from mcp.types import CallToolRequestParams, ListToolsResult
    except ImportError as error:
        raise MissingPackageError(
            'llama-worker mcp needs a package that is not installed: pip install "llama-worker[mcp]".'
        ) from error

    async def list_tools(context: Any, params: Any) -> ListToolsResult:
        return ListToolsResult(tools=[_described(tool) for tool in toolset.tools.values()])

    async def call_tool(context: Any, params: CallToolRequestParams) -> CallToolResult:
        MCP.debug("tool %s called", params.name if params.name in toolset.tools else "of an unknown name")
        try:
            return _result(await toolset.call(params.name, params.arguments or {}, Progress(context)))
        except LlamaWorkerError as error:
            return _failure(error.message)
        except Exception as error:
            MCP.exception("tool %s failed", params.name)
            return _failure(f"{type(error).__name__}: {error}")

    return Server(
        "llama-worker",
        version=__version__,
        instructions=_INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def _described(tool: Tool) -> Any:
    from mcp.types import ToolAnnotations

    from mcp import Tool as Described

    about = ToolAnnotations(read_only_hint=tool.reads, open_world_hint=not tool.reads)
    return Described(name=tool.name, description=tool.description, input_schema=tool.schema, annotations=about)


def _result(given: Given) -> CallToolResult:
    from mcp.types import CallToolResult, TextContent

    return CallToolResult(content=[TextContent(type="text", text=given.text)], structured_content=given.value)


def _failure(reason: str) -> CallToolResult:
    """Which the client's model reads, and can do better."""
    from mcp.types import CallToolResult, TextContent

    return CallToolResult(content=[TextContent(type="text", text=reason)], is_error=True)
