"""`python -m tests.families.checking [name...]`: every ability of these families, or of all, as it is today."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from llama_worker import LlamaWorker, errors

from .abilities import ABILITIES
from .abilities.laboratory import CONTEXT, Laboratory, NotPossible
from .family import Family
from .table import FAMILIES

YES = "yes"
_LIMIT = 60


async def check(family: Family, worker: LlamaWorker, folder: Path) -> dict[str, str]:
    """What became of each ability: "yes", or why not."""
    path = await asyncio.to_thread(family.write, folder)
    try:
        model = await worker.load_model(path, context_size=CONTEXT, sequences=1)
        lab = Laboratory(family, worker, model, path, folder)
        found = {name: await _outcome(name, lab) for name in ABILITIES}
        await model.unload()
        return found
    finally:
        path.unlink()


async def _outcome(name: str, lab: Laboratory) -> str:
    try:
        async with asyncio.timeout(_LIMIT):
            await ABILITIES[name](lab)
    except NotPossible as reason:
        return f"not possible: {reason}"
    except (AssertionError, errors.LlamaWorkerError, TimeoutError) as error:
        return f"{type(error).__name__}: {' '.join(str(error).split())}"
    return YES


async def main(names: list[str]) -> None:
    """Print what is not as it should be, family by family."""
    with tempfile.TemporaryDirectory() as folder:
        async with LlamaWorker() as worker:
            for family in FAMILIES:
                if family.chats and (not names or family.slug in names):
                    print(family.name, flush=True)
                    for name, outcome in (await check(family, worker, Path(folder))).items():
                        if outcome != YES:
                            print(f"    {name}: {outcome[:400]}", flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
