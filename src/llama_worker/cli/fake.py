"""The option `--fake` of the commands that serve: models that say what a script says, for tests of their clients."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import click

FAKE_VARIABLE = "LLAMA_WORKER_FAKE"

fake_option = click.option(
    "--fake",
    is_flag=False,
    flag_value="",
    envvar=FAKE_VARIABLE,
    metavar="[SCRIPT]",
    help="No real models: what a JSON or TOML file says, or what fits what was asked.",
)


def faked(script: str | None) -> AbstractContextManager[Any]:
    """In the block, what is loaded is fake when that was asked for. Raises `InvalidOptionsError`."""
    if script is None:
        return nullcontext()
    from ..testing.from_file import faked

    return faked(script)
