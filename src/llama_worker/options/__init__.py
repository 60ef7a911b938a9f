"""What callers may choose, one Struct for each thing that is created or asked.

Every field is optional unless said otherwise, keyword-only, snake_case in Python and camelCase in messages.
`build_options` is the only door: it checks types and ranges before anything is started, so the engine process
never sees a value that it would silently accept or die of.
"""

from __future__ import annotations

from .base import Options, OptionsType
from .build import ALIASES, build_options
from .engine import LlamaOptions
from .mcp import McpServerOptions
from .model import CacheType, ContextOptions, ModelOptions, Rope
from .prompt import PromptOptions
from .sampling import DryRepeatPenalty, DynamicTemperature, LogitBias, Mirostat, RepeatPenalty, Xtc
from .server import ServerOptions
from .session import SessionOptions

__all__ = [
    "ALIASES",
    "CacheType",
    "ContextOptions",
    "DryRepeatPenalty",
    "DynamicTemperature",
    "LlamaOptions",
    "LogitBias",
    "McpServerOptions",
    "Mirostat",
    "ModelOptions",
    "Options",
    "OptionsType",
    "PromptOptions",
    "RepeatPenalty",
    "Rope",
    "ServerOptions",
    "SessionOptions",
    "Xtc",
    "build_options",
]
