"""examples/voice_note: recordings cut at pauses, and written down by a model that hears (noise, by random weights)."""

from __future__ import annotations

import math
import sys
import wave
from array import array
from io import BytesIO
from pathlib import Path

import pytest

from llama_worker.sync import LlamaWorker
from tests.examples.load import load

voice_note = load("voice_note", "voice_note")
RATE = 1000


def recording(path: Path, seconds: float, pauses: tuple[float, ...] = (), channels: int = 1) -> Path:
    """A tone that is silent for a third of a second around each pause."""
    samples = array("h")
    for at in range(int(seconds * RATE)):
        silent = any(abs(at / RATE - pause) < 0.17 for pause in pauses)
        samples.extend([0 if silent else int(9000 * math.sin(at))] * channels)
    path.write_bytes(voice_note.as_wav(samples, RATE, channels))
    return path


@pytest.mark.parametrize("channels", [1, 2])
def test_recordings_are_cut_in_pauses(channels: int, tmp_path: Path) -> None:
    path = recording(tmp_path / "note.wav", 70, pauses=(24.0, 51.0), channels=channels)
    pieces = list(voice_note.pieces_of(path))
    assert [start for start, _ in pieces] == pytest.approx([0, 24.0, 51.0], abs=0.2)
    lengths = []
    for _, sound in pieces:
        with wave.open(BytesIO(sound.data)) as piece:
            assert piece.getnchannels() == channels
            lengths.append(piece.getnframes() / RATE)
    assert sum(lengths) == 70
    assert max(lengths) <= voice_note.LONGEST


def test_what_cannot_be_cut_stays_whole(tmp_path: Path) -> None:
    whole = recording(tmp_path / "short.wav", 2)
    ((start, sound),) = voice_note.pieces_of(whole)
    assert (start, sound.data) == (0, whole.read_bytes())
    other = tmp_path / "note.flac"
    other.write_bytes(b"fLaC" + bytes(60))
    with pytest.raises(voice_note.errors.InvalidMediaError):
        list(voice_note.pieces_of(other))


@pytest.mark.slow
def test_a_note_is_written_down(
    seeing_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As its text, its title and what is to be done."""
    path = recording(tmp_path / "note.wav", 2)
    with LlamaWorker() as worker:
        model = worker.load_model(seeing_path)
        model_transcribe = model.transcribe
        monkeypatch.setattr(model, "transcribe", lambda *sound, **asked: model_transcribe(*sound, **asked | SHORT))
        text = voice_note.transcribe(model, path, "en")
    assert len(text) > 5
    assert capsys.readouterr().out.startswith("[00:00] ")


SHORT = {"max_tokens": 12}


@pytest.mark.slow
def test_a_model_that_does_not_hear_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = recording(tmp_path / "note.wav", 1)
    monkeypatch.setattr(sys, "argv", ["voice_note.py", str(path)])
    with pytest.raises(SystemExit, match=r"cannot hear|sound|audio"):
        voice_note.main()
    assert not path.with_suffix(".md").exists()


@pytest.mark.slow
def test_the_summary_has_its_form() -> None:
    """Asked of the built-in model, which does not understand the note, but can write nothing else."""
    with LlamaWorker() as worker:
        note = voice_note.summary(worker.load_model("builtin"), "Call Ana tomorrow.")
    assert isinstance(note, voice_note.Note)
