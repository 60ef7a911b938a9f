"""Byte-level BPE, as GPT-2 began it: of `tokenizer.json`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ....errors import InvalidModelError
from ..checkpoint.repository import Repository
from .special import write_special
from .tokenizer import HubTokenizer, looks_special, plain_spaces

if TYPE_CHECKING:
    import gguf


def byte_pairs(repository: Repository, config: Mapping[str, Any], keys: gguf.GGUFWriter) -> None:
    """Tokens, merges and special tokens. Raises `NotSupportedError` for a pre-tokenizer that llama.cpp lacks."""
    tokenizer = HubTokenizer(repository)
    pre = tokenizer.pre_tokenizer()
    tokens, types = base_vocabulary(tokenizer, config.get("vocab_size"))
    keys.add_tokenizer_model("gpt2")
    keys.add_tokenizer_pre(pre)
    keys.add_token_list(tokens)
    keys.add_token_types(types)
    write_special(repository, keys, merges=True)


def base_vocabulary(tokenizer: HubTokenizer, size: int | None) -> tuple[list[str], list[int]]:
    """Every token's text and type, padded to `size`. Raises `InvalidModelError` when there are more than that."""
    import gguf

    by_number = {number: text for text, number in tokenizer.ids.items()}
    count = size if size is not None else max(by_number, default=-1) + 1
    if max(by_number, default=-1) >= count:
        raise InvalidModelError(
            f"{tokenizer.repository.name} has tokens beyond the {count} that its config.json has room for."
        )
    tokens, types = [], []
    for number in range(count):
        text = by_number.get(number)
        added = tokenizer.added.get(number)
        if text is None:
            text, kind = f"[PAD{number}]", gguf.TokenType.UNUSED
        elif added is None:
            kind = gguf.TokenType.NORMAL
        else:
            text = text if added.normalized else tokenizer.normalized(text)
            control = added.special or looks_special(text)
            text = text if control else plain_spaces(text)
            kind = gguf.TokenType.CONTROL if control else gguf.TokenType.USER_DEFINED
        tokens.append(text)
        types.append(int(kind))
    return tokens, types
