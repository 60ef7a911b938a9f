"""Quantizing a model, in the process for it: slab by slab, on all processors, in a bounded memory."""

from __future__ import annotations

import hashlib
import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path

from ..filework.disk import ensure_space
from ..filework.meter import Meter
from ..filework.task import Finished, Report
from .ggml import Ggml
from .order import QuantizeOrder
from .plan import Plan, ensure_usable, make_plan
from .record import Purpose, Record
from .rows import RowMaker
from .slabs import Slab, slabs_of

_WAITING_FOR_EACH = 2  # slabs that are handed out beyond those that are being made


def quantize(task: QuantizeOrder, folder: Path, report: Report) -> Finished:
    """Do the task: the model is in `folder`, under its target's name, when this returns."""
    plan = make_plan(task)
    ggml = Ggml({info.type for pair in plan.pairs for info in (pair[0].tensor, pair[1])})
    ensure_usable(plan, frozenset(kind for kind in plan.source_types if ggml.can_read(kind)))
    target = folder / Path(task.target).name
    slabs = slabs_of(plan)
    with closing(Record(folder, _purpose(task, plan), len(slabs))) as record:
        _prepare(target, plan, resumes=record.open())
        Quantizer(task, plan, ggml, target, record, _meter(plan, slabs, report)).run(slabs)
    return Finished(files=(target.name,), facts=_facts(plan))


def _purpose(task: QuantizeOrder, plan: Plan) -> Purpose:
    files = [*task.parts, *([task.imatrix] if task.imatrix else [])]
    found = [(path, Path(path).stat()) for path in files]
    return Purpose(
        sources=tuple((path, status.st_size, status.st_mtime_ns) for path, status in found),
        layout=hashlib.sha256(plan.layout.header).hexdigest(),
        target=task.target,
    )


def _prepare(target: Path, plan: Plan, *, resumes: bool) -> None:
    """Make the file as long as it will be, with its header, once there is room for the rest."""
    if not resumes:
        target.unlink(missing_ok=True)
    here = target.stat() if target.exists() else None
    present = min(getattr(here, "st_blocks", 0) * 512, plan.layout.size_bytes) if here else 0
    ensure_space(target.parent, plan.layout.size_bytes - present)
    with target.open("r+b" if here else "wb") as file:
        file.write(plan.layout.header)
        file.truncate(plan.layout.size_bytes)


def _meter(plan: Plan, slabs: Sequence[Slab], report: Report) -> Meter:
    return Meter(report, total_bytes=sum(slab.source_bytes for slab in slabs), parts=len(plan.sources))


def _facts(plan: Plan) -> dict[str, object]:
    sources = [source.tensor for source in plan.sources]
    weights = sum(tensor.elements for tensor in sources)
    return {
        "sourceBytes": sum(tensor.size_bytes for tensor in sources),
        "sizeBytes": plan.layout.size_bytes,
        "bitsPerWeight": round(8 * sum(tensor.size_bytes for tensor in plan.layout.tensors) / max(weights, 1), 3),
        "types": plan.types,
        "fallbacks": plan.fallbacks,
    }


class Quantizer:
    """Hands slabs to threads, and notes those that are written."""

    def __init__(self, task: QuantizeOrder, plan: Plan, ggml: Ggml, target: Path, record: Record, meter: Meter) -> None:
        self._threads = task.threads or processors()
        self._plan = plan
        self._record, self._meter, self._target = record, meter, target
        self._own = threading.local()
        self._makers = ExitStack()
        self._new_maker: Callable[[], RowMaker] = partial(RowMaker, ggml, plan.importance, plan.covered, target)
        self._left: Counter[int] = Counter()

    def run(self, slabs: Sequence[Slab]) -> None:
        """Raises what a slab raises, with all threads at rest."""
        self._left = Counter(slab.tensor for slab in slabs)
        with self._makers, self._pool() as submit:
            waiting: dict[Future[tuple[bytes, bool]], Slab] = {}
            for slab in slabs:
                self._meter.begin(_told(slab))
                waiting[submit(self._make, slab)] = slab
                if len(waiting) >= self._threads * _WAITING_FOR_EACH:
                    self._settle(waiting)
            while waiting:
                self._settle(waiting)
        with self._target.open("rb+") as file:
            os.fsync(file.fileno())

    @contextmanager
    def _pool(self) -> Iterator[Callable[..., Future[tuple[bytes, bool]]]]:
        pool = ThreadPoolExecutor(self._threads)
        try:
            yield pool.submit
        finally:
            pool.shutdown(cancel_futures=True)

    def _settle(self, waiting: dict[Future[tuple[bytes, bool]], Slab]) -> None:
        """Note what is written, once at least one slab is."""
        done, _ = wait(waiting, return_when=FIRST_COMPLETED)
        for future in done:
            slab = waiting.pop(future)
            digest, resumed = future.result()
            if not resumed:
                self._record.note(slab.index, digest)
            self._meter.add(slab.source_bytes, slab.target_bytes, resumed=resumed)
            self._left[slab.tensor] -= 1
            if not self._left[slab.tensor]:
                self._meter.end_part()

    def _make(self, slab: Slab) -> tuple[bytes, bool]:
        """In a thread: the slab's digest, and whether it was written before."""
        if not hasattr(self._own, "maker"):
            self._own.maker = self._new_maker()
            self._makers.callback(self._own.maker.close)
        maker: RowMaker = self._own.maker
        known = self._record.digest(slab.index)
        if known is not None and maker.digest(slab) == known:
            return known, True
        return maker.make(slab), False


def _told(slab: Slab) -> str:
    if slab.source_type == slab.target_type:
        return f"{slab.name}: {slab.source_type}"
    return f"{slab.name}: {slab.source_type} to {slab.target_type}"


def processors() -> int:
    """Those that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
