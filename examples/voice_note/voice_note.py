"""Voice notes as text: written down while they are heard, with times, and at the end what is to be done.

`python voice_note.py note.wav --model voxtral.gguf`
"""

from __future__ import annotations

import argparse
import io
import sys
import wave
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from msgspec import Meta

from llama_worker import Audio, errors
from llama_worker.sync import LlamaWorker, Model

LONGEST = 30.0  # seconds that most models hear at once
PAUSE = 0.2  # seconds: where a recording is quietest for so long, it is cut


@dataclass
class Note:
    """What a note comes to. The model can write nothing else: it is made into a grammar."""

    title: Annotated[str, Meta(max_length=60)]
    to_do: Annotated[list[Annotated[str, Meta(max_length=80)]], Meta(max_length=8)]


def pieces_of(path: Path) -> Iterator[tuple[float, Audio]]:
    """A recording in pieces that a model can hear, each with the second that it begins at. What is not a WAV file of
    16 bits stays in one piece."""
    try:
        with wave.open(str(path)) as recording:
            facts = recording.getparams()
            samples = array("h", recording.readframes(facts.nframes)) if facts.sampwidth == 2 else None
    except (wave.Error, EOFError, OSError):  # whose reasons `Audio` tells
        samples = None
    if samples is None:
        yield 0.0, Audio(path)
        return
    second = facts.framerate * facts.nchannels
    start = 0
    while start < len(samples):
        end = start + quietest(samples[start : start + int(LONGEST * second)], second, facts.nchannels)
        yield start / second, Audio(as_wav(samples[start:end], facts.framerate, facts.nchannels))
        start = end


def quietest(samples: array[int], second: int, channels: int) -> int:
    """Where to cut: in the middle of the quietest moment of the last third, or at the end of what is short enough."""
    if len(samples) < int(LONGEST * second):
        return len(samples)
    step, begin = int(PAUSE / 2 * second), len(samples) * 2 // 3
    loudness = [max(map(abs, samples[at : at + step])) for at in range(begin, len(samples) - step, step)]
    best = min(range(len(loudness) - 1), key=lambda at: max(loudness[at : at + 2]))
    cut = begin + (best + 1) * step
    return cut - cut % channels


def as_wav(samples: array[int], rate: int, channels: int) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as recording:
        recording.setnchannels(channels)
        recording.setsampwidth(2)
        recording.setframerate(rate)
        recording.writeframes(samples.tobytes())
    return file.getvalue()


def transcribe(model: Model, path: Path, language: str | None = None) -> str:
    """Print what is said as it is heard, and give it whole. Ctrl-C stops it, in the engine too."""
    lines = []
    for start, sound in pieces_of(path):
        print(f"[{int(start) // 60:02}:{int(start) % 60:02}] ", end="")
        operation = model.transcribe(sound, language=language, max_tokens=600)
        for text in operation:
            print(text, end="", flush=True)
        print()
        lines.append(operation.text.strip())
    return "\n".join(lines)


def summary(model: Model, text: str) -> Note:
    asked = f"This is a voice note:\n\n{text}\n\nGive it a title of a few words, and list what is to be done."
    message = {"role": "user", "content": asked}
    return model.chat([message], response_format=Note, temperature=0).parsed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("notes", nargs="+", type=Path, metavar="NOTE", help="a WAV, MP3 or FLAC file")
    parser.add_argument("--model", default="builtin", help="one that hears")
    parser.add_argument("--language", help="as in en or pt; else the model finds out")
    given = parser.parse_args()
    try:
        with LlamaWorker() as worker:
            model = worker.load_model(given.model)
            for path in given.notes:
                text = transcribe(model, path, given.language)
                note = summary(model, text)
                to_do = "".join(f"- [ ] {one}\n" for one in note.to_do)
                path.with_suffix(".md").write_text(f"# {note.title}\n\n{text}\n\n{to_do}", encoding="utf-8")
                print(f"\n{note.title}\n{to_do}\nWritten to {path.with_suffix('.md')}.")
    except KeyboardInterrupt:
        sys.exit("\nStopped.")
    except (errors.LlamaWorkerError, OSError) as error:  # no such file, no sound, a model that does not hear...
        sys.exit(f"\n{error}")


if __name__ == "__main__":
    main()
