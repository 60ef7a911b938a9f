"""The tokens of a vocabulary that a text can name: `<|im_end|>` is one token, not ten characters.

The parser walks over vocabularies without keeping them, since nothing else needs them; this reads a second time, and
keeps only what llama.cpp's tokenizer looks for in a text before it splits the rest into ordinary tokens.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from .cursor import Cursor
from .header import GgufHeader, explained
from .inspect import FileSource
from .parser import GgufArray

MAX_SPECIAL_LENGTH = 1024
"""Bytes of a special token's name; longer ones are left out (the longest known has 62)."""
_NORMAL, _UNKNOWN, _CONTROL, _USER_DEFINED = 1, 2, 3, 4

# llama.cpp takes these for control tokens whatever the file says of them (`llama_vocab::impl::load`).
_CONTROL_LOOKING = """
    <|eot_id|> <|im_end|> <|end|> <end_of_turn> <|endoftext|> <|end_of_text|> <EOT> _<EOT> [EOT] <｜end▁of▁sentence｜>
    <end_of_utterance> <|eom_id|> <|fim_prefix|> <fim-prefix> <fim_prefix> <｜fim▁begin｜> <PRE> ▁<PRE> <|code_prefix|>
    <|prefix|> <|plamo:fim_prefix|> <|fim_suffix|> <fim-suffix> <fim_suffix> <｜fim▁hole｜> <SUF> ▁<SUF> <|code_suffix|>
    <|suffix|> <|plamo:fim_suffix|> <|fim_middle|> <fim-middle> <fim_middle> <｜fim▁end｜> <MID> ▁<MID> <|code_middle|>
    <|middle|> <|plamo:fim_middle|> <|fim_pad|> <fim-pad> <fim_pad> <PAD> [PAD] <|fim_repo|> <|repo_name|> <fim-repo>
    <REPO> <reponame> <|file_sep|> <|plamo:file_separator|> <|return|> <|call|> <|flush|> <|calls|> </s> [EOS] <eos>
    <turn|> <|tool_response> [e~[ <|ifm|im_end|> <|channel|> <|message|> <|start|> <|constrain|>
"""  # noqa: RUF001
_ALWAYS_CONTROL = frozenset(text.encode() for text in _CONTROL_LOOKING.split())
# In vocabularies with one of these, `</s>` is an ordinary token.
_WITHOUT_S = frozenset({b"<|tool_response>", b"<|plamo:eos|>"})


class SpecialTokens(Struct, frozen=True):
    """The names of special tokens: of `control`, and of those that the model's maker added, `user_defined`.

    An engine always reads the latter as tokens; among them are white space and words, but in some families (Command
    R, Gemma 4) also what begins a turn.
    """

    control: frozenset[str] = frozenset()
    user_defined: frozenset[str] = frozenset()


def read_special_tokens(path: str | Path, header: GgufHeader) -> SpecialTokens:
    """The special tokens of the model file at `path`, whose header was read already; none without a vocabulary.

    Raises InvalidModelError when the file was changed meanwhile, OSError when it cannot be read any more. Reads the
    disk: call it in a thread from async code (a vocabulary of 256000 tokens takes some 0.1 s).
    """
    tokens = header.metadata.get("tokenizer.ggml.tokens")
    if not isinstance(tokens, GgufArray) or tokens.item_type != "string":
        return SpecialTokens()
    kinds = header.metadata.get("tokenizer.ggml.token_type")
    with Path(path).open("rb", buffering=0) as file, explained(str(path)):
        source = FileSource(file, os.fstat(file.fileno()).st_size)
        return _sorted(zip(_texts(source, tokens), _kinds(source, kinds, tokens.count), strict=True))


def token_texts(path: str | Path, tokens: GgufArray) -> Iterator[bytes]:
    """The texts of the vocabulary `tokens` of the model file at `path`, by their ids, read as they are asked for.

    Raises `MalformedHeader` when the file was changed meanwhile, OSError when it cannot be read any more.
    """
    with Path(path).open("rb", buffering=0) as file:
        yield from _texts(FileSource(file, os.fstat(file.fileno()).st_size), tokens)


def _texts(source: FileSource, tokens: GgufArray) -> Iterator[bytes]:
    cursor = Cursor(source)
    cursor.skip(tokens.offset, "the vocabulary")
    return cursor.strings(tokens.count, "the vocabulary")


def _kinds(source: FileSource, kinds: object, count: int) -> Iterable[int]:
    """The kind of each token; a file that does not tell has ordinary ones only."""
    if not isinstance(kinds, GgufArray) or kinds.count != count or kinds.item_type not in ("i32", "u32"):
        return [_NORMAL] * count
    cursor = Cursor(source)
    cursor.skip(kinds.offset, "the kinds of tokens")
    return memoryview(cursor.take(4 * count, "the kinds of tokens")).cast("i")


def _sorted(tokens: Iterable[tuple[bytes, int]]) -> SpecialTokens:
    control, user_defined, found = set(), set(), set()
    for text, kind in tokens:
        if kind != _NORMAL or text in _ALWAYS_CONTROL:
            found.add(text)
            if kind in (_UNKNOWN, _CONTROL) or text in _ALWAYS_CONTROL:
                control.add(text)
            elif kind == _USER_DEFINED:
                user_defined.add(text)
    if found & _WITHOUT_S:
        control.discard(b"</s>")
    return SpecialTokens(_decoded(control), _decoded(user_defined))


def _decoded(texts: set[bytes]) -> frozenset[str]:
    """As text; what is none no content can have."""
    named = (text.decode(errors="ignore") for text in texts if len(text) <= MAX_SPECIAL_LENGTH)
    return frozenset(text for text in named if text.encode() in texts and text)
