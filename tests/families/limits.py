"""What is not possible with a family, and what is possible but fails: declared here, and proven by the checks.

A limit that holds no more fails the checks as much as one that is not declared.
"""

from __future__ import annotations

from msgspec import Struct

from .family import Family

_NO_REASONING = "its template has no reasoning"
_NO_CALLS = "llama.cpp finds no place for calls in its template"
_NO_CALLS_IN = frozenset(
    {"TinyLlama", "Gemma 2", "Gemma 3", "Phi 3.5", "Jamba", "Mamba", "Mamba 2", "Falcon H1", "OLMo 2", "EXAONE", "LFM2"}
    | {"StableLM", "StarCoder 2", "RWKV 7", "DeepSeek R1 Distill Llama", "Granite 3.3", "SmolLM 3"}
)


class Limit(Struct, frozen=True):
    """Why an ability is not there; `ours` when it could be."""

    reason: str
    ours: bool = False


_FORM = Limit("noise does not have the form that llama.cpp's reader of this template demands, so it cannot be checked")
_UNREAD = Limit("llama.cpp does not know how this template marks reasoning")
_DIFFERS = Limit(
    "llama.cpp cannot take a token back from a state and reads the begun answer again, in one piece; this rounds"
    " otherwise than one token after the other, and noise makes much of that"
)
_KNOWN: dict[tuple[str, str], Limit] = {
    **{(name, "reasoning budget"): _FORM for name in ("gpt-oss", "Command R7B")},
    **{(name, "reasoning"): _UNREAD for name in ("Apertus", "RWKV 7")},
    ("RWKV 7", "pause"): _DIFFERS,
}


def limit_of(family: Family, ability: str) -> Limit | None:
    """The limit, if there is one."""
    if ability in ("JSON, thinking", "reasoning", "reasoning budget") and not family.thinks:
        return Limit(_NO_REASONING)
    if ability in ("call and result", "two calls") and family.name in _NO_CALLS_IN:
        return Limit(_NO_CALLS)
    return _KNOWN.get((family.name, ability))
