"""A file with other metadata."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from ...errors import InvalidModelError, InvalidOptionsError
from ...messages.files import MetadataDifference
from ..filework.disk import ensure_space
from ..filework.meter import Meter
from ..filework.task import FileTask, Finished, Report
from ..gguf.header import GgufHeader
from ..gguf.writing import Layout, read_metadata
from .attempts import forget_other_attempts, written_bytes
from .changes import Changes
from .describing import metadata_differences
from .in_place import written_in_place
from .sources import Sources


class EditTask(FileTask, frozen=True, kw_only=True):
    """Write the file `source` with changed metadata."""

    source: str
    changes: Changes

    def reads(self) -> tuple[str, ...]:
        return (self.source,)

    def run(self, folder: Path, report: Report) -> Finished:
        name = Path(self.target).name
        with Sources([self.source], whole=False) as file:
            forget_other_attempts(folder, [self.source], self)
            layout = Layout(self.changes.applied(file.metadata), file.tensors, name)
            ensure_space(folder, layout.size_bytes - written_bytes(folder))
            meter = Meter(report, total_bytes=file.header.data_bytes, parts=len(file.tensors))
            file.write(folder / name, layout, meter)
        return Finished(files=(name,))


class Rewriting(Struct, frozen=True):
    """What is known before anything is written: the header with the changes, and whether the file has it already."""

    layout: Layout
    header: GgufHeader
    path: Path
    differences: list[MetadataDifference]

    def done_in_place(self) -> bool:
        """Change the file itself, if nothing moves in it and nobody has it open."""
        return written_in_place(self.path, self.header, self.layout)


def plan_rewriting(path: Path, header: GgufHeader, changes: Changes) -> Rewriting:
    """Raises InvalidOptionsError when the file would be no model any more with these changes, InvalidModelError."""
    metadata = read_metadata(path, header)
    changed = changes.applied(metadata)
    layout = Layout(changed, header.tensors, str(path))
    if _loadable(header):
        try:
            layout.read.check_loadable()
        except InvalidModelError as error:
            raise InvalidOptionsError(f"With these changes {error.message[0].lower()}{error.message[1:]}") from error
    return Rewriting(layout, header, path, metadata_differences((header, metadata), (layout.read, changed)))


def _loadable(header: GgufHeader) -> bool:
    try:
        header.check_loadable()
    except InvalidModelError:
        return False
    return True
