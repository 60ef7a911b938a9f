"""The parts of a model in one file, as llama-gguf-split --merge makes it."""

from __future__ import annotations

from pathlib import Path

from ..filework.disk import ensure_space
from ..filework.meter import Meter
from ..filework.task import FileTask, Finished, Report
from ..gguf.writing import Layout, number
from .attempts import forget_other_attempts, written_bytes
from .shapes import without_trailing_ones
from .sources import Sources
from .splitting import COUNT


class MergeTask(FileTask, frozen=True, kw_only=True):
    """Write the model of these parts as one file."""

    sources: tuple[str, ...]

    def reads(self) -> tuple[str, ...]:
        return self.sources

    def run(self, folder: Path, report: Report) -> Finished:
        name = Path(self.target).name
        with Sources(self.sources) as model:
            forget_other_attempts(folder, self.sources, self)
            others = {key: value for key, value in model.metadata.items() if key != COUNT}
            metadata = others | {COUNT: number("u16", 0)}  # what llama-gguf-split writes: it is no part any more
            layout = Layout(metadata, [without_trailing_ones(info) for info in model.tensors], name)
            ensure_space(folder, layout.size_bytes - written_bytes(folder))
            meter = Meter(report, total_bytes=model.header.data_bytes, parts=len(model.tensors))
            model.write(folder / name, layout, meter)
        return Finished(files=(name,))
