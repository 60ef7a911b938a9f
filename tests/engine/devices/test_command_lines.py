"""What both kinds of engine are told about GPUs. Where there is none this is all that can be tested."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from msgspec import json as msgspec_json
from msgspec.structs import replace

from llama_worker.engine.command import LlamaServer
from llama_worker.engine.process.endpoint import Endpoint
from llama_worker.engine.settings import EngineSettings

PLAIN = EngineSettings(model_path="m.gguf", context_size=3000, sequences=4, batch_size=64, threads=2)
GPU = replace(PLAIN, gpu=True, likely_gpu_layers=20, batch_size=2048, ubatch_size=512, gpu_margin_mib=700)
ENDPOINT = Endpoint(directory="/nowhere", socket_path="/nowhere/s")

# The real parameters of the bundled engine, with a server that only says what it was told.
TELL = """
import json, sys
import msgspec, xllamacpp
from llama_worker.engine.process.endpoint import Endpoint
from llama_worker.engine.settings import EngineSettings

def tell(params):
    names = ("fit_params", "n_gpu_layers", "n_batch", "n_ubatch", "n_ctx", "verbosity")
    print(json.dumps({name: getattr(params, name) for name in names}))

xllamacpp.Server = tell
from llama_worker.engine.process.xllamacpp_server import start_server

for settings in msgspec.json.decode(sys.argv[1], type=list[EngineSettings]):
    start_server(settings, Endpoint(directory="/nowhere", socket_path="/nowhere/s"))
"""


def flags(settings: EngineSettings) -> dict[str, str]:
    arguments = LlamaServer("llama-server").arguments(settings, ENDPOINT)
    return dict(itertools.pairwise(arguments))


def test_without_a_gpu_nothing_is_fitted_and_a_batch_is_one_step() -> None:
    told = flags(PLAIN)
    assert (told["--fit"], told["--verbosity"]) == ("off", "3")
    assert (told["--batch-size"], told["--ubatch-size"]) == ("64", "64")
    assert not {"--fit-target", "--n-gpu-layers"} & told.keys()


def test_with_one_llama_cpps_fit_decides_but_not_about_the_context() -> None:
    told = flags(GPU)
    assert (told["--fit"], told["--fit-target"], told["--fit-ctx"]) == ("on", "700", "3000")
    assert (told["--ctx-size"], told["--parallel"]) == ("12000", "4")
    assert (told["--batch-size"], told["--ubatch-size"]) == ("2048", "512")
    assert told["--verbosity"] == "4"  # else the log does not say where the layers went
    assert "--n-gpu-layers" not in told


@pytest.mark.parametrize("layers", [0, 7])
def test_layers_that_were_asked_for_are_exactly_those(layers: int) -> None:
    told = flags(replace(GPU, gpu_layers=layers))
    assert (told["--fit"], told["--n-gpu-layers"]) == ("off", str(layers))
    assert "--fit-target" not in told


@pytest.fixture(scope="module")
def parameters() -> list[dict[str, Any]]:
    """What the bundled engine gets for no GPU, for one, for 7 layers on it, and when nobody could be asked."""
    settings = [PLAIN, GPU, replace(GPU, gpu_layers=7), replace(PLAIN, gpu_layers=None, ubatch_size=32)]
    told = subprocess.run(
        [sys.executable, "-c", TELL, msgspec_json.encode(settings)], capture_output=True, text=True, check=True
    )
    return [json.loads(line) for line in told.stdout.splitlines()]


def test_the_bundled_engine_gets_the_layers_that_were_counted(parameters: list[dict[str, Any]]) -> None:
    assert [found["n_gpu_layers"] for found in parameters] == [-1, 20, 7, -1]
    assert not any(found["fit_params"] for found in parameters)
    assert [(found["n_batch"], found["n_ubatch"]) for found in parameters] == [
        (64, 64),
        (2048, 512),
        (2048, 512),
        (64, 32),
    ]
    assert {found["n_ctx"] for found in parameters} == {12000}
    assert [found["verbosity"] for found in parameters] == [3, 4, 4, 3]


def test_the_settings_survive_the_way_into_the_process(tmp_path: Path) -> None:
    assert msgspec_json.decode(msgspec_json.encode(GPU), type=EngineSettings) == GPU
