"""Programs that bring Python without its executable, and Briefcase, whose applications are such."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.packing.distributions import Distributions
from tests.packing.environment import ROOT, program, run
from tests.packing.found import check

pytestmark = [pytest.mark.package, pytest.mark.timeout(600)]
PROGRAMS = Path(__file__).parent / "programs"
BRIEFCASE = """
[tool.briefcase]
project_name = "Assistant"
bundle = "com.example"
version = "0.0.1"
license.file = "LICENSE"
author = "Somebody"
author_email = "somebody@example.com"

[tool.briefcase.app.assistant]
formal_name = "Assistant"
description = "It answers"
sources = ["src/assistant"]
requires = ["{wheel}"]
console_app = true
"""


@pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler")
@pytest.mark.skipif(not sysconfig.get_config_var("Py_ENABLE_SHARED"), reason="needs Python as a library")
def test_a_program_in_c_is_its_own_engine(packers: Path, tmp_path: Path) -> None:
    """There is no `python` for it to start: it is told to start itself."""
    site = next(packers.parents[1].glob("lib/python*/site-packages"))
    source = tmp_path / "main.py"
    text = (PROGRAMS / "assistant.py").read_text(encoding="utf-8")
    source.write_text(f"import sys\nsys.path.insert(0, {str(site)!r})\n{text}", encoding="utf-8")
    application = tmp_path / "application"
    places = (f'-DPYTHON_HOME="{sys.base_prefix}"', f'-DPROGRAM="{source}"', f"-I{sysconfig.get_path('include')}")
    library = sysconfig.get_config_var("LIBDIR")
    linked = (f"-L{library}", f"-Wl,-rpath,{library}", f"-lpython{sysconfig.get_config_var('LDVERSION')}")
    run("cc", PROGRAMS / "application.c", "-o", application, *places, *linked)
    nothing = {"PATH": str(tmp_path), "HOME": str(tmp_path)}
    done = subprocess.run([application], capture_output=True, text=True, env=nothing, check=False, timeout=100)
    assert done.returncode == 0, done.stderr
    assert str(site) in check(done.stdout)


def test_briefcase_runs_it(distributions: Distributions, tmp_path: Path) -> None:
    """As developers run it. To pack it, Briefcase fetches its templates from GitHub, and this may have no network."""
    package = tmp_path / "src" / "assistant"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    shutil.copy(PROGRAMS / "assistant.py", package / "__main__.py")
    shutil.copy(ROOT / "LICENSE", tmp_path)
    (tmp_path / "pyproject.toml").write_text(BRIEFCASE.format(wheel=distributions.wheel), encoding="utf-8")
    done = run(program("tools", "briefcase"), "dev", "--no-input", cwd=tmp_path)
    (printed,) = [line for line in done.stdout.splitlines() if line.startswith("{")]
    assert check(printed)
