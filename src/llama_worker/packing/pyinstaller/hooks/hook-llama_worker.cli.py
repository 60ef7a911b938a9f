"""For PyInstaller: a program that runs our commands gets all of them, as each is imported when it is called."""

from __future__ import annotations

from PyInstaller.utils.hooks import collect_submodules

hiddenimports = collect_submodules("llama_worker.cli")
