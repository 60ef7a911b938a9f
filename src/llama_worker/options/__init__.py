"""What callers may choose, one Struct for each thing that is created or asked.

Every field is optional unless said otherwise, keyword-only, snake_case in Python and camelCase in messages.
`build_options` is the only door: it checks types and ranges before anything is started, so the engine process
never sees a value that it would silently accept or die of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .base import Options, OptionsType
    from .build import ALIASES, build_options
    from .engine import LlamaOptions
    from .mcp import McpServerOptions
    from .model import CacheType, ContextOptions, ModelOptions, Rope
    from .prompt import PromptOptions
    from .sampling import DryRepeatPenalty, DynamicTemperature, LogitBias, Mirostat, RepeatPenalty, Xtc
    from .server import ServerOptions
    from .session import SessionOptions
else:  # the engine process has settings with options in them, and needs few
    from ..lazy import names_on_demand

    __getattr__ = names_on_demand(
        __name__,
        {
            ".base": "Options OptionsType",
            ".build": "ALIASES build_options",
            ".engine": "LlamaOptions",
            ".mcp": "McpServerOptions",
            ".model": "CacheType ContextOptions ModelOptions Rope",
            ".prompt": "PromptOptions",
            ".sampling": "DryRepeatPenalty DynamicTemperature LogitBias Mirostat RepeatPenalty Xtc",
            ".server": "ServerOptions",
            ".session": "SessionOptions",
        },
    )

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
