"""What both kinds of engine are told about GPUs. Where there is none this is all that can be tested."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec import json as msgspec_json
from msgspec.structs import replace

from llama_worker.engine.settings import EngineSettings

from ..flags.telling import PLAIN, flags, parameters

GPU = replace(PLAIN, gpu=True, likely_gpu_layers=20, batch_size=2048, ubatch_size=512, gpu_margin_mib=700)


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


@pytest.mark.parametrize("placed", [{"cpu_moe": True}, {"tensor_split": (3.0, 1.0)}, {"split_mode": "row"}])
def test_llama_cpps_fit_gives_up_where_weights_have_their_place_so_what_was_counted_is_told(
    placed: dict[str, Any],
) -> None:
    told = flags(replace(GPU, **placed))
    assert (told["--fit"], told["--n-gpu-layers"]) == ("off", "20")
    assert "--fit-target" not in told


@pytest.mark.parametrize("layers", [0, 7])
def test_layers_that_were_asked_for_are_exactly_those(layers: int) -> None:
    told = flags(replace(GPU, gpu_layers=layers))
    assert (told["--fit"], told["--n-gpu-layers"]) == ("off", str(layers))
    assert "--fit-target" not in told


@pytest.fixture(scope="module")
def told() -> list[dict[str, Any]]:
    """What the bundled engine gets for no GPU, for one, for 7 layers on it, and when nobody could be asked."""
    settings = [PLAIN, GPU, replace(GPU, gpu_layers=7), replace(PLAIN, gpu_layers=None, ubatch_size=32)]
    return parameters(settings, "fit_params", "n_gpu_layers", "n_batch", "n_ubatch", "n_ctx", "verbosity")


def test_the_bundled_engine_gets_the_layers_that_were_counted(told: list[dict[str, Any]]) -> None:
    assert [found["n_gpu_layers"] for found in told] == [-1, 20, 7, -1]
    assert not any(found["fit_params"] for found in told)
    assert [(found["n_batch"], found["n_ubatch"]) for found in told] == [
        (64, 64),
        (2048, 512),
        (2048, 512),
        (64, 32),
    ]
    assert {found["n_ctx"] for found in told} == {12000}
    assert [found["verbosity"] for found in told] == [3, 4, 4, 3]


def test_the_settings_survive_the_way_into_the_process(tmp_path: Path) -> None:
    assert msgspec_json.decode(msgspec_json.encode(GPU), type=EngineSettings) == GPU
