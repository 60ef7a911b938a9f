"""`llama-worker verify`: whether models are what they were."""

from __future__ import annotations

from pathlib import Path

import click

from ....messages.stored import FileCheck, ModelCheck
from ....models.maintenance.verifying import verify_models
from ....models.names import parse_model_name
from ....models.signing.trust import Trust, trust_of
from ....options import LlamaOptions, build_options
from ....worker.signing.checking import with_signatures
from ...interrupts import Interrupts, run_async
from ...model_names import MODEL
from ...output.documents import print_json
from ...output.tables import print_table
from ...output.texts import harmless, say
from ...stores.configured import model_store, worker_options
from ...stores.watching import Report, watched

_SIGNED = {"ok": "ok", "missing": "none", "untrusted": "NOT BELIEVED", "not_named": "OF OTHERS", "changed": "CHANGED"}
_SAID = {"ok": "ok", "bad": "BAD", "unrecorded": "no digest"}


@click.command()
@click.argument("models", metavar="[MODEL]...", type=MODEL, nargs=-1)
@click.option("--upstream", is_flag=True, help="Compare with what the hub says, in place of what was noted here.")
@click.option("--signature", is_flag=True, help="Verify their signatures too; needs the extra signing.")
@click.option("--key", type=click.Path(dir_okay=False), help="The public key to trust.  [default: the configuration's]")
@click.option("--identity", help="In place of a key: who signs by Sigstore, an address mostly.")
@click.option("--issuer", help="The address of who vouches for the identity.")
@click.option("-q", "--quiet", is_flag=True, help="No progress bar.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with the digest of each file.")
def verify(
    models: tuple[str, ...],
    upstream: bool,
    signature: bool,
    key: str | None,
    identity: str | None,
    issuer: str | None,
    quiet: bool,
    as_json: bool,
) -> int:
    """Read MODELs whole, or all that are here, and compare them with their digests; exit code 1 when one is bad.

    What a hub's files must be says the name under which they are stored, what others must be the note beside them; of
    files that you have put there yourself nothing is known. Signatures are those that lie with the models.
    """
    names, store = [parse_model_name(model) for model in models], model_store()
    trust = _trust(key, identity, issuer) if signature or key or identity else None

    async def verified(report: Report) -> list[ModelCheck]:
        checks = await verify_models(store, names, report, upstream=upstream)
        return await with_signatures(checks, trust, named=bool(names)) if trust else checks

    checks = run_async(watched(verified, "Reading", quiet=quiet), Interrupts())
    if as_json:
        print_json(checks)
    else:
        _print(checks)
    return int(any(check.state == "bad" or check.signature not in (None, "ok") for check in checks))


def _trust(key: str | None, identity: str | None, issuer: str | None) -> Trust:
    """What the command names, else what the configuration does."""
    if not key and not identity:
        return trust_of(worker_options())
    config = worker_options().signature_trust_config
    named = {"signature_key": key, "signature_identity": identity, "signature_issuer": issuer}
    return trust_of(build_options(LlamaOptions, None, named | {"signature_trust_config": config}))


def _print(checks: list[ModelCheck]) -> None:
    if not checks:
        say("There are no models here.")
        return
    signed = any(check.signature for check in checks)
    rows = [[check.name, _SAID[check.state], _known_by(check), *_signature(check, signed)] for check in checks]
    heads = ("NAME", "STATE", "COMPARED WITH", *(["SIGNATURE"] if signed else []))
    print_table(dict.fromkeys(heads, "left"), rows)
    for check in checks:
        if check.problem:
            say(harmless(f"{check.name}: {check.problem}"), err=True)
        if check.signature_problem:
            say(harmless(f"{check.name}: {check.signature_problem}"), err=True)
        for file in check.files:
            if file.state not in ("ok", "unrecorded"):
                say(harmless(_difference(file)), err=True)


def _signature(check: ModelCheck, signed: bool) -> list[str]:
    return [_SIGNED[check.signature] if check.signature else ""] if signed else []


def _known_by(check: ModelCheck) -> str:
    told = {"store": "the store", "download": "its download", "hub": "the hub", "lock": "the lock"}
    return ", ".join(dict.fromkeys(told[file.recorded_by] for file in check.files if file.recorded_by))


def _difference(file: FileCheck) -> str:
    if file.digest is None:
        return f"  {Path(file.path).name}: missing"
    return f"  {Path(file.path).name}: {file.digest}, not {file.expected}"
