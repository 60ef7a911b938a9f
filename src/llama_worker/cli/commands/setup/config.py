"""`llama-worker config`: where this user's files are, and what is said in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import msgspec
from msgspec import Struct

from ....config.aliases import aliases_file, read_aliases
from ....config.configuration import Configuration
from ....config.folders import state_folder
from ....config.paths import user_file
from ....config.reading import load_config
from ....models.store.cache import hub_root, plain_root
from ...output.documents import print_json
from ...output.tables import print_facts
from ...output.texts import say

FILE = click.Path(path_type=Path, dir_okay=False)
_BEGINNING = """\
# What llama-worker is told once; docs/guide/configuration.md explains every table.

# [worker]
# politeness = "background"

# [server]
# port = 8321

# [models.writer]
# model = "hf:org/repo:Q4_K_M"
# context_size = 16384

# [personas.brief]
# system_prompt = "Answer in one sentence."
"""


class Places(Struct, rename="camel"):
    """Where everything is; none of it needs to exist."""

    configuration: str
    aliases: str
    state: str
    models: str
    plain_models: str


class Shown(Struct, rename="camel"):
    """What `--json` prints."""

    places: Places
    configuration: dict[str, Any]
    aliases: dict[str, str]


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def config(ctx: click.Context, as_json: bool) -> None:
    """Show where your files are and what is said in them; edit and check the configuration."""
    if ctx.invoked_subcommand is None:
        _show(as_json=as_json)
    elif as_json:
        raise click.UsageError(f"--json goes without {ctx.invoked_subcommand}.")


@config.command()
def path() -> None:
    """Print where the configuration is, or would be."""
    click.echo(user_file())


@config.command()
@click.argument("file", type=FILE, required=False)
def check(file: Path | None) -> None:
    """Check FILE, or your configuration: a mistake is told with its line."""
    found = load_config(file or user_file())
    say(f"{found.path} is right: {_summary(found)}.")


@config.command()
def edit() -> None:
    """Open the configuration in your editor (VISUAL, EDITOR), and check it afterwards."""
    file = user_file()
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(_BEGINNING, encoding="utf-8")
    click.edit(filename=str(file))
    say(f"{file} is right: {_summary(load_config(file))}.")


def _show(*, as_json: bool) -> None:
    file = user_file()
    found = load_config(file) if file.is_file() else Configuration()
    places = Places(*map(str, (file, aliases_file(), state_folder(), hub_root(), plain_root())))
    if as_json:
        print_json(Shown(places, _plain(found), read_aliases()))
        return
    print_facts((name.replace("_", " "), getattr(places, name)) for name in Places.__struct_fields__)
    click.echo()
    print_facts(_said(found))
    if not file.is_file():
        say("There is no configuration yet; llama-worker config edit begins one.", err=True)


def _plain(found: Configuration) -> dict[str, Any]:
    """What differs from the defaults."""
    plain = msgspec.to_builtins(msgspec.structs.replace(found, path=None))
    return {name: value for name, value in plain.items() if value}


def _said(found: Configuration) -> list[tuple[str, str]]:
    plain = _plain(found)
    aliases = [f"{name} = {model}" for name, model in read_aliases().items()]
    return [
        *((section, _listed(plain.get(section, {}))) for section in ("worker", "server", "listening")),
        *((f"model {name}", named.model) for name, named in found.models.items()),
        *((f"persona {name}", _of_persona(plain["personas"][name])) for name in found.personas),
        ("short names", "\n".join(aliases)),
    ]


def _listed(table: dict[str, Any]) -> str:
    return ", ".join(f"{name} = {value!r}" for name, value in table.items())


def _of_persona(table: dict[str, Any]) -> str:
    prompt = table.get("prompt") or {}
    return str(prompt.get("systemPrompt") or table.get("template") or _listed(prompt))


def _summary(found: Configuration) -> str:
    counts = {"model": len(found.models), "persona": len(found.personas)}
    return " and ".join(f"{count} {what}{'' if count == 1 else 's'}" for what, count in counts.items())
