"""llama.cpp's own tool, from the Python package that compiles it (`make native`)."""

from __future__ import annotations

import subprocess
from pathlib import Path

NATIVE = Path(__file__).parents[3] / ".native" / "llama-server"


def tool() -> Path | None:
    """`llama-quantize`, which stands beside the server; None when nothing was compiled."""
    if not NATIVE.exists():
        return None
    found = NATIVE.resolve().with_name("llama-quantize")
    return found if found.exists() else None


def quantize(source: Path, target: Path, quantization: str, imatrix: Path | None = None) -> bool:
    """Whether it was done."""
    arguments = ["--imatrix", str(imatrix)] if imatrix else []
    command = [str(tool()), *arguments, str(source), str(target), quantization, "1"]
    return subprocess.run(command, capture_output=True).returncode == 0
