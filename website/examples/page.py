"""A page's blocks: what is run, what is only shown, and what is printed."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

OUTPUT = '```text title="Output"'
OURS = "llama-worker"
_BLOCK = re.compile(
    r"(?:^<!-- (?P<note>(?:not run|output varies|output hidden): [^\n]*) -->\n+)?"
    r'^```(?P<language>python|sh|js|toml|json)(?: title="(?P<title>[^"]+)")?\n(?P<code>.*?)^```\n'
    r'(?:\n```text title="Output"\n(?P<output>.*?)^```\n)?',
    re.MULTILINE | re.DOTALL,
)
_FILE = re.compile(r"[\w.-]+\.(?:py|mjs|toml|json)")
RUN = ("python", "sh", "js")


@dataclass(frozen=True)
class Block:
    """One example: its code, the line where that begins, and what the page says it prints (None: nothing)."""

    language: str
    title: str
    code: str
    line: int
    output: str | None
    note: str
    span: tuple[int, int]
    """Where it stands in the page, its output included."""

    @property
    def is_file(self) -> bool:
        """It is what a file holds that is named by its title; later blocks run it."""
        return bool(_FILE.fullmatch(self.title))


def blocks(text: str, languages: Collection[str] = RUN) -> list[Block]:
    """What of a page is run, in order. A title other than a file's or ours is another library's: that is only shown."""
    found = [_block(text, match) for match in _BLOCK.finditer(text) if not (match["note"] or "").startswith("not run")]
    ours = [block for block in found if block.is_file or block.title.startswith(OURS) or not block.title]
    return [block for block in ours if block.is_file or block.language in languages]


def _block(text: str, match: re.Match[str]) -> Block:
    return Block(
        match["language"],
        match["title"] or "",
        match["code"],
        text.count("\n", 0, match.start("code")) + 1,
        match["output"],
        match["note"] or "",
        match.span(),
    )


def with_outputs(text: str, printed: list[str], languages: Collection[str] = RUN) -> str:
    """The page with what its examples printed, where it differs from what it says."""
    for block, output in reversed(list(zip(blocks(text, languages), printed, strict=True))):
        if not agrees(block, output):
            begin, end = block.span
            example = text[begin:end].partition(f"\n{OUTPUT}\n")[0]
            text = text[:begin] + example + (f"\n{OUTPUT}\n{output}```\n" if output else "") + text[end:]
    return text


def agrees(block: Block, printed: str) -> bool:
    """Whether the page says what the example prints; of one that varies, whether both print something at all."""
    if block.note.startswith("output hidden"):
        return block.output is None
    if block.note.startswith("output varies"):
        return bool(block.output) == bool(printed)
    return (block.output or "") == printed
