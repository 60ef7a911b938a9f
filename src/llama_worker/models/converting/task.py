"""Converting as a task of the process for file work."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..filework.task import FileTask, Finished, Report
from .extra import ensure_packages

if TYPE_CHECKING:
    from .plan import Plan


class ConvertTask(FileTask, frozen=True, kw_only=True):
    """`source` is the folder of a repository, `name` what it is called; `file_type` as `plan_conversion` takes it.

    With `base`, `source` is that of a LoRA adapter and `base` that of the model which it changes, of which config.json
    is enough; "auto" is "f32" then.
    """

    source: str
    name: str
    file_type: str = "auto"
    base: str = ""

    def reads(self) -> tuple[str, ...]:
        """A folder of the hub's cache has links to where the bytes are."""
        folders = [Path(folder) for folder in (self.source, self.base) if folder]
        links = {str(path.resolve().parent) for folder in folders for path in folder.iterdir() if path.is_symlink()}
        return (*map(str, folders), *sorted(links))

    def run(self, folder: Path, report: Report) -> Finished:
        ensure_packages()
        from .output.writing import write_planned

        plan = self._plan()
        file = Path(self.target).name
        write_planned(plan, folder, file, report)
        return Finished(files=(file,), facts={"type": plan.type, "sizeBytes": plan.layout.size_bytes})

    def _plan(self) -> Plan:
        from .adapters.plan import plan_adapter
        from .checkpoint.repository import Repository, RepositoryFiles
        from .plan import plan_conversion

        if not self.base:
            return plan_conversion(Repository(Path(self.source), self.name), self.file_type)
        wanted = "f32" if self.file_type == "auto" else self.file_type
        return plan_adapter(RepositoryFiles(Path(self.source), self.name), Repository(Path(self.base)), wanted)
