"""The page on logging names every logger there is."""

from __future__ import annotations

import logging
import re
from pathlib import Path

from llama_worker import loggers

PAGE = Path(__file__).parents[2] / "docs" / "guide" / "logging.md"


def test_the_table_names_every_logger() -> None:
    named = re.findall(r"^\| `(llama_worker\.\w+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    there = [value for value in vars(loggers).values() if isinstance(value, logging.Logger)]
    assert named == [logger.name for logger in there if logger is not loggers.PACKAGE]
