"""`llama-worker.toml`: what it says, and where its mistakes are."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from llama_worker import Configuration, load_config
from llama_worker.config.configuration import Listening
from llama_worker.config.named_model import PROMPT_DEFAULTS, as_named
from llama_worker.config.paths import MAYBE_PATHS, PATHS, user_file
from llama_worker.errors import ConfigurationError, InvalidOptionsError
from llama_worker.options import LlamaOptions, ModelOptions, PromptOptions, ServerOptions

FULL = """
[worker]
memory_budget = 12_000_000_000
state_cache = "states"

[server]
port = 0
max_queue = 5
api_key_file = "key"

[models.small]
model = "builtin"
warm_up = true
context_size = 1024
keep_alive = 60

[models.small.prompt]
temperature = 0
system_prompt = "You are brief."
xtc = { probability = 0.1 }

[models."my own"]
model = "mine.gguf"
keep = false
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "llama-worker.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_all_of_a_file_is_read(tmp_path: Path) -> None:
    config = load_config(written(tmp_path, FULL))
    assert config.worker == LlamaOptions(memory_budget=12_000_000_000, state_cache=str(tmp_path / "states"))
    assert config.server == ServerOptions(max_queue=5)
    assert (config.listening.port, config.listening.api_key_file) == (0, str(tmp_path / "key"))
    assert list(config.models) == ["small", "my own"]
    small, mine = config.models.values()
    assert (small.model, small.warm_up, small.options.context_size, small.options.keep_alive) == (
        "builtin",
        True,
        1024,
        60,
    )
    assert small.prompt.temperature == 0
    assert small.prompt.xtc is not None
    assert (mine.model, mine.options.keep) == (str(tmp_path / "mine.gguf"), False)


def test_an_empty_file_says_nothing(tmp_path: Path) -> None:
    file = written(tmp_path, "")
    assert load_config(file) == Configuration(path=file)


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("[worker]\nsandbx = true\n", "2:1", "there is no `sandbx` in [worker] (did you mean `sandbox`?)"),
        ("[workers]\n", "1:2", "there is no [workers] here (did you mean `worker`?)"),
        ("[models.a]\nmodel = 'builtin'\n\n  n_ctx = 3\n", "4:3", "it is `context_size` here"),
        ("[models.a]\nmodel = 'builtin'\ncontext_size = 0\n", "3:1", "expected `int` >= 1"),
        ("[models.a]\nmodel = 'builtin'\ncache_type = 'q8'\n", "3:1", 'it must be "f32", "f16"'),
        ("[models.a]\ncontext_size = 5\n", "1:2", "`model` of [models.a] is missing"),
        ("[models.a]\nmodel = 3\n", "2:1", "`model` of [models.a] is missing, or no text"),
        ("[models.a]\nmodel = 'builtin'\nprompt = {xtc = {probability = 7}}\n", "3:18", "expected `float` <= 1.0"),
        ("[models.a]\nmodel='builtin'\n[models.a.prompt]\ngrammar='json'\n", "4:1", "`grammar` is no default for"),
        ("[models.a]\nmodel='builtin'\nwarm_up = 'yes'\n", "3:1", "`warm_up` is true or false"),
        ("[models.a]\nmodel='builtin'\n[models.b]\nmodel='builtin'\n", "4:1", "[models.a] is the same model"),
        ("[server]\napi_key = 'sesame'\n", "2:1", "no secret belongs into this file; `api_key_file` names one"),
        ("[server]\nport = 70000\n", "2:1", "expected `int` <= 65535"),
        ("[server]\nmax_quee = 1\n", "2:1", "did you mean `max_queue`?"),
        ("server = 3\n", "1:1", "[server] is a table"),
        ("[worker]\nengine = \n", "2:10", "this is no TOML: Invalid value"),
        ("[worker\n", "1:8", "this is no TOML"),
        ("[models.a]\nmodel = '~nobody-at-all/a'\n", "2:1", "`model` has a path that cannot be: its home directory"),
        ("[worker]\njournal = '~nobody-at-all/a'\n", "2:1", "`journal` has a path that cannot be: its home directory"),
    ],
)
def test_a_mistake_has_its_place(text: str, place: str, said: str, tmp_path: Path) -> None:
    file = written(tmp_path, text)
    with pytest.raises(ConfigurationError) as caught:
        load_config(file)
    assert caught.value.message.startswith(f"{file}:{place}: ")
    assert said in caught.value.message
    assert f"{caught.value.line}:{caught.value.column}" == place
    assert "sesame" not in caught.value.message
    assert isinstance(caught.value, InvalidOptionsError)


