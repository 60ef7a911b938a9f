"""A model that is not here: what it takes is told, and asked for."""

from __future__ import annotations

import asyncio
import sys

import click
from msgspec import structs

from ...errors import ModelNotFoundError
from ...models.hub.sites import is_offline
from ...models.names import HubName, parse_model_name
from ...worker.library import Library
from ...worker.stand_in import stand_in
from ..named_choices import NamedChoices
from ..output.texts import on_terminal, say

DEFAULT_QUANTIZATION = "Q4_K_M"


async def made_ready(model: str, choices: NamedChoices, *, yes: bool, quantize: str | None) -> NamedChoices:
    """The choices to load `model` with: when it is not here but on a hub, with leave to fetch it or to make it of its
    repository, if somebody gives that. Raises what asking the hub raises."""
    of_model = choices.of(model)
    name, library = parse_model_name(of_model.name), Library()
    if not isinstance(name, HubName) or stand_in() or is_offline():
        return choices
    if await asyncio.to_thread(library.files_here, name):
        return choices
    from ...worker.finding.fitting import this_machine
    from ...worker.making.plan import plan_making

    wanted = quantize or name.quantization or of_model.model.quantize or DEFAULT_QUANTIZATION
    plan = await plan_making(library, name, wanted, lambda: this_machine(choices.worker(), of_model.model, None))
    if yes or of_model.model.convert:
        say(f"{plan}.", err=True)
    else:
        await asyncio.to_thread(_ask, str(plan), of_model.name)
    return structs.replace(choices, loading=choices.loading | {"convert": True, "quantize": plan.quantization})


def _ask(plan: str, model: str) -> None:
    if not (on_terminal(sys.stdin) and on_terminal(sys.stderr)):
        raise ModelNotFoundError(f"{plan}; say --yes to do that.", model=model)
    click.confirm(f"{plan}. Do that?", default=True, abort=True, err=True)
