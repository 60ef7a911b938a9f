"""The worker as a program, for PyInstaller to pack: `pyinstaller --noconfirm --name llama-worker worker.py`."""

from llama_worker import freeze_support
from llama_worker.cli import main

if __name__ == "__main__":
    freeze_support()
    main()
