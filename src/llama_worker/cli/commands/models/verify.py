"""`llama-worker verify`: whether models are what they were."""

from __future__ import annotations

from pathlib import Path

import click

from ....messages.stored import FileCheck, ModelCheck
from ....models.maintenance.verifying import verify_models
from ....models.names import parse_model_name
from ...interrupts import Interrupts, run_async
from ...model_names import MODEL
from ...output.documents import print_json
from ...output.tables import print_table
from ...output.texts import harmless, say
from ...stores.configured import model_store
from ...stores.watching import watched

_SAID = {"ok": "ok", "bad": "BAD", "unrecorded": "no digest"}


@click.command()
@click.argument("models", metavar="[MODEL]...", type=MODEL, nargs=-1)
@click.option("--upstream", is_flag=True, help="Compare with what the hub says, in place of what was noted here.")
@click.option("-q", "--quiet", is_flag=True, help="No progress bar.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with the digest of each file.")
def verify(models: tuple[str, ...], upstream: bool, quiet: bool, as_json: bool) -> int:
    """Read MODELs whole, or all that are here, and compare them with their digests; exit code 1 when one is bad.

    What a hub's files must be says the name under which they are stored, what others must be the note beside them; of
    files that you have put there yourself nothing is known.
    """
    names, store = [parse_model_name(model) for model in models], model_store()
    checks = run_async(
        watched(lambda report: verify_models(store, names, report, upstream=upstream), "Reading", quiet=quiet),
        Interrupts(),
    )
    if as_json:
        print_json(checks)
    else:
        _print(checks)
    return int(any(check.state == "bad" for check in checks))


def _print(checks: list[ModelCheck]) -> None:
    if not checks:
        say("There are no models here.")
        return
    rows = [[check.name, _SAID[check.state], _known_by(check)] for check in checks]
    print_table({"NAME": "left", "STATE": "left", "COMPARED WITH": "left"}, rows)
    for check in checks:
        if check.problem:
            say(harmless(f"{check.name}: {check.problem}"), err=True)
        for file in check.files:
            if file.state not in ("ok", "unrecorded"):
                say(harmless(_difference(file)), err=True)


def _known_by(check: ModelCheck) -> str:
    told = {"store": "the store", "download": "its download", "hub": "the hub", "lock": "the lock"}
    return ", ".join(dict.fromkeys(told[file.recorded_by] for file in check.files if file.recorded_by))


def _difference(file: FileCheck) -> str:
    if file.digest is None:
        return f"  {Path(file.path).name}: missing"
    return f"  {Path(file.path).name}: {file.digest}, not {file.expected}"
