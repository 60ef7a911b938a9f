"""How many tokens to ask a contestant for, so that one that is very slow does not keep all others waiting."""

from __future__ import annotations

from benchmarks.contestants.process import ContestantProcess
from benchmarks.sides.contestants import Answer, decode_speed

_FIRST = 4


class Pace:
    """Answers of about `seconds`, as the last one's speed lets expect: 4 tokens at least, `most` at most."""

    def __init__(self, seconds: float, most: int) -> None:
        self._seconds, self._most = seconds, most
        self._lengths: dict[ContestantProcess, int] = {}

    async def answer(self, contestant: ContestantProcess, prompt: str) -> Answer:
        """To a prompt that nobody has asked before."""
        length = self._lengths.get(contestant, min(_FIRST, self._most))
        answer: Answer = await contestant.ask("answer", prompt=prompt, tokens=length, cached=False)
        self._lengths[contestant] = max(4, min(self._most, round(decode_speed(answer) * self._seconds)))
        return answer
