"""Each setting reaches both kinds of engine."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from llama_worker.engine.flags.forms import Setting
from llama_worker.engine.flags.table import SETTINGS
from llama_worker.engine.settings import EngineSettings

from .telling import PLAIN, environment, flags, parameters

OTHERS: dict[str, EngineSettings] = {
    "model_path": replace(PLAIN, model_path="other.gguf"),
    "jinja": replace(PLAIN, jinja=False),
    "check_tensors": replace(PLAIN, check_tensors=True),
    "cells": replace(PLAIN, context_size=4000),
    "sequences": replace(PLAIN, sequences=2),
    "batch_size": replace(PLAIN, batch_size=128),
    "step_tokens": replace(PLAIN, ubatch_size=32),
    "threads": replace(PLAIN, threads=7),
    "prompt_cache_mib": replace(PLAIN, prompt_cache_mib=5),
    "cache_type": replace(PLAIN, cache_type="q8_0"),
    "flash_attention": replace(PLAIN, flash_attention=False),
    "kv_unified": replace(PLAIN, kv_unified=True),
    "seed": replace(PLAIN, seed=9),
    "projector_path": replace(PLAIN, projector_path="mmproj.gguf"),
    "projector_on_gpu": replace(PLAIN, projector_path="mmproj.gguf", gpu=False),
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


@pytest.mark.parametrize(
    ("mmap", "mlock", "mode"),
    [(True, False, "mmap"), (True, True, "mmap+mlock"), (False, True, "mlock"), (False, False, "none")],
)
def test_how_a_file_is_read_is_told_in_words_that_every_server_takes(mmap: bool, mlock: bool, mode: str) -> None:
    told = environment(replace(PLAIN, use_mmap=mmap, use_mlock=mlock))
    assert told["LLAMA_ARG_LOAD_MODE"] == mode
    assert (told["LLAMA_ARG_MMAP"], "LLAMA_ARG_MLOCK" in told) == (str(int(mmap)), mlock)


def test_the_bundled_engine_reads_a_file_the_same_way() -> None:
    ways = [replace(PLAIN, use_mmap=mmap, use_mlock=mlock) for mmap in (True, False) for mlock in (True, False)]
    told = [found["load_mode"].removeprefix("LLAMA_LOAD_MODE_") for found in parameters(ways, "load_mode")]
    assert told == ["MMAP_MLOCK", "MMAP", "MLOCK", "NONE"]
