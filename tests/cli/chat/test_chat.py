"""A chat in a real terminal."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from llama_worker.cli.chat.line_history import history_file
from tests.cli.driving import Terminal
from tests.projector_factory import png

SHORT = ["--max-tokens", "4", "--temperature", "0"]


def chat(*arguments: str, columns: int = 80) -> Terminal:
    terminal = Terminal("run", "builtin", *SHORT, *arguments, columns=columns)
    assert "/help tells what there is" in " ".join(terminal.wait_for_prompt().split())
    return terminal


def leave(terminal: Terminal) -> None:
    terminal.child.send("\x04")
    _, code = terminal.end()
    assert code == 0


def test_what_begins_with_a_slash_is_done_or_refused(home: Path) -> None:
    terminal = chat()
    assert "There is no /sytem: did you mean /system?" in terminal.say("/sytem x")
    assert "There is no /etc/hosts: /help tells which there are" in terminal.say("/etc/hosts is what?")
    assert "tokens/s" in terminal.say("//hello")
    assert "/image [FILE]" in terminal.say("/help")
    terminal.say("/system Be brief.")
    assert "Be brief." in terminal.say("/system")
    assert "chats/one.llama." in "".join(terminal.say("/save one").split("\n"))
    assert "is forgotten" in terminal.say("/reset")
    assert "Loaded one: 3 messages." in terminal.say("/load one")
    assert "There is no session file" in terminal.say("/load two")
    assert "No model file at nowhere.gguf" in terminal.say("/model nowhere.gguf")
    (home / "a b.png").write_bytes(png())
    assert "This model cannot see images" in terminal.say(f"/image '{home}/a b.png'")
    assert "Be brief." in terminal.say("/system")
    terminal.child.send("/bye\r")
    assert terminal.end()[1] == 0


def test_lines_are_kept_over_sessions_and_ctrl_c_clears_one_first(home: Path) -> None:
    terminal = chat()
    terminal.say("kumquat")
    terminal.child.send("mistake")
    terminal.child.expect_exact("mistake")
    terminal.child.send("\x03")
    assert "tokens/s" in terminal.say('"""two\rlines"""')
    leave(terminal)
    again = chat(columns=40)
    again.child.send("\x1b[A")
    again.child.expect_exact("two")
    again.child.send("\x1b[A\x1b[A")
    again.child.expect_exact("kumquat")
    again.child.send("\x03\x03")
    assert again.end()[1] == 0
    kept = history_file()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert "+kumquat" in kept.read_text()
    assert "mistake" not in kept.read_text()


@pytest.mark.slow
def test_the_model_is_changed_and_knows_what_was_said(home: Path, random_model_path: Path) -> None:
    terminal = chat("-s", "Be kind.")
    terminal.say("hello")
    said = terminal.say(f"/model {random_model_path}")
    assert "Chatting with" in said
    assert "Be kind." in terminal.say("/system")
    assert "cut at max tokens" in terminal.say("go on")
    assert "Saved as" in terminal.say(f"/save {home}/all.llama")
    assert "5 messages" in terminal.say(f"/load {home}/all.llama")
    leave(terminal)


@pytest.mark.slow
def test_a_persona_answers_in_a_chat_too(configured: Path) -> None:
    configured.write_text("[personas.french]\ntemplate = 'In French: {input}'\nsystem_prompt = 'Be brief.'")
    terminal = chat("-t", "french")
    terminal.say("good morning")
    assert "Be brief." in terminal.say("/system")
    terminal.say(f"/save {configured.parent}/it.llama")
    leave(terminal)
    assert b"In French: good morning" in (configured.parent / "it.llama").read_bytes()


@pytest.mark.slow
def test_pictures_go_with_the_next_message(home: Path, seeing_path: Path) -> None:
    (home / "photo.png").write_bytes(png())
    terminal = Terminal("run", seeing_path, *SHORT, "-o", "context_size=512")
    terminal.wait_for_prompt()
    terminal.say(f"/image {home}/photo.png")
    assert "[1 attached]" in terminal.say("what is it?")
    assert "[1 attached]" not in terminal.say("and now?")
    leave(terminal)


@pytest.mark.slow
def test_a_line_goes_on_after_a_backslash(home: Path) -> None:
    terminal = chat()
    terminal.say("one\\\rtwo")
    leave(terminal)
    assert "+one\n+two\n" in history_file().read_text()


@pytest.mark.slow
def test_nothing_is_kept_when_that_is_asked_for_or_cannot_be(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = chat("--no-history")
    terminal.say("secret")
    leave(terminal)
    assert not history_file().exists()
    monkeypatch.setenv("XDG_STATE_HOME", "/proc/nowhere")
    terminal = Terminal("run", "builtin", *SHORT)
    assert "What is typed here is not kept" in terminal.wait_for_prompt()
    assert "tokens/s" in terminal.say("hello")
    leave(terminal)
