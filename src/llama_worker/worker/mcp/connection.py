"""A connection to an MCP server: one task enters it, holds it and leaves it, as the package's task groups demand."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any

from ..._version import __version__
from ...ending import to_the_end
from ...errors import McpServerError, MissingPackageError
from ...errors.general import printable
from ...loggers import MCP
from ...options import McpServerOptions
from ..tools.toolbox import FunctionFailed
from .standard_error import StandardError
from .transport import expanded, transport
from .watching import Watch, watched

if TYPE_CHECKING:
    from mcp.types import CallToolResult

    from mcp import Client, Tool

MOST_TOOLS = 1000
_END_SECONDS = 10.0
_LONGEST_REASON = 1000


class Connection:
    """`on_change` is called when the server says that its tools are others now."""

    def __init__(self, server: str, options: McpServerOptions, on_change: Callable[[], None]) -> None:
        self._server = server
        self._options = options
        self._on_change = on_change
        self._errors = StandardError()
        self._leaving = asyncio.Event()
        self._ready: asyncio.Future[Client] = asyncio.get_running_loop().create_future()
        self._client: Client | None = None
        self._gone = False
        self._watch = Watch(server, self._note_end)
        self._task: asyncio.Task[None] | None = None

    @property
    def alive(self) -> bool:
        return self._client is not None and not self._gone

    @property
    def left_out(self) -> list[str]:
        """The tools that are not as the protocol says, in words for people."""
        return self._watch.left_out

    async def open(self) -> None:
        """Start or reach the server. Raises `McpServerError` and `MissingPackageError`."""
        self._task = asyncio.create_task(self._hold(), name=f"mcp server {self._server}")
        try:
            self._client = await asyncio.shield(self._ready)
        except asyncio.CancelledError:
            await self.close()
            raise

    async def close(self) -> None:
        """Leave the server, and end it where it was started here. Twice is harmless."""
        self._leaving.set()
        if self._task is not None:
            if not self._ready.done():
                self._task.cancel()
            await to_the_end(_ended(self._task))

    async def list_tools(self) -> list[Tool]:
        """What it offers now; answers that it lets us keep are kept.

        Raises `McpServerError`, and leaves a server that does not tell in its `start_timeout`.
        """
        seconds = self._options.start_timeout
        try:
            async with asyncio.timeout(seconds):
                return await self._pages()
        except TimeoutError as error:
            await self.close()
            raise self._untold(f"it has not answered within {seconds:g} s") from error
        except FunctionFailed as error:
            raise self._untold(str(error)) from error

    async def _pages(self) -> list[Tool]:
        found: list[Tool] = []
        async with self._asked() as client:
            page = await client.list_tools()
            while True:
                found += page.tools
                if page.next_cursor is None or len(found) > MOST_TOOLS:
                    break
                page = await client.list_tools(cursor=page.next_cursor)
        return found[:MOST_TOOLS]

    async def call(self, tool: str, arguments: dict[str, Any]) -> CallToolResult:
        """Being cancelled here tells the server. Raises `McpServerError` when it has ended, `FunctionFailed` for what
        it refuses."""
        async with self._asked() as client:
            return await client.call_tool(tool, arguments)

    @asynccontextmanager
    async def _asked(self) -> AsyncIterator[Client]:
        from mcp.types import CONNECTION_CLOSED

        from mcp import MCPError

        if self._client is None or self._gone:
            raise await self._died()
        try:
            yield self._client
        except MCPError as error:
            if error.code == CONNECTION_CLOSED or self._gone:
                raise await self._died() from error
            raise FunctionFailed(printable(error.message)) from error
        except (RuntimeError, ValueError) as error:  # an answer that is not as the protocol or its own schema says
            if self._gone:
                raise await self._died() from error
            raise FunctionFailed(_reason(error)) from error

    async def _died(self) -> McpServerError:
        """What is said of a server that has ended, when all of its end is known."""
        self._note_end()
        await self.close()
        how = f" ({self._errors.end})" if self._errors.end else ""
        return McpServerError(
            f"The MCP server {self._server!r} has ended{how}; it is started again when it is needed.",
            server=self._server,
            log=self._errors.lines,
        )

    def _note_end(self) -> None:
        self._gone = True
        self._leaving.set()

    async def _hold(self) -> None:
        """The whole life of the connection."""
        try:
            _import_package()
            try:
                await self._live()
            finally:
                await asyncio.to_thread(self._errors.wait)
        except asyncio.CancelledError:
            self._fail(self._not_started("it was given up"))
            raise
        except (McpServerError, MissingPackageError) as error:
            self._fail(error)
        except TimeoutError:
            waited = f"it has not answered within {self._options.start_timeout:g} s"
            self._fail(self._not_started(waited, by_itself=False))  # its end came of our giving up
        except BaseException as error:
            if not isinstance(error, Exception | BaseExceptionGroup):
                raise
            first = _first(error)
            self._fail(self._not_started(_reason(first), by_itself=not _is_answer(first)))
        finally:
            self._gone = True
            MCP.debug("mcp server %s left", self._server)

    async def _live(self) -> None:
        from mcp import Client

        options = expanded(self._server, self._options)
        async with AsyncExitStack() as stack:
            streams = transport(self._server, options, stack.enter_context(self._errors.written()))
            client = Client(watched(streams, self._watch), message_handler=self._hear, client_info=_ourselves())
            async with asyncio.timeout(options.start_timeout):
                await stack.enter_async_context(client)
            MCP.debug("mcp server %s connected, protocol %s", self._server, client.protocol_version)
            if not self._ready.done():
                self._ready.set_result(client)
            await self._leaving.wait()

    async def _hear(self, message: Any) -> None:
        from mcp.types import ToolListChangedNotification

        if isinstance(getattr(message, "root", message), ToolListChangedNotification):
            self._on_change()

    def _fail(self, error: Exception) -> None:
        if not self._ready.done():
            self._ready.set_exception(error)
            self._ready.exception()  # nobody may be left to see it
        else:
            MCP.debug("mcp server %s left with %s", self._server, type(error).__name__)

    def _untold(self, reason: str) -> McpServerError:
        said = f"The MCP server {self._server!r} cannot tell its tools: {reason.rstrip('.')}."
        return McpServerError(said, server=self._server, log=self._errors.lines)

    def _not_started(self, reason: str, *, by_itself: bool = True) -> McpServerError:
        lines = self._errors.lines
        ended = f"its command ended ({self._errors.end})" if by_itself and self._errors.end else reason
        said = f' Its last words: "{lines[-1]}"' if lines else ""
        what = "cannot be reached" if self._options.url else "cannot be started"
        return McpServerError(f"The MCP server {self._server!r} {what}: {ended}.{said}", server=self._server, log=lines)


async def _ended(task: asyncio.Task[None]) -> None:
    await asyncio.wait([task], timeout=_END_SECONDS)


def _import_package() -> None:
    """What it logs by itself may quote messages: without anybody who wants it, it is not printed."""
    try:
        import mcp  # noqa: F401 - only to see whether it is there
    except ImportError as error:
        raise MissingPackageError(
            'MCP servers need a package that is not installed: pip install "llama-worker[mcp]".'
        ) from error
    for name in ("mcp", "httpx2"):
        logger = logging.getLogger(name)
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())


def _ourselves() -> Any:
    from mcp import Implementation

    return Implementation(name="llama-worker", version=__version__)


def _first(error: BaseException) -> BaseException:
    return _first(error.exceptions[0]) if isinstance(error, BaseExceptionGroup) else error


def _is_answer(error: BaseException) -> bool:
    """Whether the server has answered, and we have left it for what it said."""
    from mcp.types import CONNECTION_CLOSED

    from mcp import MCPError

    if isinstance(error, MCPError):
        return bool(error.code != CONNECTION_CLOSED)
    return isinstance(error, RuntimeError | ValueError)


def _reason(error: BaseException) -> str:
    """What it says, on one line."""
    from pydantic import ValidationError  # which the package `mcp` has its types from

    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"its answer is not as the protocol says: {'.'.join(map(str, first['loc']))}: {first['msg']}"
    text = " ".join(printable(str(error)).split()).rstrip(".")
    return text[:_LONGEST_REASON] if text else type(error).__name__
