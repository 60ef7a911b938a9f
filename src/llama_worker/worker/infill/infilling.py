"""One gap on its way to being filled."""

from __future__ import annotations

from collections.abc import Hashable

from ...engine.settings import EngineSettings
from ...models.gguf.header import GgufHeader
from ..generation.completion import Completion
from ..generation.prompt_arguments import PromptArguments
from ..generation.shared_room import SHARE_FOR_AN_ANSWER
from ..operations.operation import Operation
from ..reply import Reply
from ..runtime import ModelRuntime
from .marks import marks_of
from .prompt import Gap, gap_prompt


class Infilling:
    """Raises `NotSupportedError` when the model was not taught to fill gaps."""

    def __init__(self, runtime: ModelRuntime, gap: Gap, arguments: PromptArguments, owner: Hashable) -> None:
        loaded = runtime.loaded_files
        self._runtime = runtime
        self._gap = gap
        self._arguments = arguments
        self._marks = marks_of(loaded.header, runtime.guard, runtime.settings.alias)
        self._generation = runtime.generation(owner=owner)

    async def run(self, operation: Operation[Reply, str]) -> Reply:
        room = room_for_prompt(
            self._runtime.settings, self._runtime.loaded_files.header, self._arguments.options.max_tokens
        )
        async with self._runtime.borrow_engine(part=True) as engine:
            prompt = await gap_prompt(engine, self._gap, self._marks, self._runtime.guard.texts, room)
        return await Completion(self._generation, prompt, self._arguments).run(operation)

    def partial(self) -> Reply:
        return self._generation.partial()


def room_for_prompt(settings: EngineSettings, header: GgufHeader, max_tokens: int | None) -> int:
    """Tokens of the context that an answer leaves to its prompt."""
    context = min(settings.context_size, header.context_length or settings.context_size)
    most = int(context * SHARE_FOR_AN_ANSWER)
    return context - most if max_tokens is None else max(context - max_tokens, context // 4)
