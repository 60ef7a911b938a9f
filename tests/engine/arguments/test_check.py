"""What may be added to an engine's command line, and what is said of the rest."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from llama_worker import options
from llama_worker.engine.arguments.check import by_spelling, check_arguments
from llama_worker.engine.arguments.files import files_named
from llama_worker.engine.arguments.others import OTHERS
from llama_worker.engine.arguments.ours import OURS
from llama_worker.engine.arguments.refused import REFUSED
from llama_worker.engine.command import LlamaServer
from llama_worker.engine.companions import Speculation
from llama_worker.engine.flags.forms import Choice, Value
from llama_worker.engine.flags.table import SETTINGS
from llama_worker.errors import InvalidOptionsError

from ..flags.telling import ENDPOINT, PLAIN, parameters

# Of the kinds of speculation there are more than the one that has an option; what is said last holds.
SEVERAL_KINDS = {"--spec-type", "--spec-ngram-simple-size-n"}
KINDS = (options.ModelOptions, options.LlamaOptions, options.PromptOptions, options.SessionOptions)


def refusal(*words: str, bundled: bool = True) -> str:
    with pytest.raises(InvalidOptionsError) as refused:
        check_arguments(words, bundled=bundled)
    assert refused.value.path is not None
    assert refused.value.path.startswith("engine_arguments[")
    return refused.value.message


def test_every_argument_is_in_one_table_once() -> None:
    spellings = [spelling for table in (OURS, REFUSED, OTHERS) for names in table for spelling in names.split()]
    assert len(spellings) == len(set(spellings))


def test_what_is_an_option_exists() -> None:
    names = {name for kind in KINDS for name in kind.__struct_fields__} | {"model_path"}
    assert set(OURS.values()) <= names


def test_whatever_the_worker_says_itself_cannot_be_said_again() -> None:
    much = replace(PLAIN, alias="a", pooling="last", kv_unified=True, gpu=True, cpu_moe=2, moe_cache_mib=1)
    drafting = replace(PLAIN, gpu_layers=3, cpu_moe=True, speculation=Speculation(repeated=9))
    words = [word for told in (much, drafting) for word in LlamaServer("llama-server").arguments(told, ENDPOINT)]
    flags = {word for word in words if word.startswith("--")} - SEVERAL_KINDS
    assert flags <= set(by_spelling(OURS)) | set(by_spelling(REFUSED))
    assert {setting.flag for setting in SETTINGS if isinstance(setting, Value | Choice)} <= set(by_spelling(OURS))


@pytest.mark.parametrize("bundled", [True, False])
@pytest.mark.parametrize(
    "word", ["--host", "--port", "--api-key", "--api_key", "--ssl-key-file", "--rpc", "--tools", "-hf"]
)
def test_what_would_break_the_supervision_is_refused_wherever_it_stands(word: str, bundled: bool) -> None:
    assert "cannot be given, as" in refusal(word, "x", bundled=bundled)
    assert "cannot be given, as" in refusal("--override-kv", word, bundled=bundled)
    assert "cannot be given, as" in refusal(f"{word}=x", bundled=bundled)


@pytest.mark.parametrize(
    ("word", "option"), [("-c", "context_size"), ("--cache_type_k", "cache_type_k"), ("--temp", "temperature")]
)
def test_what_an_option_says_leads_to_it(word: str, option: str) -> None:
    assert f"use the option `{option}`" in refusal(word, "1", bundled=False)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("4",), "begins with '4'"),
        (("--unheard-of",), "has no argument --unheard-of"),
        (("--override-kv", "a=int:1"), "run a llama-server"),
        (("--poll",), "needs a value"),
        (("--poll", "much"), "must be a whole number, not 'much'"),
        (("--video-fps", "nan"), "must be a number"),
        (("--prio", "9"), "must be -1 or 0"),
        (("--no-warmup", "yes"), "takes no value"),
        (("--cpu-strict", "maybe"), "must be 0 or 1"),
        (("--override-tensor", "exps"), "PATTERN=BUFFER"),
    ],
)
def test_the_bundled_engine_is_told_only_what_it_can(words: tuple[str, ...], said: str) -> None:
    assert said in refusal(*words)


def test_a_llama_server_gets_the_words_as_they_stand() -> None:
    words = ("--unheard-of", "--override-kv", "a=int:1", "--control-vector-layer-range", "1", "2")
    check_arguments(words, bundled=False)
    told = LlamaServer("llama-server").arguments(replace(PLAIN, engine_arguments=words), ENDPOINT)
    assert tuple(told[-len(words) :]) == words


def test_the_bundled_engine_gets_parameters() -> None:
    words = ["--no-warmup", "--poll", "0", "--lazy_mode", "off", "--prio", "-1", "-ot", "a=CPU", "-ot", "b=CPU"]
    words += ["--video-fps", "0.25", "--spec-ngram-mod-n-max", "9", "--cpu-strict", "1"]
    check_arguments(words, bundled=True)
    expected = {
        "warmup": False,
        "cpuparams.poll": 0,
        "lazy_mode": "LLAMA_LAZY_MODE_OFF",
        "cpuparams.priority": "GGML_SCHED_PRIO_LOW",
        "tensor_buft_overrides": "a=CPU,b=CPU",
        "video_fps": 0.25,
        "speculative.ngram_mod.n_max": 9,
        "cpuparams.strict_cpu": True,
    }
    [told] = parameters([replace(PLAIN, engine_arguments=tuple(words))], *expected)
    assert told == expected


def test_every_parameter_is_one_of_the_engine() -> None:
    paths = sorted({parameter.path for parameter in OTHERS.values() if parameter is not None})
    [told] = parameters([PLAIN], *paths)
    assert set(told) == set(paths)


def test_files_that_are_named_may_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = tmp_path / "one.gguf", tmp_path / "two.gguf"
    one.touch()
    two.touch()
    monkeypatch.chdir(tmp_path)
    words = ["--control-vector-scaled", f"{one}:0.5,two.gguf", "--override-kv", "x=int:1", "a" * 5000, str(tmp_path)]
    assert files_named(words) == (str(one), str(two))
