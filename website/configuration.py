"""The generator's configuration of one language, made of `zensical.toml` beside this file."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

from . import environment
from .pages import ENGLISH, ROOT, Language, languages

TEMPLATE = Path(__file__).parent / "zensical.toml"


def settings() -> dict[str, Any]:
    """What is written by hand: the order of the pages, the look, and the sections' names in other languages."""
    return tomllib.loads(TEMPLATE.read_text(encoding="utf-8"))


def configured(language: Language, pages: Path, output: Path, version: str | None) -> Path:
    """Write the configuration of a language above its pages and the site, as the generator wants it; gives the file."""
    file = ROOT / "build" / f"docs-{language.code}.toml"
    places = {"docs_dir": pages, "site_dir": output}
    project = _project(language, version) | {name: str(path.relative_to(file.parent)) for name, path in places.items()}
    file.write_text("".join(f"project.{key} = {_toml(value)}\n" for key, value in project.items()), encoding="utf-8")
    return file


def _project(language: Language, version: str | None) -> dict[str, Any]:
    told = settings()
    project: dict[str, Any] = told["project"]
    names = told["sections"].get(language.code, {})
    project["nav"] = [_named(entry, names) for entry in project["nav"]]
    project["theme"]["language"] = language.code
    project["plugins"]["mkdocstrings"]["handlers"]["python"]["paths"] = [str(ROOT / "src")]
    project["extra"] = {"alternate": _alternates(language)}
    project["plugins"]["offline"]["enabled"] = environment.IFRAME_WORKER.path.is_file()
    if project["plugins"]["offline"]["enabled"]:  # by that name it takes the place of one from another host
        project["extra"]["polyfills"] = [f"assets/{environment.IFRAME_WORKER.name}"]
    if version is not None and language.code == ENGLISH:  # the menu expects the versions one folder above
        project["extra"]["version"] = {"provider": "mike"}
    return project


def _named(entry: Any, names: dict[str, str]) -> Any:
    """An entry of the navigation with the names of its sections in another language."""
    if isinstance(entry, str):
        return entry
    return {
        names.get(title, title): below if isinstance(below, str) else [_named(each, names) for each in below]
        for title, below in entry.items()
    }


def _alternates(language: Language) -> list[dict[str, str]]:
    """The other languages, from the root of this one's pages."""
    up = "../" if language.prefix else ""
    all_of_them = [
        {"name": other.name, "lang": other.code, "link": f"{up}{other.prefix}index.html"} for other in languages()
    ]
    return all_of_them if len(all_of_them) > 1 else []


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {_toml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
