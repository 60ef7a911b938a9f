"""Short names of models, in their file."""

from __future__ import annotations

from pathlib import Path

import pytest

from llama_worker.config.aliases import aliases_file, is_alias, read_aliases, remove_alias, set_alias
from llama_worker.errors import ConfigurationError, InvalidOptionsError


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("APPDATA", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))


def test_a_name_is_set_changed_and_forgotten_and_the_rest_of_the_file_stays() -> None:
    assert read_aliases() == {}
    set_alias("small", "hf:org/repo:Q8_0")
    file = aliases_file()
    file.write_text("# mine\n" + file.read_text() + "\n'v1.5' = \"builtin\"  # and this")
    set_alias("small", 'a "quoted" one')
    set_alias("v2.0", "builtin")
    assert read_aliases() == {"small": 'a "quoted" one', "v1.5": "builtin", "v2.0": "builtin"}
    assert remove_alias("small") == 'a "quoted" one'
    assert file.read_text() == '# mine\n\n\'v1.5\' = "builtin"  # and this\n"v2.0" = "builtin"\n'


@pytest.mark.parametrize("name", ["", "builtin", "a/b", "a:b", "x.gguf", "-x", "a b", "é", "a" * 65, "a.", "."])
def test_what_could_be_taken_for_something_else_is_no_short_name(name: str) -> None:
    assert not is_alias(name)
    with pytest.raises(InvalidOptionsError, match="cannot be a short name"):
        set_alias(name, "builtin")


@pytest.mark.parametrize(
    ("text", "said"),
    [("a = ", "no TOML"), ("[a]\nb = 1", "must be a line such as"), ("a = 1", "must be"), ("a = ''", "must be")],
)
def test_a_broken_file_is_told(text: str, said: str) -> None:
    aliases_file().parent.mkdir(parents=True)
    aliases_file().write_text(text)
    for touch in (read_aliases, lambda: set_alias("b", "builtin")):
        with pytest.raises(ConfigurationError, match=said):
            touch()
    assert aliases_file().read_text() == text


def test_a_text_over_several_lines_is_for_its_owner() -> None:
    aliases_file().parent.mkdir(parents=True)
    text = 'a = """\nb"""\n'
    aliases_file().write_text(text)
    with pytest.raises(ConfigurationError, match="by hand"):
        set_alias("a", "builtin")
    assert aliases_file().read_text() == text


def test_there_must_be_what_is_forgotten() -> None:
    with pytest.raises(InvalidOptionsError, match="no short name 'a'"):
        remove_alias("a")
