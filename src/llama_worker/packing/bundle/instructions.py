"""What stands in a bundle for those who install it: a list for pip, a script, and a page."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from string import Template

from ...models.pinning.lock_file import Lock

_TEMPLATES = ("README.md", "install.py")


def write_instructions(folder: Path, lock: Lock) -> None:
    """Write them into the bundle."""
    lines = [f"{each.name}=={each.version} --hash=sha256:{each.file.sha256}" for each in lock.packages]
    (folder / "requirements.txt").write_text("\n".join([*lines, ""]), encoding="utf-8")
    values = _values(lock)
    for name in _TEMPLATES:
        text = (files(__package__) / "templates" / f"{name}.template").read_text(encoding="utf-8")
        (folder / name).write_text(Template(text).substitute(values), encoding="utf-8")


def _values(lock: Lock) -> dict[str, str]:
    assert lock.target is not None
    models = [f"| {each.name} | {each.files[0].path} | {each.license or 'not said'} |" for each in lock.models]
    return {
        "python": lock.target.python,
        "where": " ".join(lock.target.platforms),
        "models": "\n".join(models),
        "model": lock.models[0].files[0].path if lock.models else "builtin",
        "engine": lock.engine.program if lock.engine else "",
        "packages": str(len(lock.packages)),
    }
