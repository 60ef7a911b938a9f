"""Converting as a task of the process for file work."""

from __future__ import annotations

from pathlib import Path

from ..filework.task import FileTask, Finished, Report
from .extra import ensure_packages


class ConvertTask(FileTask, frozen=True, kw_only=True):
    """`source` is the folder of a repository, `name` what it is called; `file_type` as `plan_conversion` takes it."""

    source: str
    name: str
    file_type: str = "auto"

    def reads(self) -> tuple[str, ...]:
        """A folder of the hub's cache has links to where the bytes are."""
        folder = Path(self.source)
        return (str(folder), *sorted({str(path.resolve().parent) for path in folder.iterdir() if path.is_symlink()}))

    def run(self, folder: Path, report: Report) -> Finished:
        ensure_packages()
        from .checkpoint.repository import Repository
        from .plan import plan_conversion
        from .writing import write_planned

        plan = plan_conversion(Repository(Path(self.source), self.name), self.file_type)
        file = Path(self.target).name
        write_planned(plan, folder, file, report)
        return Finished(files=(file,), facts={"type": plan.type, "sizeBytes": plan.layout.size_bytes})
