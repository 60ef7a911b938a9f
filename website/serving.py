"""The English site while it is written: what is saved is shown."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

from . import environment
from .building import OUTPUT
from .configuration import configured
from .pages import ENGLISH, LANGUAGES, Language, pages, targets
from .staging import stage, write


def serve() -> int:
    """Serve on http://localhost:8000 until Ctrl-C."""
    (language,) = (each for each in LANGUAGES if each.code == ENGLISH)
    folder = stage(language)
    file = configured(language, folder, OUTPUT.with_name("docs-preview"), None)
    server = subprocess.Popen([environment.program("zensical"), "serve", "--config-file", file], cwd=file.parent)
    try:
        _follow(language, folder, server)
    except KeyboardInterrupt:
        server.terminate()
    return server.wait()


def _follow(language: Language, folder: Path, server: subprocess.Popen[bytes]) -> None:
    """Write each page that was changed to where the server sees it, as long as it runs."""
    seen = time.time()
    while server.poll() is None:
        begun = time.time()
        for file, place in pages(language).items():
            if file.stat().st_mtime > seen:
                write(file, folder, place, targets(language))
        seen = begun
        time.sleep(0.5)
