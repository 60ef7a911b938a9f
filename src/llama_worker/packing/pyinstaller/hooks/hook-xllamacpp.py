"""For PyInstaller: the bundled engine, its libraries, and its version, by which what it computed is known again."""

from __future__ import annotations

from PyInstaller.utils.hooks import collect_delvewheel_libs_directory, collect_dynamic_libs, copy_metadata

datas = copy_metadata("xllamacpp")
binaries = collect_dynamic_libs("xllamacpp")
hiddenimports = ["xllamacpp.xllamacpp"]
datas, binaries = collect_delvewheel_libs_directory("xllamacpp", datas=datas, binaries=binaries)
