"""What the samples of one number of threads come to, and how they are shown."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from ..output.tables import Justify
from .samples import Sample
from .spread import Spread, spread, with_spread


class Speed(Struct, frozen=True, rename="camel"):
    """Of one side: `threads` is None for those that follow the machine, `chats` without several chats.

    Speeds are in tokens per second, the time to an answer's first token is in seconds, `others_cores` is how many cores
    other programs and the host had on average.
    """

    threads: int | None
    prompt_tokens_per_second: Spread
    first_token_seconds: Spread
    completion_tokens_per_second: Spread
    chats_tokens_per_second: Spread | None
    others_cores: float


def speed_of(threads: int | None, samples: Sequence[Sample]) -> Speed:
    together = [sample.together for sample in samples if sample.together is not None]
    return Speed(
        threads=threads,
        prompt_tokens_per_second=spread([sample.prompt for sample in samples]),
        first_token_seconds=spread([sample.first_token for sample in samples]),
        completion_tokens_per_second=spread([sample.answer for sample in samples]),
        chats_tokens_per_second=spread(together) if together else None,
        others_cores=sum(sample.noise.cores for sample in samples) / len(samples),
    )


def table_of(speeds: Sequence[Speed]) -> tuple[dict[str, Justify], list[list[str]]]:
    """Titles and rows: medians, and in brackets their spread."""
    rows = []
    titles = ("threads", "prompt tokens/s", "first token s", "answer tokens/s", "chats together tokens/s")
    shown: dict[str, Justify] = dict.fromkeys(titles if speeds[0].chats_tokens_per_second else titles[:-1], "right")
    for speed in speeds:
        values = (
            speed.prompt_tokens_per_second,
            speed.first_token_seconds,
            speed.completion_tokens_per_second,
            speed.chats_tokens_per_second,
        )
        name = "as it comes" if speed.threads is None else str(speed.threads)
        rows.append([name, *(with_spread(value) for value in values if value is not None)])
    return shown, rows
