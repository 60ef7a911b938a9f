"""Each setting reaches both kinds of engine."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from llama_worker.engine.companions import ProjectorFile
from llama_worker.engine.flags.forms import Setting
from llama_worker.engine.flags.table import SETTINGS
from llama_worker.engine.settings import EngineSettings
from llama_worker.options import Rope

from .telling import PLAIN, environment, flags, parameters

PROJECTOR = ProjectorFile("mmproj.gguf", size=1, modalities=("image",))
OTHERS: dict[str, EngineSettings] = {
    "model_path": replace(PLAIN, model_path="other.gguf"),
    "jinja": replace(PLAIN, jinja=False),
    "check_tensors": replace(PLAIN, check_tensors=True),
    "cells": replace(PLAIN, context_size=4000),
    "sequences": replace(PLAIN, sequences=2),
    "batch_size": replace(PLAIN, batch_size=128),
    "step_tokens": replace(PLAIN, ubatch_size=32),
    "threads": replace(PLAIN, threads=7),
    "reading_threads": replace(PLAIN, threads_batch=6),
    "prompt_cache_mib": replace(PLAIN, prompt_cache_mib=5),
    "cache_type_k": replace(PLAIN, cache_type_k="q8_0"),
    "cache_type_v": replace(PLAIN, cache_type_v="iq4_nl"),
    "context_checkpoints": replace(PLAIN, context_checkpoints=9),
    "swa_full": replace(PLAIN, swa_full=True),
    "kv_offload": replace(PLAIN, kv_offload=False),
    "op_offload": replace(PLAIN, op_offload=False),
    "repack": replace(PLAIN, repack=False),
    "main_gpu": replace(PLAIN, main_gpu=1),
    "split_mode": replace(PLAIN, split_mode="row"),
    "tensor_split": replace(PLAIN, tensor_split=(3.0, 1.0)),
    "numa": replace(PLAIN, numa="distribute"),
    "rope.scaling": replace(PLAIN, rope=Rope(scaling="yarn")),
    "rope.scale": replace(PLAIN, rope=Rope(scale=4)),
    "rope.frequency_base": replace(PLAIN, rope=Rope(frequency_base=1e6)),
    "rope.original_context_size": replace(PLAIN, rope=Rope(original_context_size=2048)),
    "rope.extrapolation_factor": replace(PLAIN, rope=Rope(extrapolation_factor=0.5)),
    "rope.attention_factor": replace(PLAIN, rope=Rope(attention_factor=0.5)),
    "rope.beta_fast": replace(PLAIN, rope=Rope(beta_fast=16)),
    "rope.beta_slow": replace(PLAIN, rope=Rope(beta_slow=2)),
    "flash_attention": replace(PLAIN, flash_attention=False),
    "kv_unified": replace(PLAIN, kv_unified=True),
    "seed": replace(PLAIN, seed=9),
    "projector.path": replace(PLAIN, projector=PROJECTOR),
    "projector_on_gpu": replace(PLAIN, projector=PROJECTOR, gpu=False),
}


def test_every_setting_of_the_table_is_looked_at() -> None:
    assert {setting.name for setting in SETTINGS} == set(OTHERS)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.parameter)
def test_a_llama_server_is_told_another_value(setting: Setting) -> None:
    name = setting.name
    assert flags(OTHERS[name]) != flags(PLAIN)


def test_the_bundled_engine_is_told_other_values() -> None:
    paths = [setting.parameter for setting in SETTINGS]
    plain, *others = parameters([PLAIN, *(OTHERS[setting.name] for setting in SETTINGS)], *paths)
    unchanged = [path for path, told in zip(paths, others, strict=True) if told[path] == plain[path]]
    assert not unchanged


def test_a_number_is_told_as_the_engine_counts() -> None:
    rope = replace(PLAIN, rope=Rope(scaling="linear", scale=4.0))
    assert (flags(rope)["--rope-scale"], flags(rope)["--rope-scaling"]) == ("4.0", "linear")
    split = replace(PLAIN, tensor_split=(3.0, 1.0), moe_cache_mib=2)
    assert (flags(split)["--tensor-split"], flags(split)["--moe-cache-mib"]) == ("3.0,1.0", "2")
    told = parameters([rope, split], "rope_freq_scale", "tensor_split", "moe_cache_size")
    assert (told[0]["rope_freq_scale"], told[0]["moe_cache_size"]) == (0.25, 0)
    assert (told[1]["tensor_split"][:3], told[1]["moe_cache_size"]) == ([3.0, 1.0, 0.0], 2 << 20)


def test_experts_stay_in_main_memory_for_all_layers_or_the_first_ones() -> None:
    all_of_them, two, none = (replace(PLAIN, cpu_moe=chosen) for chosen in (True, 2, False))
    assert "--cpu-moe" in flags(all_of_them)
    assert flags(two)["--n-cpu-moe"] == "2"
    assert not {"--cpu-moe", "--n-cpu-moe"} & flags(none).keys()
    told = [found["tensor_buft_overrides"] for found in parameters([all_of_them, two, none], "tensor_buft_overrides")]
    assert [text.count("exps=CPU") for text in told] == [1, 2, 0]
    assert r"blk\.1\.ffn" in told[1]


@pytest.mark.parametrize(
    ("mmap", "mlock", "mode"),
    [(True, False, "mmap"), (True, True, "mmap+mlock"), (False, True, "mlock"), (False, False, "none")],
)
def test_how_a_file_is_read_is_told_in_words_that_every_server_takes(mmap: bool, mlock: bool, mode: str) -> None:
    told = environment(replace(PLAIN, use_mmap=mmap, use_mlock=mlock))
    assert told["LLAMA_ARG_LOAD_MODE"] == mode
    assert (told["LLAMA_ARG_MMAP"], "LLAMA_ARG_MLOCK" in told) == (str(int(mmap)), mlock)


def test_direct_io_goes_before_both() -> None:
    direct = replace(PLAIN, use_direct_io=True)
    assert environment(direct)["LLAMA_ARG_LOAD_MODE"] == "dio"
    assert parameters([direct], "load_mode") == [{"load_mode": "LLAMA_LOAD_MODE_DIRECT_IO"}]


def test_the_bundled_engine_reads_a_file_the_same_way() -> None:
    ways = [replace(PLAIN, use_mmap=mmap, use_mlock=mlock) for mmap in (True, False) for mlock in (True, False)]
    told = [found["load_mode"].removeprefix("LLAMA_LOAD_MODE_") for found in parameters(ways, "load_mode")]
    assert told == ["MMAP_MLOCK", "MMAP", "MLOCK", "NONE"]
