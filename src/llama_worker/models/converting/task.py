"""Converting as a task of the process for file work."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..filework.task import FileTask, Finished, Report
from .extra import ensure_packages

if TYPE_CHECKING:
    from .plan import Plan


class ConvertTask(FileTask, frozen=True, kw_only=True):
    """`source` is the folder of a repository, `name` what it is called; `dtype` as `plan_conversion` takes it;
    `quantization` as `QuantizeTask` does, None for weights as they are.

    With `base`, `source` is that of a LoRA adapter and `base` that of the model which it changes, of which config.json
    is enough; "auto" is "f32" then.
    """

    source: str
    name: str
    dtype: str = "auto"
    quantization: str | None = None
    base: str = ""

    def reads(self) -> tuple[str, ...]:
        """A folder of the hub's cache has links to where the bytes are."""
        folders = [Path(folder) for folder in (self.source, self.base) if folder]
        links = {str(path.resolve().parent) for folder in folders for path in folder.rglob("*") if path.is_symlink()}
        return (*map(str, folders), *sorted(links))

    def run(self, folder: Path, report: Report) -> Finished:
        ensure_packages()
        from .output.whole import write_converted

        plan = self._plan()
        finished = write_converted(plan, self.target, self.quantization, self.threads, folder, report)
        facts = {"architecture": plan.architecture, "dtype": plan.type, "tensors": len(plan.tensors)}
        return Finished(files=finished.files, facts=facts | finished.facts)

    def _plan(self) -> Plan:
        from .adapters.plan import plan_adapter
        from .checkpoint.repository import Repository, RepositoryFiles
        from .plan import plan_conversion

        if not self.base:
            return plan_conversion(Repository(Path(self.source), self.name), self.dtype)
        wanted = "f32" if self.dtype == "auto" else self.dtype
        return plan_adapter(RepositoryFiles(Path(self.source), self.name), Repository(Path(self.base)), wanted)
