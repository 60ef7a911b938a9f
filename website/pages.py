"""Which file of the repository is which page of the site, in each language."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
ENGLISH = "en"


@dataclass(frozen=True)
class Language:
    """One language of the site: `folder` below docs/ holds its pages, at the paths of the English ones."""

    code: str
    name: str
    folder: Path

    @property
    def prefix(self) -> str:
        """Where its pages stand below the site's root."""
        return "" if self.code == ENGLISH else f"{self.code}/"


LANGUAGES = [Language(ENGLISH, "English", DOCS), Language("pt-BR", "Português (Brasil)", DOCS / "pt-BR")]
_PART_OF_ANOTHER = {"flows.md"}
_ROOT_PAGES = {"CHANGELOG.md": "changelog.md", "CONTRIBUTING.md": "contributing.md"}


def languages() -> list[Language]:
    """Those that have a page."""
    return [language for language in LANGUAGES if (language.folder / "index.md").is_file()]


def english() -> dict[Path, str]:
    """The English pages, and the files that they show: the place of each in the site."""
    translations = [language.folder for language in LANGUAGES if language.code != ENGLISH]
    files = [file for file in sorted(DOCS.rglob("*")) if file.is_file() and file.name not in _PART_OF_ANOTHER]
    own = [file for file in files if not any(file.is_relative_to(folder) for folder in translations)]
    places = {file: _place(file.relative_to(DOCS)) for file in own}
    places |= {ROOT / name: place for name, place in _ROOT_PAGES.items()}
    places |= {file: f"repository/{_folder_name(file)}.md" for file in _readmes()}
    return places | {file: f"repository/{_folder_name(file)}/{file.name}" for file in _shown_by_examples()}


def pages(language: Language) -> dict[Path, str]:
    """All pages in a language; what is not translated is there in English."""
    if language.code == ENGLISH:
        return english()
    files = (file for file in sorted(language.folder.rglob("*")) if file.is_file())
    translated = {file: _place(file.relative_to(language.folder)) for file in files}
    there = set(translated.values())
    return {file: place for file, place in english().items() if place not in there} | translated


def targets(language: Language) -> dict[Path, str]:
    """Where a link to a file of the repository leads: to its page, in this language whichever one it names.

    The files that this language shows come last.
    """
    shown = pages(language)
    others = {file: place for other in languages() for file, place in pages(other).items() if file not in shown}
    return others | dict.fromkeys(ROOT.glob("README*.md"), "index.md") | shown


def _place(relative: Path) -> str:
    return (relative.with_name("index.md") if relative.name == "README.md" else relative).as_posix()


def _readmes() -> list[Path]:
    """Those that stand beside code, one or two folders deep."""
    found = [*ROOT.glob("[a-z]*/README.md"), *ROOT.glob("[a-z]*/[a-z]*/README.md")]
    return [file for file in sorted(found) if not file.is_relative_to(DOCS) and "node_modules" not in file.parts]


def _shown_by_examples() -> list[Path]:
    """Pictures, and the notebook."""
    return sorted([*ROOT.glob("examples/*/*.png"), *ROOT.glob("examples/*/*.ipynb")])


def _folder_name(file: Path) -> str:
    return "-".join(file.parent.relative_to(ROOT).parts)
