"""What stands in a bundle for those who install it: a list for pip, a script, and a page."""

from __future__ import annotations

from importlib.resources import files
from string import Template

from ...models.pinning.lock_file import Lock, LockedTarget

_TEMPLATES = ("README.md", "install.py")


def instructions(lock: Lock) -> dict[str, str]:
    """Their texts by file name; a lock that no bundle was made of has none."""
    if lock.target is None:
        return {}
    lines = [f"{each.name}=={each.version} --hash=sha256:{each.file.sha256}" for each in lock.packages]
    values, templates = _values(lock, lock.target), files(__package__) / "templates"
    texts = {name: (templates / f"{name}.template").read_text(encoding="utf-8") for name in _TEMPLATES}
    made = {name: Template(text).substitute(values) for name, text in texts.items()}
    return {"requirements.txt": "\n".join([*lines, ""]), **made}


def _values(lock: Lock, target: LockedTarget) -> dict[str, str]:
    models = [f"| {each.name} | {each.files[0].path} | {each.license or 'not said'} |" for each in lock.models]
    return {
        "python": target.python,
        "where": " ".join(target.platforms),
        "models": "\n".join(models),
        "model": lock.models[0].files[0].path if lock.models else "builtin",
        "engine": lock.engine.program if lock.engine else "",
        "packages": str(len(lock.packages)),
    }
