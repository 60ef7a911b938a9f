"""The commands by name, each imported when it is used, and the one place where errors become exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import click

from .._version import __version__
from ..errors import LlamaWorkerError
from ..errors.nearest import nearest
from .verbosity import verbose_option

_COMMANDS = {
    "run": "inference.run",
    "embed": "inference.embed",
    "rerank": "inference.rerank",
    "infill": "inference.infill",
    "serve": "serving.serve",
    "stdio": "serving.stdio",
    "pull": "models.pull",
    "list": "models.list_models",
    "show": "models.show",
    "render": "inference.render",
    "transcribe": "inference.transcribe",
    "rm": "models.rm",
    "ps": "serving.ps",
    "estimate": "models.estimate",
    "doctor": "setup.doctor",
    "bench": "setup.bench",
}
# What other tools call them.
_OTHER_NAMES = {
    "chat": "run",
    "delete": "rm",
    "download": "pull",
    "info": "show",
    "ls": "list",
    "remove": "rm",
    "server": "serve",
    "start": "serve",
}
INTERRUPTED = 130


class LazyGroup(click.Group):
    """Imports a command's module when it is called, so that `run` does not pay for `serve`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = _COMMANDS.get(cmd_name)
        if module is None:
            return None
        command = getattr(import_module(f"llama_worker.cli.commands.{module}"), module.rpartition(".")[2])
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with a hint where it has none: for options it has one."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            if near := _OTHER_NAMES.get(args[0]) or nearest(args[0], _COMMANDS):
                raise click.UsageError(f"{error.message} Did you mean {near!r}?", error.ctx) from error
            raise


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", prog_name="llama-worker")
@verbose_option
def llama_worker() -> None:
    """Local LLMs in a supervised process: chat, serve, download, inspect.

    MODEL is `builtin`, a .gguf file, or a name such as hf:org/repo:Q4_K_M.
    """


def run(arguments: Sequence[str]) -> int:
    """Run one command and give its exit code; an error of ours is one sentence on stderr."""
    try:
        code = llama_worker.main(args=list(arguments), prog_name="llama-worker", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.exceptions.Exit as finished:
        return finished.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except LlamaWorkerError as error:
        return _fail(error.message)
    except BrokenPipeError:
        _drop_output()  # whoever read it has left
        return 1
    except OSError as error:
        _drop_output()
        where = f" {error.filename}" if error.filename else ""
        return _fail(f"The system refused to read or write{where}: {error.strerror or error}.")


def _drop_output() -> None:
    """Let what cannot be written go: Python would try once more at exit, and complain."""
    with suppress(OSError, ValueError):
        sys.stdout.flush()
    with suppress(OSError, ValueError), Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


def _fail(message: str) -> int:
    click.echo(f"{click.style('error:', fg='red', bold=True)} {message}", err=True)
    return 1
