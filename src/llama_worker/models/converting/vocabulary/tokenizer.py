"""A repository's `tokenizer.json`, read by the library that transformers reads it with."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from ....errors import InvalidModelError, NotSupportedError
from ..checkpoint.repository import Repository
from .pre_tokenizers import CHECKED_TEXT, digest, pre_tokenizer

if TYPE_CHECKING:
    from tokenizers import AddedToken, Tokenizer

_META_SPACE = "\N{LOWER ONE EIGHTH BLOCK}"


class HubTokenizer:
    """The tokenizer of a repository, with the tokens that its `tokenizer_config.json` adds.

    Raises `InvalidModelError` when it has no tokenizer.json, or one that does not read.
    """

    def __init__(self, repository: Repository) -> None:
        from tokenizers import Tokenizer

        self.repository = repository
        if not repository.has("tokenizer.json"):
            raise InvalidModelError(f"{repository.name} has no tokenizer.json, so its text cannot be cut into tokens.")
        try:
            self._tokenizer: Tokenizer = Tokenizer.from_file(str(repository.folder / "tokenizer.json"))
        except Exception as error:  # the library raises nothing more special
            raise InvalidModelError(f"tokenizer.json of {repository.name} does not read: {error}.") from None
        self.settings = repository.json("tokenizer_config.json") or {}
        self._add_configured()

    @cached_property
    def ids(self) -> dict[str, int]:
        """Every token's number."""
        ids: dict[str, int] = self._tokenizer.get_vocab(with_added_tokens=True)
        return ids

    @cached_property
    def base_size(self) -> int:
        """How many tokens there are without those added."""
        size: int = self._tokenizer.get_vocab_size(with_added_tokens=False)
        return size

    @cached_property
    def added(self) -> dict[int, AddedToken]:
        """Added tokens by number."""
        added: dict[int, AddedToken] = self._tokenizer.get_added_tokens_decoder()
        return added

    def normalized(self, text: str) -> str:
        """A text as the tokenizer reads and writes it."""
        decoded: str = self._tokenizer.decode(
            self._tokenizer.encode(text, add_special_tokens=False).ids, skip_special_tokens=False
        )
        return decoded

    def pre_tokenizer(self) -> str:
        """The name under which llama.cpp knows what this does before it looks for tokens.

        The tokens are tried with the beginning that the tokenizer itself puts before a text, with the one that its
        configuration asks for, and without: equal tokens are cut equally. Raises `NotSupportedError`.
        """
        bare = self._tokenizer.encode(CHECKED_TEXT, add_special_tokens=False).ids
        begin = self.ids.get(_content(self.settings.get("bos_token")))
        tries = [self._tokenizer.encode(CHECKED_TEXT).ids, bare, *([] if begin is None else [[begin, *bare]])]
        for tokens in tries:
            if name := pre_tokenizer(tokens):
                return name
        raise NotSupportedError(
            f"The tokenizer of {self.repository.name} cuts text in a way that llama.cpp does not know (digest"
            f" {digest(tries[0])}), so a converted model would read every text wrongly."
        )

    def _add_configured(self) -> None:
        """Tokens that only tokenizer_config.json knows, as transformers adds them."""
        from tokenizers import AddedToken

        configured = self.settings.get("added_tokens_decoder")
        missing: list[tuple[int, dict[str, Any]]] = sorted(
            (int(number), token)
            for number, token in (configured.items() if isinstance(configured, dict) else ())
            if self._tokenizer.token_to_id(token["content"]) is None
        )
        flags = ("single_word", "lstrip", "rstrip", "normalized", "special")
        for _, token in missing:
            added = AddedToken(token["content"], **{flag: bool(token[flag]) for flag in flags if flag in token})
            add = self._tokenizer.add_special_tokens if token.get("special") else self._tokenizer.add_tokens
            add([added])


def _content(token: Any) -> str:
    """A special token's text: in a configuration it stands by itself or in an object."""
    found = token.get("content") if isinstance(token, dict) else token
    return found if isinstance(found, str) else ""


def looks_special(token: str) -> bool:
    """Whether a token is for control though its tokenizer does not say so: some repositories forget to."""
    bracketed = (("<|", "|>"), ("<\uff5c", "\uff5c>"), ("<unused", ">"))
    return token in ("<pad>", "<mask>", "<2mass>", "[@BOS@]") or any(
        token.startswith(begin) and token.endswith(end) for begin, end in bracketed
    )


def plain_spaces(token: str) -> str:
    """A token's text with spaces where SentencePiece writes its own sign."""
    return token.replace(_META_SPACE, " ")
