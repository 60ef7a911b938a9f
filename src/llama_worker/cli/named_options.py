"""`-o NAME=VALUE`: every option that has no flag of its own, and the list of them in a command's help."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from ..config.groups import Group
from ..options.hints import option_names

Function = TypeVar("Function", bound=Callable[..., Any])
_HOW = (
    "docs/guide/configuration.md tells how, docs/guide/options.md explains each. A word is a text; numbers, true, "
    '["lists"] and {{tables = 1}} are as in TOML; -o xtc.probability=0.1 sets one part of an option. A name of two '
    "lists belongs to the first; -o {last}.NAME=VALUE says which list is meant."
)


def named_options(function: Function) -> Function:
    """The option itself; the command gets `options`, a tuple of texts."""
    shown = "Any option by its name, the value as in TOML; may be repeated. All names are listed below."
    return click.option("-o", "--option", "options", multiple=True, metavar="NAME=VALUE", help=shown)(function)


def listing(groups: Sequence[Group]) -> type[click.Command]:
    """A kind of command whose help ends with the names of these options."""

    class Listing(click.Command):
        def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
            super().format_epilog(ctx, formatter)
            with formatter.section("Options for -o"):
                for group, names in _names(groups):
                    text = f"{group.name}, {group.about}: {', '.join(names)}"
                    lines = textwrap.wrap(text, formatter.width - 4, subsequent_indent="    ", break_on_hyphens=False)
                    formatter.write("".join(f"  {line}\n" for line in lines))
            formatter.write_paragraph()
            formatter.write_text(_HOW.format(last=groups[-1].name))

    return Listing


def _names(groups: Sequence[Group]) -> list[tuple[Group, list[str]]]:
    """A name in the list where it belongs without being told."""
    seen: set[str] = set()
    listed = []
    for group in groups:
        own = option_names(group.kind)
        listed.append((group, sorted(own - seen)))
        seen |= own
    return listed
