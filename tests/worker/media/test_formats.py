"""How large and how long files say they are: as the engine reads them, in few steps, however they are made."""

from __future__ import annotations

import math
import struct
import sys
from types import FrameType
from typing import Any

import pytest

from llama_worker import Audio, Image, errors
from llama_worker.worker.media import formats
from llama_worker.worker.media.formats import pixels, seconds, sound_format
from llama_worker.worker.media.limits import LONGEST_SOUND, MOST_PIECES
from tests.projector_factory import png, wav
from tests.worker.media.test_content import FLAC, flac

FRAME = b"\xff\xc0" + struct.pack(">HBHH", 8, 8, 30, 40) + bytes(8)
START = b"\xff\xd8\xff\xe0\x00\x04ab"
EMPTY_SEGMENT = b"\xff\xe1\x00\x02"
MEGABYTE = 1 << 20


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"".join(name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2) for name, data in chunks)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WAVE" + body


def form(*, kind: int = 1, channels: int = 1, rate: int = 16000, block: int = 2, bits: int = 16) -> tuple[bytes, bytes]:
    return b"fmt ", struct.pack("<HHIIHH", kind, channels, rate, rate * block, block, bits)


def tag(size: int = 0, flags: int = 0) -> bytes:
    """An ID3 tag with so many bytes in it."""
    return b"ID3\x04\0" + bytes([flags, *(size >> shift & 127 for shift in (21, 14, 7, 0))]) + bytes(size)


HUGE_JPEG = b"\xff\xc0" + struct.pack(">HBHH", 8, 8, 60_000, 60_000) + bytes(8)
LATE_HEADER = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 4, b"CgBI", 1, 0) + png()[8:]
OLD_BMP = b"BM" + bytes(12) + struct.pack("<IHHHH", 12, 65_535, 65_535, 1, 24) + bytes(8)


@pytest.mark.parametrize(
    "data", [START + b"stray" + HUGE_JPEG, START + b"\xff" * 9 + HUGE_JPEG, OLD_BMP], ids=["stray", "padded", "bmp"]
)
def test_an_image_has_the_size_that_the_engine_reads(data: bytes) -> None:
    with pytest.raises(errors.InvalidMediaError, match="pixels"):
        Image(data)


@pytest.mark.parametrize(
    "data", [LATE_HEADER, START, START + EMPTY_SEGMENT * MOST_PIECES + FRAME, png(width=0)], ids=range(4)
)
def test_an_image_that_does_not_say_its_size_is_refused(data: bytes) -> None:
    with pytest.raises(errors.InvalidMediaError, match="does not say how large"):
        Image(data)


def test_an_image_may_have_many_segments() -> None:
    assert pixels(START + EMPTY_SEGMENT * (MOST_PIECES // 2) + FRAME) == 1200


LIES = {
    "block": riff(form(rate=1000, block=60_000, bits=8), (b"data", bytes(8 * MEGABYTE))),
    "odd bits": riff(form(rate=100, block=1, bits=12), (b"data", bytes(MEGABYTE))),
    "two formats": riff(form(), form(rate=100, bits=8), (b"data", bytes(MEGABYTE))),
    "odd chunk": riff((b"junk", b"x"), form(rate=100, bits=8), (b"data", bytes(MEGABYTE))),
    "adpcm": riff(form(kind=2, rate=100, block=1024, bits=4), (b"data", bytes(MEGABYTE))),
    "tagged": tag(9) + flac(10_000),
    "tagged twice": tag(200) + tag(0, flags=0x10) + bytes(10) + flac(10_000),
}


@pytest.mark.parametrize("name", LIES)
def test_a_sound_is_as_long_as_the_engine_reads_it(name: str) -> None:
    assert LONGEST_SOUND < seconds(LIES[name]) < math.inf
    with pytest.raises(errors.InvalidMediaError, match="longer than 2 hours"):
        Audio(LIES[name])


ENDLESS = {
    "no format": riff((b"data", bytes(9))),
    "format behind the data": riff((b"data", bytes(9)), form()),
    "no data": riff(form()),
    "no rate": riff(form(rate=0), (b"data", bytes(9))),
    "tiny blocks of adpcm": riff(form(kind=0x11, block=1, bits=4), (b"data", bytes(9))),
    "empty chunks": riff(*[(b"junk", b"")] * MOST_PIECES, form(), (b"data", bytes(9))),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_a_sound_that_does_not_say_its_length_is_refused(name: str) -> None:
    with pytest.raises(errors.InvalidMediaError, match="does not say how long"):
        Audio(ENDLESS[name])


def test_usual_sounds_are_as_long_as_they_are() -> None:
    assert seconds(wav(seconds=2)) == pytest.approx(2, abs=0.01)
    assert seconds(riff((b"odd ", b"x"), form(rate=8000, bits=16), (b"data", bytes(32000)))) == pytest.approx(2, 0.01)
    assert (sound_format(tag(9) + FLAC), seconds(tag(9) + FLAC)) == ("flac", 60)
    assert (sound_format(tag(9) + b"\xff\xfb\x90\0"), seconds(tag(9))) == ("mp3", 0)


@pytest.mark.parametrize("data", [tag() + b"OggS", tag() * (MOST_PIECES + 1) + FLAC])
def test_what_stands_behind_tags_is_known_or_refused(data: bytes) -> None:
    with pytest.raises(errors.InvalidMediaError, match="is no WAV, MP3 or FLAC file"):
        Audio(data)


@pytest.mark.parametrize(
    ("measure", "data"),
    [
        (pixels, START + b"\xff" * 100_000 + FRAME),
        (pixels, START + b"\xff\x01" * 100_000 + FRAME),
        (pixels, START + b"\0" * 100_000 + FRAME),
        (seconds, riff(*[(b"junk", b"")] * 20_000)),
        (seconds, tag() * 20_000),
    ],
    ids=["padding", "bare markers", "stray bytes", "empty chunks", "tags"],
)
def test_no_file_takes_many_steps(measure: Any, data: bytes) -> None:
    steps = 0

    def step(frame: FrameType, event: str, _: object) -> Any:
        nonlocal steps
        steps += event == "line"
        return step if frame.f_code.co_filename == formats.__file__ else None

    before = sys.gettrace()
    sys.settrace(step)
    try:
        measure(data)
    finally:
        sys.settrace(before)
    assert 0 < steps < 20 * MOST_PIECES
