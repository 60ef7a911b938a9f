"""For PyInstaller: a program that can be run with scripted replies. pytest's plugin stays outside."""

from __future__ import annotations

from PyInstaller.utils.hooks import collect_submodules

hiddenimports = collect_submodules("llama_worker.testing", filter=lambda module: not module.endswith(".plugin"))
