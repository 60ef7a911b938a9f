"""Token probabilities as OpenAI's text completions have them: one list for each fact."""

from __future__ import annotations

from .fields import Object


class LegacyLogprobs:
    """For one answer, of whose tokens the likeliest `most` others are told; `content` is as the chat has it, too."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._offset = 0

    def of(self, content: list[Object]) -> Object:
        """Of the tokens that came; where each begins is counted from the beginning of the answer."""
        if not self._most:
            content = [token | {"top_logprobs": []} for token in content]
        return {
            "tokens": [token["token"] for token in content],
            "token_logprobs": [token["logprob"] for token in content],
            "top_logprobs": [_by_token(token["top_logprobs"]) for token in content] if self._most else None,
            "text_offset": [self._next(token["token"]) for token in content],
            "content": content,
        }

    def _next(self, text: str) -> int:
        offset = self._offset
        self._offset += len(text)
        return offset


def _by_token(likeliest: list[Object]) -> dict[str, float]:
    return {one["token"]: one["logprob"] for one in reversed(likeliest)}  # of two of the same text the likelier


def joined(before: Object | None, more: Object | None) -> Object | None:
    """Those of two pieces of one answer."""
    if not before or not more:
        return before or more
    return {name: None if value is None else value + more[name] for name, value in before.items()}
