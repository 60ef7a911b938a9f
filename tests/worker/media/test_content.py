"""What is taken as an image or a sound, and what is refused before any engine is asked."""

from __future__ import annotations

import base64
import io
import struct
from pathlib import Path
from typing import Any

import pytest

from llama_worker import Audio, Image, errors
from llama_worker.worker.conversation import check_messages
from llama_worker.worker.media import limits
from llama_worker.worker.media.formats import pixels
from tests.projector_factory import png, wav


def data_url(data: bytes, kind: str = "image/png") -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def image_part(url: Any) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": url}}


def sound_part(data: Any) -> dict[str, Any]:
    return {"type": "input_audio", "input_audio": {"data": data, "format": "wav"}}


def check(*parts: Any) -> Any:
    return check_messages([{"role": "user", "content": list(parts)}])[0]["content"]


JPEG = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0" + struct.pack(">HBHH", 8, 8, 30, 40) + bytes(8)
GIF = b"GIF89a" + struct.pack("<HH", 7, 9) + bytes(10)
BMP = b"BM" + bytes(16) + struct.pack("<ii", 6, -5) + bytes(8)


@pytest.mark.parametrize(
    ("data", "kind", "count"),
    [(png(), "image/png", 64), (JPEG, "image/jpeg", 1200), (GIF, "image/gif", 63), (BMP, "image/bmp", 30)],
)
def test_an_image_is_what_its_first_bytes_say(data: bytes, kind: str, count: int) -> None:
    assert Image(data).mime_type == kind
    assert pixels(data) == count
    assert check(image_part(data_url(data, "image/anything"))) == [image_part(data_url(data, kind))]


def test_an_image_is_a_path_bytes_or_one_of_pillow(tmp_path: Path) -> None:
    file = tmp_path / "red.png"
    file.write_bytes(png())

    class Pillow:
        def save(self, to: io.BytesIO, kind: str) -> None:
            assert kind == "PNG"
            to.write(png())

    parts = [Image(source).part for source in (file, str(file), png(), Pillow())]
    assert parts == [image_part(data_url(png()))] * 4
    assert check(Image(file), "and", {"type": "text", "text": "so"}) == [
        parts[0],
        {"type": "text", "text": "and"},
        {"type": "text", "text": "so"},
    ]


def test_a_sound_is_told_by_its_first_bytes() -> None:
    assert Audio(wav()).format == "wav"
    assert Audio(b"ID3" + bytes(20)).format == "mp3"
    assert Audio(b"\xff\xfb\x90\x00" + bytes(20)).format == "mp3"
    assert Audio(FLAC).format == "flac"
    assert check(sound_part(data_url(wav(), "audio/wav"))) == [Audio(wav()).part]


def flac(seconds: int) -> bytes:
    """A stream's first block: 16 kHz and so many samples."""
    facts = (16000 << 44) | (15 << 36) | (seconds * 16000)
    return b"fLaC" + b"\x80\0\0\x22" + bytes(10) + facts.to_bytes(8) + bytes(16)


FLAC = flac(60)
SLOW = wav().replace(struct.pack("<II", 16000, 32000), struct.pack("<II", 1, 2))
HUGE = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 100_000, 100_000) + bytes(9)


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (image_part("https://example.org/a.png"), "must be a data: URL"),
        (image_part("file:///etc/passwd"), "must be a data: URL"),
        (image_part("/etc/passwd"), "must be a data: URL"),
        (image_part("data:image/png,abc"), "must be base64"),
        (image_part("data:image/png;base64,a"), "is no base64"),
        (image_part("data:image/png;base64,\u00e4"), "is no base64"),
        (image_part("data:image/png;base64,"), "is no JPEG, PNG, GIF or BMP file"),
        (image_part(data_url(b"RIFF    WEBPVP8 ", "image/webp")), "is no JPEG, PNG, GIF or BMP file"),
        (image_part(data_url(wav())), "is no JPEG, PNG, GIF or BMP file"),
        (image_part(data_url(HUGE)), "pixels"),
        (sound_part(base64.b64encode(png()).decode()), "is no WAV, MP3 or FLAC file"),
        (sound_part("http://example.org/a.wav"), "is no base64"),
        (sound_part(base64.b64encode(SLOW).decode()), "longer than 2 hours"),
        (sound_part(base64.b64encode(flac(10_000)).decode()), "longer than 2 hours"),
        (sound_part(base64.b64encode(wav()[:20]).decode()), "does not say how long it is"),
        (image_part("data:image/png;base64," + "A" * (limits.LARGEST_IMAGE // 3 * 4 + 8)), "larger than 20 MiB"),
    ],
)
def test_what_is_no_image_or_sound_is_refused(part: dict[str, Any], words: str) -> None:
    with pytest.raises(errors.InvalidMediaError, match=words) as refused:
        check("text", part)
    assert refused.value.path is not None
    assert refused.value.path.startswith("messages[0].content[1].")


@pytest.mark.parametrize(
    "part",
    [
        *(7, None, {}, {"type": "video_url"}, {"type": []}, {"type": "text"}, {"type": "text", "text": 5}),
        *(image_part(7), {"type": "image_url"}, {"type": "input_audio", "input_audio": "x"}, sound_part(None)),
        *(["nested"], b"bytes"),
    ],
)
def test_what_is_no_part_is_refused(part: Any) -> None:
    with pytest.raises(errors.InvalidOptionsError, match=r"messages\[0\].content"):
        check(part)


def test_too_much_is_refused(tmp_path: Path) -> None:
    with pytest.raises(errors.InvalidOptionsError, match="300 parts"):
        check(*["x"] * 300)
    with pytest.raises(errors.InvalidMediaError, match="257 images"):
        check_messages(
            [{"role": "user", "content": [Image(png())] * 200}, {"role": "user", "content": [Image(png())] * 57}]
        )
    large = Image(png() + bytes(15 << 20))
    with pytest.raises(errors.InvalidMediaError, match="larger than 40 MiB together"):
        check(large, large, large)
    wide = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 7000, 7000) + bytes(9)
    with pytest.raises(errors.InvalidMediaError, match="more than 200000000 pixels together"):
        check(*[Image(wide)] * 5)
    file = tmp_path / "large.png"
    file.write_bytes(png() + bytes(limits.LARGEST_IMAGE))
    with pytest.raises(errors.InvalidMediaError, match="larger than 20 MiB"):
        Image(file)


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.png", "nul\0.png", "~nobody-at-all/a.png"):
        with pytest.raises(errors.InvalidMediaError, match="cannot be read"):
            Image(path)
    with pytest.raises(errors.InvalidMediaError, match="int is no image"):
        Image(5)  # type: ignore[arg-type]

    class Pillow:
        def save(self, to: io.BytesIO, kind: str) -> None:
            raise OSError("cannot write mode F as PNG")

    with pytest.raises(errors.InvalidMediaError, match="cannot be saved as PNG: cannot write mode F"):
        Image(Pillow())


def test_a_model_says_text_only() -> None:
    with pytest.raises(errors.InvalidOptionsError, match="must be text"):
        check_messages([{"role": "assistant", "content": [Image(png())]}])
