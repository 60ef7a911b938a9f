"""The scripts by which shells ask this program what could come next."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

SHELLS = ("bash", "zsh", "fish")
_NAME, _VARIABLE = "llama-worker", "_LLAMA_WORKER_COMPLETE"
# Whoever sources it may not have begun completion yet.
_BEFORE = {"zsh": "(( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }\n"}


def script(shell: str, command: click.Command) -> str:
    """The script of one of `SHELLS`."""
    kind = get_completion_class(shell)
    assert kind is not None
    source = kind(command, {}, _NAME, _VARIABLE)
    return _BEFORE.get(shell, "") + (source.source_template % source.source_vars()).strip() + "\n"
