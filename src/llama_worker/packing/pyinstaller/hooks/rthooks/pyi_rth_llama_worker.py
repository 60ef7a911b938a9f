"""Runs in PyInstaller's programs before their first line: their engine process is the program itself."""

from llama_worker import freeze_support

freeze_support()
