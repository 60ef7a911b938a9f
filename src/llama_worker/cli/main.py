"""The group of all commands, and the one place where errors become exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TextIO

import click

from .._version import __version__
from ..errors import LlamaWorkerError
from ..errors.nearest import nearest
from .commands.table import OTHER_NAMES, SECTIONS, entries
from .help import Context
from .output.texts import say
from .verbosity import verbose_option

INTERRUPTED = 130


class LazyGroup(click.Group):
    """Imports a command's module when it is called, so that `run` does not pay for `serve`."""

    context_class = Context

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name, _ in entries()]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = dict(entries()).get(cmd_name)
        if entry is None:
            return None
        command = getattr(import_module(f"llama_worker.cli.commands.{entry.module}"), entry.module.rpartition(".")[2])
        assert isinstance(command, click.Command)
        return _readable(command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """In sections, and without importing any."""
        for title, section in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(name, entry.about) for name, entry in section.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with a hint where it has none: for options it has one."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            if near := OTHER_NAMES.get(args[0]) or nearest(args[0], dict(entries())):
                raise click.UsageError(f"{error.message} Did you mean {near!r}?", error.ctx) from error
            raise


def _readable(command: click.Command) -> click.Command:
    """Its help, and that of the commands in it, as ours."""
    command.context_class = Context
    for each in command.commands.values() if isinstance(command, click.Group) else ():
        _readable(each)
    return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", prog_name="llama-worker")
@verbose_option
def llama_worker() -> None:
    """Local LLMs in a supervised process: chat, serve, download, inspect.

    MODEL is `builtin`, a .gguf file, a name such as hf:org/repo:Q4_K_M, or a short name of yours.
    """


def run(arguments: Sequence[str]) -> int:
    """Run one command and give its exit code; an error of ours is one sentence on stderr."""
    try:
        _check_streams()
        code = llama_worker.main(
            args=list(arguments), prog_name="llama-worker", standalone_mode=False, color=_colours()
        )
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.exceptions.Exit as finished:
        return finished.exit_code
    except click.ClickException as error:
        return _fail_usage(error)
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except LlamaWorkerError as error:
        return _fail(error.message)
    except BrokenPipeError:
        _drop(sys.stdout)  # whoever read it has left
        return 1
    except OSError as error:
        _drop(sys.stdout)
        where = f" {error.filename}" if error.filename else ""
        return _fail(f"The system refused to read or write{where}: {error.strerror or error}.")
    finally:
        _drop(sys.stderr)


def _check_streams() -> None:
    """A closed stream would lend its number to the next file, which then got what is printed."""
    closed = sys.stdout is None
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            nowhere = Path(os.devnull).open("r" if name == "stdin" else "w", encoding="utf-8")  # noqa: SIM115 - for good
            setattr(sys, name, nowhere)
    if closed:
        raise LlamaWorkerError("Standard output is closed; >/dev/null throws the output away.")


def _drop(stream: TextIO) -> None:
    """Let what cannot be written go: Python would try once more at exit, and complain."""
    try:
        stream.flush()
    except (OSError, ValueError):
        with suppress(OSError, ValueError), Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), stream.fileno())


def _colours() -> bool | None:
    """None lets the terminal decide."""
    return False if os.environ.get("NO_COLOR") else None


def _fail_usage(error: click.ClickException) -> int:
    """The sentence, and where it may help, how the command is called; without any command all that there are."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        say(error.format_message(), err=True)
        return error.exit_code
    if isinstance(error, click.UsageError) and error.ctx is not None:
        usage = isinstance(error, click.MissingParameter)
        say(error.ctx.get_usage() if usage else f"Try '{error.ctx.command_path} --help'.", err=True)
    _fail(error.format_message())
    return error.exit_code


def _fail(message: str) -> int:
    say(f"error: {message}", err=True, mark=None if _colours() is False else "error:")
    return 1
