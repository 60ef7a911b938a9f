"""Where `make native` has put its llama-server."""

from __future__ import annotations

from pathlib import Path

NATIVE_SERVER = Path(__file__).parents[1] / ".native" / "llama-server"
