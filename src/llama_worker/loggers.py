"""The loggers of this package; what each tells at which level is said in docs/guide/logging.md.

They have no handlers of their own: without any configuration Python prints warnings and errors, such as a callback
that failed, and nothing else. No prompt, answer, argument, result or key goes to any of them but `TEXT`.
"""

from __future__ import annotations

import logging

PACKAGE = logging.getLogger("llama_worker")
ENGINE = PACKAGE.getChild("engine")
MODELS = PACKAGE.getChild("models")
OPERATIONS = PACKAGE.getChild("operations")
PORTS = PACKAGE.getChild("ports")
HTTP = PACKAGE.getChild("http")
MCP = PACKAGE.getChild("mcp")
TEXT = PACKAGE.getChild("text")


def tells_text() -> bool:
    """Whether somebody set `TEXT` itself to DEBUG: what it would inherit from its parents does not count."""
    return 0 < TEXT.level <= logging.DEBUG and TEXT.isEnabledFor(logging.DEBUG)
