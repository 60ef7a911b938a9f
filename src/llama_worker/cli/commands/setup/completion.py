"""`llama-worker completion`: Tab completes commands, options and models."""

from __future__ import annotations

import os
from pathlib import Path

import click

from ...completion.places import Installation, installation
from ...completion.scripts import SHELLS, script
from ...output.texts import say


@click.command()
@click.argument("shell", type=click.Choice(SHELLS), required=False)
@click.option("--install", "what", flag_value="install", help="Set it up for you, once and for all.")
@click.option("--uninstall", "what", flag_value="uninstall", help="Take it away again.")
@click.pass_context
def completion(ctx: click.Context, shell: str | None, what: str | None) -> int:
    """Print the completion script of SHELL (default: the one you are in), or install it.

    --install writes it where bash, zsh or fish looks, and adds a line to ~/.bashrc or ~/.zshrc where that is needed.
    """
    shell = shell or _own_shell()
    text = script(shell, ctx.find_root().command)
    place = installation(shell)
    if what == "install":
        _tell(place.install(text), place)
        say("A new shell has it.")
    elif what == "uninstall":
        place.uninstall()
        say(f"Removed {place.file}.")
    else:
        click.echo(text)
    return 0


def _tell(changed: list[Path], place: Installation) -> None:
    for file in changed:
        say(f"Wrote {file}." if file == place.file else f"Added a line to {file}.")


def _own_shell() -> str:
    """The nearest shell among this process's ancestors, else that of the login."""
    for name in [*_ancestors(), Path(os.environ.get("SHELL", "")).name]:
        if name in SHELLS:
            return name
    raise click.UsageError(f"Say for which shell: {', '.join(SHELLS)}.")


def _ancestors() -> list[str]:
    import psutil

    try:
        return [parent.name().lstrip("-") for parent in psutil.Process().parents()]
    except psutil.Error:
        return []
