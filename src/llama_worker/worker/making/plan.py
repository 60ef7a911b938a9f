"""What has to be done for a model that is not here, known before any of it is done."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

from msgspec import Struct, structs

from ...engine.threads.cpus import usable_cores
from ...errors import DownloadError, InsufficientMemoryError, NotSupportedError
from ...models.converting.fetching import wanted_files
from ...models.gguf.ggml_types import TYPES_BY_NAME
from ...models.hub.asking import quantized_from, read_repository
from ...models.hub.choosing import model_of
from ...models.hub.repository import HubRepository
from ...models.hub_names import HubName
from ...models.quantizing.file_types import file_type
from ..finding.choosing import Choice, choose
from ..finding.fitting import Machine
from ..library import Library

_BYTES_OF_A_WEIGHT = 2  # as nearly all repositories have them
_OFFERS = 3
_MIXED = 1.07  # a mixture has some tensors of larger types
# Million weights a second and core, measured with ggml_quantize_chunk; of others the slowest of these.
_SPEEDS = {"Q8_0": 158.0, "Q6_K": 15.0, "Q4_K": 6.6}
_COPIED_BYTES_PER_SECOND = 200e6


class MakingPlan(Struct, frozen=True, kw_only=True):
    """What `load_model(convert=True)` would do. Sizes are in bytes; `minutes` are those of computing, without the
    download. `result_bytes` is what stays, beside `download_bytes` in the cache; `disk_bytes` what is needed meanwhile.
    `quantization` is None for a file that is downloaded as it is, or converted only. `chosen` is the model that is
    downloaded, where there were several, `reason` why this one, or why there is none. `offers` are repositories that
    say they have GGUF files made from this one.
    """

    name: str
    converts: bool
    quantization: str | None
    download_bytes: int
    result_bytes: int
    disk_bytes: int
    free_bytes: int
    minutes: float
    chosen: HubName | None = None
    reason: str = ""
    offers: tuple[str, ...] = ()

    def __str__(self) -> str:
        if not self.converts:
            which = f"{self.chosen}, " if self.chosen else ""
            why = f" ({self.reason})" if self.reason else ""
            return f"{self.name} is not here: download {which}{_gigabytes(self.download_bytes)}{why}"
        steps = f"download {_gigabytes(self.download_bytes)}, convert"
        steps += f", quantize to {self.quantization}" if self.quantization else ""
        minutes = f"about {round(self.minutes)} minutes" if self.minutes >= 1.5 else "about a minute"
        others = f" (made from it are {', '.join(self.offers)})" if self.offers else ""
        return (
            f"{self.name} has no GGUF file{self._unfit}{others}: {steps} ({_gigabytes(self.result_bytes)}), which "
            f"needs {_gigabytes(self.disk_bytes)} of disk, {_gigabytes(self.free_bytes)} are free, and {minutes} of "
            "computing"
        )

    @property
    def _unfit(self) -> str:
        return f" that fits ({self.reason})" if self.reason else ""


async def plan_making(
    library: Library, name: HubName, quantize: str | None, machine: Callable[[], Awaitable[Machine]]
) -> MakingPlan:
    """Asks the hub, fetches nothing but the header of a file. A GGUF file that fits `machine` is taken, as `choose`
    does; where none fits, weights that can be converted to less.

    Raises `DownloadError`, `ModelNotFoundError`, `NotSupportedError`, `InsufficientMemoryError`.
    """
    repository = await read_repository(name)
    wanted = quantize or name.quantization
    kind = file_type(wanted).name if wanted else None
    if not repository.gguf_files:
        return structs.replace(await _conversion(library, repository, kind), offers=await _offers(name))
    try:
        choice = await choose(name, library.store, machine)
    except InsufficientMemoryError as error:
        return await _smaller(library, repository, kind, error)
    return await _download(library, repository, choice)


async def _download(library: Library, repository: HubRepository, choice: Choice) -> MakingPlan:
    chosen = choice.name if choice.reason and isinstance(choice.name, HubName) else None
    model = model_of(structs.replace(repository, name=chosen or repository.name))
    size = sum(file.size_bytes for file in model.files)
    return MakingPlan(
        name=str(repository.name),
        converts=False,
        quantization=None,
        download_bytes=size,
        result_bytes=size,
        disk_bytes=size,
        free_bytes=await _free(library),
        minutes=0.0,
        chosen=chosen,
        reason=choice.reason,
    )


async def _smaller(
    library: Library, repository: HubRepository, kind: str | None, unfit: InsufficientMemoryError
) -> MakingPlan:
    """Of a repository that has both: what was too large, made smaller. Raises `unfit` where that would not fit."""
    try:
        plan = await _conversion(library, repository, kind)
    except NotSupportedError:
        raise unfit from None
    needed = (unfit.required_bytes or 0) - min(repository.models().values()) + plan.result_bytes
    if kind is None or needed > (unfit.available_bytes or 0):
        raise unfit
    needs, free = (_gigabytes(count or 0) for count in (unfit.required_bytes, unfit.available_bytes))
    return structs.replace(plan, reason=f"the smallest needs {needs} of memory, {free} are free")


async def _conversion(library: Library, repository: HubRepository, kind: str | None) -> MakingPlan:
    files = wanted_files(repository)
    size = sum(file.size_bytes for file in files)
    weights = sum(file.size_bytes for file in files if file.path.endswith(".safetensors"))
    result = _result_bytes(weights, kind)
    return MakingPlan(
        name=str(repository.name),
        converts=True,
        quantization=kind,
        download_bytes=size,
        result_bytes=result,
        disk_bytes=size + weights + (result if kind else 0),
        free_bytes=await _free(library),
        minutes=_minutes(weights, kind),
    )


async def _offers(name: HubName) -> tuple[str, ...]:
    """What cannot be asked for, as of a mirror that cannot be searched, is not offered."""
    try:
        return tuple(each.whole for each in await quantized_from(name, _OFFERS))
    except DownloadError:
        return ()


def _result_bytes(weights: int, kind: str | None) -> int:
    if kind is None:
        return weights
    base = TYPES_BY_NAME[file_type(kind).base]
    mixed = _MIXED if kind != base.name else 1.0
    return round(weights / _BYTES_OF_A_WEIGHT * base.block_bytes / base.block_size * mixed)


def _minutes(weights: int, kind: str | None) -> float:
    seconds = weights / _COPIED_BYTES_PER_SECOND
    if kind is not None:
        speed = _SPEEDS.get(file_type(kind).base, min(_SPEEDS.values())) * 1e6
        seconds += weights / _BYTES_OF_A_WEIGHT / (speed * usable_cores())
    return seconds / 60


async def _free(library: Library) -> int:
    return shutil.disk_usage(await asyncio.to_thread(_existing, library.store.plain_folder)).free


def _existing(folder: Path) -> Path:
    return next(each for each in (folder, *folder.parents) if each.is_dir())


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 100_000_000 else f"{count / 1e6:.1f} MB"
