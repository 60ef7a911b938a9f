"""MCP servers to talk to: real processes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from llama_worker.mcp import McpServer

FAKE = Path(__file__).parents[2] / "fakes" / "mcp_server.py"


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    """Where the fake server tells what it is asked."""
    return tmp_path / "trace"


@pytest.fixture
def fake(trace: Path) -> Callable[..., McpServer]:
    """A server that does what its modes say."""

    def make(*modes: str, **options: object) -> McpServer:
        env = {"MCP_TRACE": str(trace), **options.pop("env", {})}  # type: ignore[dict-item]
        return McpServer(sys.executable, "-S", FAKE, *modes, env=env, **options)  # type: ignore[arg-type]

    return make
