"""Errors about servers of the Model Context Protocol, and about packages that an ability needs."""

from __future__ import annotations

from typing import Any

from .general import LlamaWorkerError


class McpServerError(LlamaWorkerError):
    """Raised when an MCP server cannot be started or reached, or ended while it was asked.

    The next use starts it again. `server` is its name, `log` what it wrote to standard error last; that goes over no
    port, as it may hold anything.
    """

    code = "mcp_server_failed"

    def __init__(self, message: str, *, server: str = "", log: tuple[str, ...] = (), **context: Any) -> None:
        super().__init__(message, **context)
        self.server, self.log = server, log

    def details(self) -> dict[str, Any]:
        return super().details() | {"server": self.server}


class MissingPackageError(LlamaWorkerError):
    """Raised when a package is not installed that only this ability needs; the sentence says which extra brings it."""

    code = "missing_package"
