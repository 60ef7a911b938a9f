"""Which images and sounds llama.cpp reads, told from their first bytes, and how large or long they say they are."""

from __future__ import annotations

import math
import struct

IMAGES = ("JPEG", "PNG", "GIF", "BMP")
SOUNDS = ("WAV", "MP3", "FLAC")
_JPEG_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_BARE = frozenset(range(0xD0, 0xD9)) | {0x01}


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
    if data.startswith(b"fLaC"):
        return "flac"
    synced = len(data) > 2 and data[0] == 0xFF and data[1] & 0xE0 == 0xE0 and data[1] != 0xFF and data[1] & 0x06
    return "mp3" if data.startswith(b"ID3") or synced else None


def pixels(data: bytes) -> int:
    """How many an image says that it has; 0 when it does not say."""
    try:
        width, height = _sizes(data)
    except struct.error:
        return 0
    return abs(width * height)


def seconds(data: bytes) -> float:
    """How long a sound says it is; 0 when it does not say, as MP3 files do not: their size bounds them."""
    try:
        match sound_format(data):
            case "wav":
                return _wav_seconds(data)
            case "flac":
                rate = int.from_bytes(data[18:21]) >> 4
                return _ratio(int.from_bytes(data[21:26]) & (1 << 36) - 1, rate)
    except struct.error:
        return math.inf
    return 0.0


def _wav_seconds(data: bytes) -> float:
    """By the file's size, as nobody need tell the truth of its data's."""
    place = 12
    while data[place : place + 4] != b"fmt ":
        place += 8 + struct.unpack_from("<I", data, place + 4)[0]
    _, _, rate, _, block = struct.unpack_from("<HHIIH", data, place + 8)
    return _ratio(len(data), rate * block)


def _ratio(count: int, rate: int) -> float:
    return count / rate if rate else math.inf


def _sizes(data: bytes) -> tuple[int, int]:
    match image_type(data):
        case "image/png":
            return struct.unpack_from(">II", data, 16)
        case "image/gif":
            return struct.unpack_from("<HH", data, 6)
        case "image/bmp":
            return struct.unpack_from("<ii", data, 18)
    return _jpeg_sizes(data)


def _jpeg_sizes(data: bytes) -> tuple[int, int]:
    """From the frame's header, which is found by going from one marker to the next."""
    place = 2
    while place + 4 <= len(data):
        if data[place] != 0xFF:
            return 0, 0
        marker = data[place + 1]
        if marker in _JPEG_SIZES:
            height, width = struct.unpack_from(">HH", data, place + 5)
            return width, height
        if marker == 0xFF:  # a byte of padding
            place += 1
        elif marker in _JPEG_BARE:
            place += 2
        else:
            place += 2 + max(struct.unpack_from(">H", data, place + 2)[0], 2)
    return 0, 0
