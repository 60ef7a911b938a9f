"""A text continued as it stands."""

from __future__ import annotations

from typing import Self

from ..options import PromptOptions
from .extras import Extras
from .generation import Generation
from .operation import Operation
from .reply import Reply
from .request import Asked, check_completion
from .structured import Shape, shape_of


class Completion:
    """One generation without messages, and its form."""

    def __init__(self, generation: Generation, asked: Asked, shape: Shape | None) -> None:
        self._generation = generation
        self._asked = asked
        self._shape = shape

    @classmethod
    def prepare(cls, generation: Generation, prompt: str, options: PromptOptions, extras: Extras) -> Self:
        """A completion, checked. Raises `InvalidOptionsError`."""
        check_completion(options)
        shape = shape_of(extras.response_format, options)
        asked = Asked(options=options, prompt=prompt, schema=shape.schema if shape else None)
        return cls(generation, asked, shape)

    async def run(self, operation: Operation[Reply, str]) -> Reply:
        reply = await self._generation.run(operation, self._asked)
        return self._shape.parse(reply) if self._shape else reply

    def partial(self) -> Reply:
        return self._generation.partial()
