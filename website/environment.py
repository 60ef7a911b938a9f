"""What builds the site: pinned packages in an environment of their own, and one script from npm."""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import sys
import tarfile
import venv
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".docs"
REQUIREMENTS = Path(__file__).parent / "requirements.txt"
SCRIPTS_FOLDER = FOLDER / "scripts"


@dataclass(frozen=True)
class Script:
    """A file that the reader's browser runs, from a package of npm: the site brings it along."""

    package: str
    integrity: str
    member: str
    name: str

    @property
    def path(self) -> Path:
        return SCRIPTS_FOLDER / self.name


MERMAID = Script(
    "mermaid@12.3.0",
    "4113TdXeLAsMruJ79OpFL5O8+LTFXhQqZ260rF3tgUmiNAtRm4Uume04I+65PRN6yZ69J4f8rVYWW8zRk65UYw==",
    "package/dist/mermaid.min.js",
    "mermaid.min.js",
)
"""Draws diagrams; without npm they are shown as text."""
IFRAME_WORKER = Script(
    "iframe-worker@1.0.4",
    "roeaaI+Lg1LJNfgpCjoRe/+WzEjy9+Z08LoEvu85MCPbBjwm+qXz8Ag5U05lHa6V1CysZyGzE0SOkAtSUA5q7Q==",
    "package/shim/index.js",
    "iframe-worker.js",
)
"""Lets the search work in pages that are opened as files; without npm it works over HTTP alone."""
SCRIPTS = (MERMAID, IFRAME_WORKER)


def program(name: str) -> Path:
    """A program of the environment."""
    return FOLDER / ("Scripts" if sys.platform == "win32" else "bin") / name


def install() -> None:
    """Create the environment, unless it is there and current."""
    ready = FOLDER / ".ready"
    wanted = REQUIREMENTS.read_text(encoding="utf-8") + repr(SCRIPTS)
    if ready.is_file() and ready.read_text(encoding="utf-8") == wanted:
        return
    venv.create(FOLDER, with_pip=True, clear=True)
    subprocess.run([program("python"), "-m", "pip", "install", "--quiet", "--requirement", REQUIREMENTS], check=True)
    SCRIPTS_FOLDER.mkdir()
    if npm := shutil.which("npm"):
        for script in SCRIPTS:
            _fetch(npm, script)
    ready.write_text(wanted, encoding="utf-8")


def _fetch(npm: str, script: Script) -> None:
    done = subprocess.run(
        [npm, "pack", "--silent", script.package], cwd=FOLDER, stdout=subprocess.PIPE, text=True, check=True
    )
    package = FOLDER / done.stdout.strip()
    digest = base64.b64encode(hashlib.sha512(package.read_bytes()).digest()).decode()
    if digest != script.integrity:
        raise SystemExit(f"{package.name} from npm is not the file that was pinned: its SHA-512 is {digest}.")
    with tarfile.open(package) as files:
        member = files.extractfile(script.member)
        assert member is not None
        script.path.write_bytes(member.read())
    package.unlink()
