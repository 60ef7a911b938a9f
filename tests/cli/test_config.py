"""`llama-worker config`, and what personas of the configuration do."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from llama_worker.cli.configured import configuration, persona_of
from llama_worker.cli.main import run as llama_worker
from llama_worker.cli.named_choices import NamedChoices
from llama_worker.config.groups import MODEL, PROMPT, SESSION, WORKER, read_options
from llama_worker.errors import InvalidOptionsError
from tests.cli.driving import Terminal, call

TEXT = """
[models.writer]
model = "builtin"
[models.writer.prompt]
temperature = 0.5
system_prompt = "Write."
[personas.brief]
system_prompt = "One word."
max_tokens = 9
[personas.french]
template = "Translate into French:\\n{input}"
"""


def test_what_is_said_and_where_it_stands(configured: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configured.write_text(TEXT)
    assert llama_worker(["config", "path"]) == 0
    assert capsys.readouterr().out == f"{configured}\n"
    assert llama_worker(["config"]) == 0
    shown = capsys.readouterr().out
    assert "model writer" in shown
    assert "One word." in shown
    assert llama_worker(["config", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["places"]["configuration"] == str(configured)
    assert said["configuration"]["models"]["writer"]["model"] == "builtin"
    assert llama_worker(["config", "check"]) == 0
    assert "1 model and 2 personas" in capsys.readouterr().out


def test_a_mistake_is_told_with_its_place(configured: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configured.write_text("[personas.x]\ntemprature = 1\n")
    assert llama_worker(["config", "check"]) == 1
    assert f"{configured}:2:1: there is no `temprature` in [personas.x]" in capsys.readouterr().err


@pytest.mark.slow
def test_the_editor_opens_it_and_it_is_checked(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    editor = home / "editor.py"
    editor.write_text("import sys; open(sys.argv[1], 'a').write('[nonsense]\\n')")
    monkeypatch.setenv("VISUAL", f"{sys.executable} {editor}")
    said, code = Terminal("config", "edit").end()
    assert code == 1
    assert "there is no [nonsense] here" in " ".join(said.split())
    assert "# [models.writer]" in Path(call("config", "path").stdout.strip()).read_text()


def test_a_persona_goes_over_the_model_and_flags_over_both(configured: Path) -> None:
    configured.write_text(TEXT)
    config = configuration(None)
    given = read_options(["system_prompt=Two words."], (SESSION, PROMPT, MODEL, WORKER))
    bare = NamedChoices(config=config, given=read_options([], (SESSION, PROMPT, MODEL, WORKER)))
    assert bare.of("writer").session.system_prompt == "Write."
    brief = NamedChoices(config=config, given=bare.given, persona=persona_of(config, "brief")).of("writer")
    assert (brief.session.system_prompt, brief.prompt.max_tokens, brief.prompt.temperature) == ("One word.", 9, 0.5)
    told = NamedChoices(config=config, given=given, persona=persona_of(config, "brief"), answering={"max_tokens": 3})
    assert (told.of("writer").session.system_prompt, told.of("writer").prompt.max_tokens) == ("Two words.", 3)
    with pytest.raises(InvalidOptionsError, match="no persona 'breif' \\(did you mean `brief`\\?\\)"):
        persona_of(config, "breif")


def test_a_template_is_put_around_the_text(configured: Path) -> None:
    configured.write_text(TEXT)
    french = persona_of(configuration(None), "french")
    assert french.asks("Hello {input}") == "Translate into French:\nHello {input}"
    assert french.asks(None) is None


@pytest.mark.slow
def test_so_it_is_asked(configured: Path) -> None:
    configured.write_text(TEXT)
    same = ["run", "builtin", "-q", "--seed", "3"]
    asked = call(*same, "-t", "french", stdin="Good morning\n")
    assert asked.returncode == 0, asked.stderr
    assert asked.stdout == call(*same, "Translate into French:\nGood morning").stdout
