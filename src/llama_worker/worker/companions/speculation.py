"""How many tokens are drafted at once, by whom, and when that cannot be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...engine.companions import DraftModel, Speculation
from ...engine.defaults import FEWEST_REPEATED, REPEATED_TOKENS, WRITTEN_TOKENS
from ...errors import InvalidOptionsError
from ...models.memory.estimate import estimate
from ...options import ModelOptions
from ..planning.plan import plan_of
from .drafts import DraftFiles


def speculation_of(
    options: ModelOptions, draft: DraftFiles | None, pooling: str | None, chosen: Mapping[str, Any]
) -> Speculation | None:
    """What is drafted for a model that is run as was `chosen`. Raises `InvalidOptionsError`."""
    if options.speculative is None and draft is None:
        if options.draft_tokens is not None:
            message = 'draft_tokens needs somebody who drafts: give speculative="ngram" or a draft_model.'
            raise InvalidOptionsError(message, path="draft_tokens")
        return None
    if pooling not in (None, "last"):
        path = "draft_model" if draft else "speculative"
        raise InvalidOptionsError("This model makes embeddings: there is no text to be drafted.", path=path)
    room = _room(options, chosen)
    return Speculation(
        repeated=min(options.draft_tokens or REPEATED_TOKENS, room) if options.speculative else 0,
        written=min(options.draft_tokens or WRITTEN_TOKENS, room) if draft else 0,
        model=_taking(draft, chosen) if draft else None,
    )


def _room(options: ModelOptions, chosen: Mapping[str, Any]) -> int:
    """How many tokens of each sequence fit into a batch beside the one that is sure: llama-server aborts otherwise."""
    batch, sequences = chosen["batch_size"], chosen["sequences"]
    room = batch // sequences - 1
    wanted = max(options.draft_tokens or 1, FEWEST_REPEATED if options.speculative else 1)
    if room < wanted:
        raise InvalidOptionsError(
            f"Drafts of {wanted} tokens for {sequences} sequences need a batch_size of {sequences * (wanted + 1)}, and "
            f"it is {batch}: give a larger batch_size, or fewer sequences.",
            path="draft_tokens" if options.draft_tokens else "batch_size",
        )
    return int(room)


def _taking(draft: DraftFiles, chosen: Mapping[str, Any]) -> DraftModel:
    """It keeps as much of every text as the other one."""
    plan = plan_of(chosen)
    names = ("context_size", "sequences", "kv_unified", "batch_size", "flash_attention", "use_mmap")
    needed = estimate(draft.header, **{name: plan[name] for name in names if name in plan})
    return DraftModel(str(draft.files.path), needed.total_bytes, draft.digest)
