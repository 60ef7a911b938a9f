"""`llama-worker inspect`, `set-metadata`, `split`, `merge`."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from msgspec import json

from llama_worker.cli.commands.files.inspect import inspect
from llama_worker.cli.commands.files.merge import merge
from llama_worker.cli.commands.files.set_metadata import set_metadata
from llama_worker.cli.commands.files.split import split


@pytest.fixture
def model_path(tmp_path: Path, random_model_path: Path) -> Path:
    path = tmp_path / "model.gguf"
    path.write_bytes(random_model_path.read_bytes())
    return path


def test_a_model_goes_to_pieces_and_back(model_path: Path) -> None:
    done = CliRunner().invoke(split, [str(model_path), "--max-size", "0.2M", "--json"], standalone_mode=False)
    parts = json.decode(done.output)["files"]
    assert len(parts) > 1
    whole = str(model_path.with_name("whole.gguf"))
    assert CliRunner().invoke(merge, [parts[0], whole], standalone_mode=False).output.strip() == whole
    shown = CliRunner().invoke(inspect, [str(model_path), "--diff", whole, "--contents"], standalone_mode=False)
    assert shown.return_value == 1
    assert "split.count" in shown.output
    assert "other bytes" not in shown.output


def test_a_template_is_changed_and_shown_line_by_line(model_path: Path, tmp_path: Path) -> None:
    (tmp_path / "new.jinja").write_text("{% for message in messages %}\n{{ message.content }}\n{% endfor %}")
    arguments = [str(model_path), "general.name=Mine", "--template", str(tmp_path / "new.jinja")]
    told = CliRunner().invoke(set_metadata, arguments, standalone_mode=False).output
    assert "+{{ message.content }}" in told
    shown = CliRunner().invoke(inspect, [str(model_path), "--template"], standalone_mode=False).output
    assert shown == "{% for message in messages %}\n{{ message.content }}\n{% endfor %}\n"
    assert "Mine" in CliRunner().invoke(inspect, [str(model_path)], standalone_mode=False).output


def test_nothing_different_is_said(model_path: Path) -> None:
    done = CliRunner().invoke(inspect, [str(model_path), "--diff", str(model_path)], standalone_mode=False)
    assert (done.return_value, done.output) == (0, "Nothing is different; --contents compares the weights too.\n")
