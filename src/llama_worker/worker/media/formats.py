"""Which images and sounds llama.cpp reads, told from their first bytes, and how large or long they say they are."""

from __future__ import annotations

import math
import re
import struct

from .limits import MOST_PIECES

IMAGES = ("JPEG", "PNG", "GIF", "BMP")
SOUNDS = ("WAV", "MP3", "FLAC")
_JPEG_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_BARE = frozenset(range(0xD0, 0xD9)) | {0x01}
# The engine passes over what stands between segments, and over padding, on its way to a marker.
_JPEG_MARKER = re.compile(rb"[^\xff]*+\xff++([^\xff])", re.DOTALL)
_ADPCM = (0x02, 0x11)
_EXTENSIBLE = 0xFFFE


def image_type(data: bytes) -> str | None:
    """The MIME type of an image that the engine reads; None for anything else."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    return "image/bmp" if data.startswith(b"BM") and len(data) > 26 else None


def sound_format(data: bytes) -> str | None:
    """The format of a sound that the engine reads, as OpenAI calls it; None for anything else."""
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return "wav"
    start = _after_tags(data)
    if data.startswith(b"fLaC", start):
        return "flac"
    if start and data.startswith((b"OggS", b"ID3"), start):  # the engine would look for FLAC in there
        return None
    synced = len(data) > 2 and data[0] == 0xFF and data[1] & 0xE0 == 0xE0 and data[1] != 0xFF and data[1] & 0x06
    return "mp3" if data.startswith(b"ID3") or synced else None


def pixels(data: bytes) -> int:
    """How many an image says that it has; 0 when it does not say, or has more segments than any image needs."""
    try:
        width, height = _sizes(data)
    except struct.error:
        return 0
    return abs(width * height)


def seconds(data: bytes) -> float:
    """How long a sound says it is; infinite when it does not say. 0 for MP3 files, which never do: their size bounds
    them."""
    try:
        match sound_format(data):
            case "wav":
                return _wav_seconds(data)
            case "flac":
                start = _after_tags(data) + 18
                rate = int.from_bytes(data[start : start + 3]) >> 4
                return _ratio(int.from_bytes(data[start + 3 : start + 8]) & (1 << 36) - 1, rate)
    except struct.error:
        return math.inf
    return 0.0


def _after_tags(data: bytes) -> int:
    """Where a sound begins that has ID3 tags before it, each of which says its size in seven bits a byte."""
    place = 0
    for _ in range(MOST_PIECES):
        if data[place : place + 3] != b"ID3":
            break
        _, _, flags, a, b, c, d = data[place + 3 : place + 10].ljust(7, b"\0")
        place += 10 + (a << 21 | b << 14 | c << 7 | d) + (10 if flags & 0x10 else 0)
    return place


def _wav_seconds(data: bytes) -> float:
    """By the file's size, as nobody need tell the truth of its data's, and by the last format before the data."""
    place, form = 12, math.inf
    for _ in range(MOST_PIECES):
        name, size = struct.unpack_from("<4sI", data, place)
        if name == b"data":
            return form
        if name == b"fmt ":
            form, size = _ratio(len(data), _wav_bytes_per_second(data, place + 8)), max(size, 16)
        place += 8 + size + size % 2
    return math.inf


def _wav_bytes_per_second(data: bytes, place: int) -> float:
    """At the least. The `block` that a file names counts only where the engine has nothing better."""
    form, channels, rate, _, block, bits = struct.unpack_from("<HHIIHH", data, place)
    if form == _EXTENSIBLE:
        (form,) = struct.unpack_from("<H", data, place + 24)
    if form in _ADPCM:  # half a byte a sample, and some for each block
        return float(rate * channels / 2) if block >= 7 * channels else 0.0
    return float(rate * (block if bits % 8 else bits * channels // 8))


def _ratio(count: int, rate: float) -> float:
    return count / rate if rate else math.inf


def _sizes(data: bytes) -> tuple[int, int]:
    match image_type(data):
        case "image/png" if data[12:16] == b"IHDR":
            return struct.unpack_from(">II", data, 16)
        case "image/gif":
            return struct.unpack_from("<HH", data, 6)
        case "image/bmp":
            old = data[14:18] == b"\x0c\0\0\0"  # OS/2's header, which has half the bytes for a size
            return struct.unpack_from("<HH" if old else "<ii", data, 18)
        case "image/jpeg":
            return _jpeg_sizes(data)
    return 0, 0


def _jpeg_sizes(data: bytes) -> tuple[int, int]:
    """From the frame's header, which is found by going from one marker to the next."""
    place = 2
    for _ in range(MOST_PIECES):
        found = _JPEG_MARKER.match(data, place)
        if found is None:
            break
        marker, place = found[1][0], found.end()
        if marker in _JPEG_SIZES:
            height, width = struct.unpack_from(">HH", data, place + 3)
            return width, height
        if marker not in _JPEG_BARE:
            place += max(struct.unpack_from(">H", data, place)[0], 2)
    return 0, 0
