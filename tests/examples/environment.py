"""Where the examples run with the packages that they show: an environment of their own, made of their own requirements.

It is made for an interpreter that has tkinter, where there is one. Debian keeps it apart
(`apt-get install python3-tk`), and a Python that was compiled without Tk has none.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
FOLDER = ROOT / ".examples"
_READY = FOLDER / ".ready"
_HAS_TKINTER = "import sys, tkinter; assert sys.version_info >= (3, 11)"


def python() -> Path:
    """The interpreter that has the packages."""
    return FOLDER / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def install() -> None:
    """Create the environment, unless it is there and current."""
    base = interpreter()
    wanted = f"{base}\n" + "".join(path.read_text(encoding="utf-8") for path in requirements())
    if _READY.is_file() and _READY.read_text(encoding="utf-8") == wanted:
        return
    shutil.rmtree(FOLDER, ignore_errors=True)
    subprocess.run([base, "-m", "venv", "--without-pip", str(FOLDER)], check=True)
    files = [argument for path in requirements() for argument in ("--requirement", str(path))]
    pip = [sys.executable, "-m", "pip", "--python", str(python()), "install", "--quiet"]
    subprocess.run([*pip, "--editable", f"{ROOT}[http]", *files], check=True)
    _READY.write_text(wanted, encoding="utf-8")


def install_javascript() -> None:
    """What the example in Electron is checked with, where there is npm. Electron's program itself stays away."""
    npm = shutil.which("npm")
    folder = EXAMPLES / "electron"
    wanted = (folder / "package.json").read_text(encoding="utf-8")
    ready = folder / "node_modules" / ".ready"
    if npm and not (ready.is_file() and ready.read_text(encoding="utf-8") == wanted):
        options = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--silent"]
        subprocess.run([npm, "install", *options], cwd=folder, check=True)
        ready.write_text(wanted, encoding="utf-8")


def link_javascript_client() -> None:
    """What `npm install` makes of the client, for who has not called it."""
    link = EXAMPLES / "electron" / "node_modules" / "llama-worker"
    link.parent.mkdir(exist_ok=True)
    if not link.exists():
        link.symlink_to(ROOT / "clients" / "javascript", target_is_directory=True)


def requirements() -> list[Path]:
    """What every example needs, and what tests it."""
    return [Path(__file__).with_name("requirements.txt"), *sorted(EXAMPLES.glob("*/requirements.txt"))]


def interpreter() -> str:
    """One with tkinter; else this one, and the example in Tk is skipped."""
    system = shutil.which("python3", path="/usr/bin:/bin")
    for candidate in filter(None, (sys.executable, system)):
        if not subprocess.run([candidate, "-c", _HAS_TKINTER], capture_output=True, check=False).returncode:
            return candidate
    return sys.executable
