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
    `quantization` as `QuantizeTask` does, None for weights as they are."""

    source: str
    name: str
    dtype: str = "auto"
    quantization: str | None = None

    def reads(self) -> tuple[str, ...]:
        """A folder of the hub's cache has links to where the bytes are."""
        folder = Path(self.source)
        links = {path.resolve().parent for path in folder.rglob("*") if path.is_symlink()}
        return (str(folder), *sorted(map(str, links)))

    def run(self, folder: Path, report: Report) -> Finished:
        ensure_packages()
        from .checkpoint.repository import Repository
        from .output.whole import write_converted
        from .plan import plan_conversion

        plan = plan_conversion(Repository(Path(self.source), self.name), self.dtype)
        finished = write_converted(plan, self.target, self.quantization, self.threads, folder, report)
        return Finished(files=finished.files, facts=_facts(plan) | finished.facts)


def _facts(plan: Plan) -> dict[str, object]:
    return {"architecture": plan.architecture, "dtype": plan.type, "tensors": len(plan.tensors)}
