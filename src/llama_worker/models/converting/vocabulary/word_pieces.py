"""WordPiece, BERT's: words begin with a sign in GGUF, where tokenizer.json marks the pieces that go on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..checkpoint.repository import Repository
from .bpe import base_vocabulary
from .special import write_special
from .tokenizer import HubTokenizer

if TYPE_CHECKING:
    import gguf

_WORD = "\N{LOWER ONE EIGHTH BLOCK}"
_CONTROL = 3


def word_pieces(repository: Repository, config: Mapping[str, Any], keys: gguf.GGUFWriter) -> None:
    """Tokens and special tokens. Raises `NotSupportedError` for a pre-tokenizer that llama.cpp lacks."""
    tokenizer = HubTokenizer(repository)
    pre = tokenizer.pre_tokenizer()
    tokens, types = base_vocabulary(tokenizer, config.get("vocab_size"))
    keys.add_tokenizer_model("bert")
    keys.add_tokenizer_pre(pre)
    keys.add_token_list([_marked(text, kind) for text, kind in zip(tokens, types, strict=True)])
    keys.add_token_types(types)
    write_special(repository, keys, size=len(tokens))


def _marked(text: str, kind: int) -> str:
    if kind == _CONTROL:
        return text
    return text[2:] if text.startswith("##") else _WORD + text
