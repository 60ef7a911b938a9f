"""`llama-worker bundle`: a folder that installs without a network."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import click
from msgspec import Struct

from ....engine.process.frozen import is_packed
from ....errors import IntegrityError, InvalidOptionsError
from ....models.download.download import Downloader
from ....models.names import ModelName, parse_model_name
from ....models.pinning.lock_file import Lock
from ....models.store.files import ModelFiles
from ....packing.bundle.bundle import Recipe, check_request, make_bundle
from ....packing.bundle.checking import problems
from ....packing.bundle.sizes import Part, parts_of
from ....packing.bundle.sources import Sources
from ....packing.bundle.target import target_of
from ...interrupts import Interrupts, run_async
from ...model_names import MODEL
from ...output.consoles import console
from ...output.documents import print_json
from ...output.figures import size_text
from ...output.tables import print_table
from ...output.texts import harmless, say
from ...stores.configured import model_store


class Bundled(Struct, rename="camel"):
    """What `--json` prints: the folder, the sizes of its parts, and the lock."""

    folder: str
    size_bytes: int
    parts: list[Part]
    lock: Lock


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("-m", "--model", "models", type=MODEL, multiple=True, help="A model to put in; pulled if it is not here.")
@click.option("--extra", "extras", multiple=True, metavar="NAME", help="An extra of the package, such as http.")
@click.option("--engine", metavar="PROGRAM", help="A llama-server to put in, with the libraries beside it.")
@click.option("--wheel", "wheels", type=click.Path(path_type=Path, dir_okay=False, exists=True), multiple=True,
              help="A wheel to take in place of the published one.")  # fmt: skip
@click.option("--platform", "platforms", multiple=True, metavar="TAG", help="For another system, such as win_amd64.")
@click.option("--python", metavar="VERSION", help="For another Python, such as 3.12.")
@click.option("--offline", is_flag=True, help="Ask no index: make the wheels of what is installed here.")
@click.option("--check", is_flag=True, help="Compare a bundle with its lock; exit code 1 when it differs.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def bundle(
    folder: Path,
    models: tuple[str, ...],
    extras: tuple[str, ...],
    engine: str | None,
    wheels: tuple[Path, ...],
    platforms: tuple[str, ...],
    python: str | None,
    offline: bool,
    check: bool,
    as_json: bool,
) -> int:
    """Make FOLDER, from which llama-worker is installed on machines without a network.

    In it are wheels of the package and of all it needs, in the versions of this environment, models, a script that
    installs them, and llama-worker.lock: origin, revision, SHA-256, size and licence of each.
    """
    if check:
        return _check(folder, as_json)
    if is_packed():
        raise InvalidOptionsError("A packed program has no wheels: make the bundle with llama-worker's own command.")
    check_request(folder, extras)
    recipe = Recipe(
        models=run_async(_find(models), Interrupts()),
        extras=extras,
        engine=_program(engine),
        target=target_of(python, platforms),
        sources=Sources(given=wheels, offline=offline),
    )
    with console.rich.status("") as status:
        lock = make_bundle(folder, recipe, lambda text: status.update(harmless(text)))
    _show(folder, lock, as_json)
    return 0


async def _find(models: tuple[str, ...]) -> tuple[tuple[ModelName, ModelFiles], ...]:
    """All of them on this machine; those that are not yet are pulled."""
    store, found = model_store(), []
    for name in map(parse_model_name, models):
        await Downloader(store).download(name)
        found.append((name, await asyncio.to_thread(store.resolve, name)))
    return tuple(found)


def _program(engine: str | None) -> Path | None:
    if engine is None:
        return None
    found = shutil.which(engine)
    if found is None:
        raise InvalidOptionsError(f"There is no executable {engine!r}.", path="engine")
    return Path(found)


def _check(folder: Path, as_json: bool) -> int:
    found = list(problems(folder))
    if as_json:
        print_json({"folder": str(folder), "problems": found})
        return int(bool(found))
    if found:
        raise IntegrityError("\n".join(["The bundle is not what its lock says:", *found]))
    say(f"{folder} is what its lock says.")
    return 0


def _show(folder: Path, lock: Lock, as_json: bool) -> None:
    parts = parts_of(lock)
    total = sum(part.size_bytes for part in parts)
    if as_json:
        print_json(Bundled(str(folder), total, parts, lock))
        return
    rows = [[part.kind, part.name, size_text(part.size_bytes)] for part in parts]
    print_table({"PART": "left", "NAME": "left", "SIZE": "right"}, [*rows, ["all", "", size_text(total)]])
    say(f"\nMade {folder}. Where it is needed: python install.py NEW_ENVIRONMENT", err=True)
