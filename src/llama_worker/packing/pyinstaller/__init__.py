"""PyInstaller finds its hooks for our packages here, by an entry point (`pyinstaller40`): users pass no option."""

from __future__ import annotations

from pathlib import Path


def hook_directories() -> list[str]:
    """The folders in which PyInstaller looks for hooks."""
    return [str(Path(__file__).parent / "hooks")]
