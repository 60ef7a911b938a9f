"""What is going to be written: each tensor's type, and the header."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct, structs

from ...errors import InvalidModelError, InvalidOptionsError
from ..gguf.header import GgufHeader
from ..gguf.inspect import join_parts, read_header
from ..gguf.parser import TensorInfo
from ..gguf.writing import Layout, Metadata, TypedValue, number, read_metadata, tensor, text
from .file_types import FileType, file_type
from .importance.matrix import ImportanceMatrix, Origin
from .importance.reading import read_importance
from .order import QuantizeOrder
from .rules.facts import facts_of, in_order
from .rules.families import ensure_known
from .rules.fitting import fitting_type, needs_importance
from .rules.kinds import is_quantized
from .rules.mixture import Mixture

_FLOATS = frozenset({"F32", "F16", "BF16"})
_FORMAT_VERSION = 2  # ggml's GGML_QNT_VERSION
_SPLIT_KEYS = frozenset({"split.no", "split.count", "split.tensors.count"})
_VERSION_KEY, _FILE_TYPE_KEY = "general.quantization_version", "general.file_type"


class Source(Struct, frozen=True):
    """Where a tensor's bytes are: in which of the parts, from where on."""

    part: Path
    offset: int
    tensor: TensorInfo


class Plan(Struct, frozen=True):
    """Sources and targets in the order of the layout; `fallbacks` counts tensors that got another type than the rules
    wanted, as their rows are no whole blocks of it; `covered` are those that have importance values."""

    sources: tuple[Source, ...]
    layout: Layout
    importance: ImportanceMatrix | None
    fallbacks: int
    covered: frozenset[str]

    @property
    def pairs(self) -> list[tuple[Source, TensorInfo]]:
        return list(zip(self.sources, self.layout.tensors, strict=True))

    @property
    def source_types(self) -> set[str]:
        return {source.tensor.type for source in self.sources}

    @property
    def types(self) -> dict[str, int]:
        """How many tensors of each type there will be."""
        return dict(Counter(target.type for target in self.layout.tensors).most_common())


def make_plan(task: QuantizeOrder) -> Plan:
    """Raises `InvalidModelError` and `InvalidOptionsError` for what cannot be quantized so."""
    headers = [read_header(part) for part in task.parts]
    model = join_parts(headers)
    wanted = file_type(task.quantization)
    importance = read_importance(Path(task.imatrix)) if task.imatrix else None
    places = _places(task.parts, headers)
    tensors = in_order([_as_read(info) for info in model.tensors])
    types, fallbacks = _types(task, wanted, model, tensors, importance is not None)
    made = [info for info, kind in zip(tensors, types, strict=True) if kind != info.type]
    for info, kind in zip(tensors, types, strict=True):
        _check(task, wanted, info, kind, importance)
    metadata = _metadata(read_metadata(Path(task.parts[0]), headers[0]), wanted, importance)
    targets = [_target(info, kind) for info, kind in zip(tensors, types, strict=True)]
    sources = tuple(places[info.name] for info in tensors)
    covered = frozenset(info.name for info in made if importance is not None and importance.covers(info))
    return Plan(sources, Layout(metadata, targets, task.target), importance, fallbacks, covered)


def _as_read(info: TensorInfo) -> TensorInfo:
    """llama.cpp forgets last dimensions of 1, and writes none."""
    count = max((place for place, length in enumerate(info.shape, 1) if length > 1), default=1)
    return structs.replace(info, shape=info.shape[:count])


def _places(parts: Sequence[str], headers: Sequence[GgufHeader]) -> dict[str, Source]:
    return {
        info.name: Source(Path(part), header.header_bytes + info.offset, info)
        for part, header in zip(parts, headers, strict=True)
        for info in header.tensors
    }


def _types(
    task: QuantizeOrder, wanted: FileType, model: GgufHeader, tensors: Sequence[TensorInfo], has_importance: bool
) -> tuple[list[str], int]:
    """Each tensor's type, and how many had to take another than they were meant to have."""
    plain = task.pure or not wanted.quantizes
    if not plain:
        ensure_known(model)
    mixture = Mixture(wanted, facts_of(model, tensors, imatrix=has_importance))
    types, fallbacks = [], 0
    for info in tensors:
        if not is_quantized(info):
            types.append(info.type)
            continue
        meant = wanted.base if plain else mixture.type_of(info)
        types.append(fitting_type(info, meant))
        fallbacks += types[-1] != meant
    return types, fallbacks


def _check(
    task: QuantizeOrder, wanted: FileType, info: TensorInfo, kind: str, importance: ImportanceMatrix | None
) -> None:
    if kind == info.type:
        return
    source = task.parts[0]
    if info.type not in _FLOATS and not task.requantize:
        message = (
            f"{source} is quantized already ({info.name} is {info.type}): take the model it was made of, or allow to "
            "requantize, which costs quality."
        )
        raise InvalidOptionsError(message, path="requantize", model=source)
    covered = importance is not None and importance.covers(info)
    if needs_importance(info, kind, wanted) and not covered:
        lacks = f"{task.imatrix} has nothing for {info.name}" if importance else "none is given"
        message = f"{wanted.name} makes garbage without an importance matrix, and {lacks}: give one (imatrix)."
        raise InvalidOptionsError(message, path="imatrix", model=source)


def _target(info: TensorInfo, kind: str) -> TensorInfo:
    """A type that only newer engines know is copied, and keeps its size."""
    return info if kind == info.type else tensor(info.name, kind, info.shape)


def _metadata(found: Mapping[str, TypedValue], wanted: FileType, importance: ImportanceMatrix | None) -> Metadata:
    ours = {_VERSION_KEY: number("u32", _FORMAT_VERSION), _FILE_TYPE_KEY: number("u32", wanted.number)}
    if importance is not None:
        ours |= _told_of(importance.origin, len(importance))
    kept = {key: value for key, value in found.items() if key not in ours and key not in _SPLIT_KEYS}
    return kept | ours


def _told_of(origin: Origin, entries: int) -> dict[str, TypedValue]:
    """Under the names that llama-quantize gives it."""
    told = {"quantize.imatrix.file": text(Path(origin.file).name)}
    if origin.dataset:
        told["quantize.imatrix.dataset"] = text(origin.dataset)
    told["quantize.imatrix.entries_count"] = number("u32", entries)
    if origin.chunks:
        told["quantize.imatrix.chunks_count"] = number("u32", origin.chunks)
    return told


def ensure_usable(plan: Plan, readable: frozenset[str]) -> None:
    """Raises `InvalidModelError` for a tensor of a type that no floats can be made of."""
    for source, target in plan.pairs:
        kind = source.tensor.type
        if kind not in (target.type, "F32") and kind not in readable:
            message = f"{source.part} holds {source.tensor.name} as {kind}, which nothing can be made of."
            raise InvalidModelError(message, model=str(source.part))