def test_what_is_no_text_or_not_there_is_told(tmp_path: Path) -> None:
    file = tmp_path / "llama-worker.toml"
    with pytest.raises(ConfigurationError, match=r"Cannot read .*: No such file"):
        load_config(file)
    with pytest.raises(ConfigurationError, match=r"Cannot read ~nobody-at-all/a\.toml: its home directory is unknown"):
        load_config("~nobody-at-all/a.toml")
    file.write_bytes(b"[worker]\nengine = '\xff'\n")
    with pytest.raises(ConfigurationError, match=r":2:1: is no UTF-8 text"):
        load_config(file)


def test_paths_are_meant_from_the_files_folder(tmp_path: Path) -> None:
    (tmp_path / "here").touch()
    text = """
    [worker]
    engine = "here"
    journal = "journal.db"
    [models.a]
    model = "here"
    [models.b]
    model = "../b.gguf"
    [models.c]
    model = "hf:org/repo:Q4_K_M"
    [models.d]
    model = "https://example.org/d.gguf"
    chat_template = "chatml"
    """
    config = load_config(written(tmp_path, text))
    assert (config.worker.engine, config.worker.journal) == (str(tmp_path / "here"), str(tmp_path / "journal.db"))
    models = {name: named.model for name, named in config.models.items()}
    assert models == {
        "a": str(tmp_path / "here"),
        "b": str(tmp_path / "../b.gguf"),
        "c": "hf:org/repo:Q4_K_M",
        "d": "https://example.org/d.gguf",
    }
    assert config.models["d"].options.chat_template == "chatml"


def test_what_is_taken_for_a_path_is_an_option() -> None:
    options = (*LlamaOptions.__struct_fields__, *ModelOptions.__struct_fields__, *Listening.__struct_fields__)
    assert {*options, "model"} >= PATHS | MAYBE_PATHS


def test_defaults_of_requests_are_options_of_prompts() -> None:
    assert set(PromptOptions.__struct_fields__) > PROMPT_DEFAULTS


def test_a_template_may_be_one_long_line(tmp_path: Path) -> None:
    template = "{{ messages[0].content }}" + "!" * 5000
    config = load_config(written(tmp_path, f"[models.a]\nmodel = 'builtin'\nchat_template = '{template}'\n"))
    assert config.models["a"].options.chat_template == template


def test_of_a_file_that_is_too_large_no_more_is_read_than_it_takes_to_know(tmp_path: Path) -> None:
    file = written(tmp_path, "")
    with file.open("wb") as opened:
        opened.truncate(1 << 26)
    tracemalloc.start()
    try:
        with pytest.raises(ConfigurationError, match="larger than"):
            load_config(file)
        assert tracemalloc.get_traced_memory()[1] < 1 << 23
    finally:
        tracemalloc.stop()


def test_the_users_file_is_in_their_folder_for_configurations(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("XDG_CONFIG_HOME", "APPDATA"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert user_file().is_relative_to(tmp_path)
    assert user_file().name == "llama-worker.toml"


@pytest.mark.parametrize("name", ["", " "])
def test_a_model_has_a_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigurationError, match="a model needs a name") as caught:
        load_config(written(tmp_path, f'[models."{name}"]\nmodel = "builtin"\n'))
    assert caught.value.line == 1
    with pytest.raises(InvalidOptionsError, match="name of a model"):
        as_named({name: "builtin"})
