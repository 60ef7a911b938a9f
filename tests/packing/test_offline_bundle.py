"""A bundle, made with a network and without, installed where there is none."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.packing.clean_root import needs_namespaces
from tests.packing.distributions import Distributions
from tests.packing.environment import program, run

pytestmark = [pytest.mark.package, pytest.mark.timeout(600), needs_namespaces]
NO_NETWORK = ("unshare", "--user", "--map-root-user", "--net")


@pytest.fixture(scope="module", params=["index", "environment"])
def bundle(
    request: pytest.FixtureRequest,
    packers: Path,
    distributions: Distributions,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """With the wheels as they were published, and made anew of what is installed."""
    folder = tmp_path_factory.mktemp(request.param) / "bundle"
    command = (packers.parent / "llama-worker", "bundle", folder, "--model", "builtin", "--json")
    told = run(*command, "--wheel", distributions.wheel) if request.param == "index" else offline(*command, "--offline")
    made = json.loads(told.stdout)
    assert made["sizeBytes"] == sum(part["sizeBytes"] for part in made["parts"]) > 30e6
    origins = {package["name"]: package["origin"] for package in made["lock"]["packages"]}
    assert set(origins.values()) == {request.param, "file"} if request.param == "index" else {request.param}
    return folder


def offline(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return run(*NO_NETWORK, *command)


def test_it_installs_and_answers_without_a_network(bundle: Path, tmp_path: Path) -> None:
    offline(shutil.which("python3") or "python3", "-c", NO_ROUTE)
    offline(program("packers", "python"), bundle / "install.py", tmp_path / "env")
    llama_worker = tmp_path / "env" / "bin" / "llama-worker"
    answer = offline(llama_worker, "run", bundle / "models" / "builtin.gguf", "What is llama-worker?").stdout
    assert "language model" in answer
    assert "is what its lock says" in offline(llama_worker, "bundle", "--check", bundle).stdout


def test_a_changed_wheel_is_not_installed(bundle: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(bundle, tmp_path / "copy")
    changed = next((copy / "wheels").glob("click-*.whl"))
    changed.write_bytes(next((copy / "wheels").glob("rich-*.whl")).read_bytes())
    with pytest.raises(AssertionError, match="DO NOT MATCH THE HASHES"):
        offline(program("packers", "python"), copy / "install.py", tmp_path / "env")


def test_a_model_that_is_not_the_same_is_told(bundle: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(bundle, tmp_path / "copy")
    with (copy / "models" / "builtin.gguf").open("r+b") as model:
        model.seek(-1, 2)
        model.write(b"?")
    with pytest.raises(AssertionError, match=r"models/builtin\.gguf has been changed"):
        offline(program("packers", "python"), copy / "install.py", tmp_path / "env")


NO_ROUTE = """
import socket
try:
    socket.create_connection(("1.1.1.1", 443), 5)
except OSError:
    raise SystemExit
raise SystemExit("there is a network")
"""
