"""What llama.cpp's own tool makes of the models here, as digests: recorded by `python -m tests.models.quantizing`."""

from __future__ import annotations

import json
from pathlib import Path

RECORDED = Path(__file__).with_name("recorded.json")


def recorded() -> dict[str, str]:
    """Digests by the cases' names, empty where it refuses."""
    found: dict[str, str] = json.loads(RECORDED.read_text())
    return found
