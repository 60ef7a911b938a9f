"""The prompt for a gap: other files, the text before the gap, the text after it, each behind its mark."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from ...engine.api.endpoints import RequestSender, detokenize, tokenize
from ...errors import InvalidOptionsError
from ..conversation import check_text
from ..inert.special_texts import SpecialTexts
from .marks import Marks

# What llama.cpp writes, whose prompt for the same gap is the same as ours where all of it fits.
_PROJECT, _THIS_FILE = "myproject\n", "filename\n"
_BETWEEN_FILES = "\n\n--- snippet ---\n\n"
# Of the room for both, as much as llama.cpp gives to what is before the gap.
_SHARE_BEFORE = 3 / 4
_AROUND = 64


class Gap(Struct, frozen=True):
    """What is before and after it, and other files of the project: their names and texts."""

    prefix: str
    suffix: str
    extra: tuple[tuple[str, str], ...] = ()


def check_gap(prefix: Any, suffix: Any, extra: Any) -> Gap:
    """Raises `InvalidOptionsError` naming what is no text, or no list of files."""
    if isinstance(extra, str | bytes | Mapping) or not isinstance(extra, Iterable):
        raise InvalidOptionsError("extra must be a list of (filename, text).", path="extra")
    files = tuple(_check_file(file, f"extra[{index}]") for index, file in enumerate(extra))
    return Gap(check_text(prefix, "prefix"), check_text(suffix, "suffix"), files)


def _check_file(file: Any, path: str) -> tuple[str, str]:
    if isinstance(file, str) or not isinstance(file, Sequence) or len(file) != 2:
        raise InvalidOptionsError(f"{path} must be (filename, text).", path=path)
    return check_text(file[0], f"{path}[0]"), check_text(file[1], f"{path}[1]")


async def gap_prompt(engine: RequestSender, gap: Gap, marks: Marks, texts: SpecialTexts, room: int) -> str:
    """The prompt in at most so many tokens. Where that is not enough, the files that come first are left out, then
    what is farthest from the gap. What a text names of special tokens is read as text."""
    before, after = texts.unnamed(gap.prefix), texts.unnamed(gap.suffix)
    files = [(texts.unnamed(name), texts.unnamed(text)) for name, text in gap.extra]
    room -= _AROUND
    if len("".join([before, after, *(part for file in files for part in file)]).encode()) > room:
        before, after, left = await _nearest(engine, before, after, room)
        files = await _last_files(engine, files, left)
    beginning = await _files_text(engine, files, marks)
    prefix, suffix, middle = [await mark.text(engine) for mark in (marks.prefix, marks.suffix, marks.middle)]
    return f"{beginning}{prefix}{before}{suffix}{after}{middle}"


async def _files_text(engine: RequestSender, files: Sequence[tuple[str, str]], marks: Marks) -> str:
    repository = await marks.repository.text(engine) + _PROJECT if marks.repository else ""
    if marks.file is None:
        return repository + "".join(_BETWEEN_FILES + text for _, text in files)
    mark = await marks.file.text(engine)
    return repository + "".join(f"{mark}{name}\n{text}" for name, text in files) + mark + _THIS_FILE


async def _nearest(engine: RequestSender, before: str, after: str, room: int) -> tuple[str, str, int]:
    """The end of what is before the gap and the beginning of what is after it, and how much room they leave."""
    first, last = await tokenize(engine, before), await tokenize(engine, after)
    of_last = min(len(last), max(int(room * (1 - _SHARE_BEFORE)), room - len(first)))
    of_first = min(len(first), room - of_last)
    if of_first < len(first):
        before = await detokenize(engine, first[len(first) - of_first :])
    if of_last < len(last):
        after = await detokenize(engine, last[:of_last])
    return before, after, room - of_first - of_last


async def _last_files(engine: RequestSender, files: Sequence[tuple[str, str]], room: int) -> list[tuple[str, str]]:
    """As many as fit, from the last one on."""
    kept: list[tuple[str, str]] = []
    for name, text in reversed(files):
        room -= len(await tokenize(engine, f"{name}\n{text}")) + 1
        if room < 0:
            break
        kept.insert(0, (name, text))
    return kept
