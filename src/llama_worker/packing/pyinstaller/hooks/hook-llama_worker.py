"""For PyInstaller: the worker, whose modules are imported when they are needed, its model and its grammars.

The command line, the HTTP server and the fake of tests come along only where a program imports them, each by a hook of
its own.
"""

from __future__ import annotations

from PyInstaller.utils.hooks import collect_data_files, collect_submodules

_APART = ("cli", "http", "packing", "testing")


def _belongs(module: str) -> bool:
    return module.split(".")[1:2] not in [[name] for name in _APART] and not module.endswith("__main__")


hiddenimports = ["xllamacpp", *collect_submodules("llama_worker", filter=_belongs)]
datas = collect_data_files("llama_worker", includes=["assets/*.gguf", "worker/structured/grammars/*.gbnf"])
