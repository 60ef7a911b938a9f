"""The npm package: whole, with types that every resolution finds."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.packing.environment import ROOT, run

pytestmark = [pytest.mark.package, pytest.mark.timeout(300)]
CLIENT = ROOT / "clients" / "javascript"


@pytest.fixture(scope="module")
def packed(checkers: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("npm")
    run("npm", "pack", "--silent", CLIENT, "--pack-destination", folder)
    (archive,) = folder.glob("*.tgz")
    return archive


def test_it_holds_what_its_readme_shows_and_nothing_else(packed: Path) -> None:
    listed = run("tar", "tzf", packed).stdout.split()
    names = {name.removeprefix("package/") for name in listed}
    program = {"llama-worker.js", "llama-worker.d.ts", "protocol.d.ts", "examples/chat.mjs"}
    assert names == {*program, "package.json", "README.md", "LICENSE"}


def test_its_metadata_is_sound(checkers: Path) -> None:
    run(checkers / "publint", "--strict", CLIENT)


def test_its_types_are_found(checkers: Path, packed: Path) -> None:
    run(checkers / "attw", "--profile", "esm-only", "--no-color", packed)


def test_a_project_that_installs_it_can_import_it(packed: Path, tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text(json.dumps({"type": "module"}))
    run("npm", "install", "--silent", "--no-fund", "--no-audit", "--offline", "--prefix", tmp_path, packed)
    used = (
        'import { LlamaWorker, spawnWorker } from "llama-worker"; console.log(typeof LlamaWorker, typeof spawnWorker)'
    )
    done = subprocess.run(["node", "--input-type=module", "-e", used], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.split() == ["function", "function"], done.stderr
