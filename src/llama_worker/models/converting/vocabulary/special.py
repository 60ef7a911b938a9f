"""Special tokens: which one begins a text, which ends it, and which of them a tokenizer puts there by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..checkpoint.repository import Repository
from .chat_template import chat_template
from .merges import merge_list
from .normalizers import write_normalizers
from .post_processors import Added, what_is_added

if TYPE_CHECKING:
    import gguf


def write_special(
    repository: Repository, keys: gguf.GGUFWriter, *, merges: bool = False, size: int | None = None
) -> None:
    """The metadata about special tokens, with the chat template, and with a BPE tokenizer's `merges`.

    Numbers from `size` on are left out: there is no such token.
    """
    tokenizer = repository.json("tokenizer.json") or {}
    added = what_is_added(tokenizer, repository.json("tokenizer_config.json"))
    if merges and (pairs := merge_list(repository, tokenizer)):
        keys.add_token_merges(pairs)
    for role, number in _numbers(repository, tokenizer, added).items():
        add = getattr(keys, f"add_{role}_token_id", None)
        if add and (size is None or number < size):
            add(number)
    for role, is_added in added.flags.items():
        if add := getattr(keys, f"add_add_{role}_token", None):
            add(is_added)
    if template := chat_template(repository):
        keys.add_chat_template(template)
    write_normalizers(tokenizer, keys)


def _numbers(repository: Repository, tokenizer: dict[str, Any], added: Added) -> dict[str, int]:
    """The number of each role's token: as the tokenizer has it, else as config.json says."""
    numbers: dict[str, int] = {}
    for role, number in (*_of_tokenizer(tokenizer, added), *_of_config(repository, added)):
        if isinstance(number, int) and not isinstance(number, bool) and number >= 0:
            numbers.setdefault(role, number)
    return numbers


def _of_tokenizer(tokenizer: dict[str, Any], added: Added) -> Iterator[tuple[str, Any]]:
    by_text: dict[Any, Any] = {}
    for token in tokenizer.get("added_tokens") or ():
        by_text.setdefault(token.get("content"), token.get("id"))
    for role in added.roles:
        entry = added.settings.get(f"{role}_token")
        text = entry.get("content") if isinstance(entry, dict) else entry
        if isinstance(text, str):
            yield role, by_text.get(text)


def _of_config(repository: Repository, added: Added) -> Iterator[tuple[str, Any]]:
    config = repository.config
    inner = config.get("text_config")
    for role in added.roles:
        number = config.get(f"{role}_token_id")
        if number is None and isinstance(inner, dict):
            number = inner.get(f"{role}_token_id")
        yield role, number
