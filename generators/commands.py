"""docs/commands.md: every command of the command line with its options, from the commands themselves."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import click

from llama_worker.cli.commands.table import SECTIONS
from llama_worker.cli.main import llama_worker

_HEAD = """# Commands

Made by `python -m generators`, do not edit. [The command line](command-line.md) tells how they fit together;
every command has `-h` and `--help`. MODEL is `builtin`, a .gguf file, a name such as `hf:org/repo:Q4_K_M`, or a
short name of yours.
"""


def files() -> dict[str, str]:
    return {"docs/commands.md": "\n".join([_HEAD, *_sections()]).rstrip() + "\n"}


def _sections() -> Iterator[str]:
    root = click.Context(llama_worker, info_name="llama-worker")
    for title, section in SECTIONS.items():
        yield f"## {title}\n"
        for name in section:
            command = llama_worker.get_command(root, name)
            assert command is not None
            yield from _command(command, click.Context(command, parent=root, info_name=name))


def _command(command: click.Command, ctx: click.Context) -> Iterator[str]:
    arguments = "".join(f" {piece}" for piece in command.collect_usage_pieces(ctx))
    yield f"### `{ctx.command_path}`\n\n```text\n{ctx.command_path}{arguments}\n```\n\n{_about(command)}\n"
    if rows := [record for param in command.get_params(ctx) if (record := _row(param, ctx))]:
        yield "\n".join(["| Option | |", "| --- | --- |", *rows]) + "\n"
    if isinstance(command, click.Group):
        for name, each in command.commands.items():
            yield from _command(each, click.Context(each, parent=ctx, info_name=name))


def _about(command: click.Command) -> str:
    return inspect.cleandoc(command.help or "").replace("<", "&lt;")


def _row(param: click.Parameter, ctx: click.Context) -> str | None:
    """An option as its help tells it; the arguments stand in the usage."""
    record = param.get_help_record(ctx) if isinstance(param, click.Option) else None
    if record is None or "--help" in record[0]:
        return None
    return f"| `{_cell(record[0])}` | {_prose(_cell(re.sub(r'  +', ' ', record[1])))} |"


def _prose(text: str) -> str:
    """Without what Markdown would read as HTML, or as a link."""
    return text.replace("<", "&lt;").replace("[", "\\[")


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
