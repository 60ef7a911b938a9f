"""For PyInstaller: the HTTP server, with the files of its page and what uvicorn chooses at run time."""

from __future__ import annotations

from PyInstaller.utils.hooks import collect_data_files, collect_submodules

hiddenimports = [*collect_submodules("llama_worker.http"), *collect_submodules("uvicorn")]
datas = collect_data_files("llama_worker.http", includes=["page/*"])
