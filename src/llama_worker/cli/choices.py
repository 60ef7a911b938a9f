"""What a command was told of the worker, the model and its answers, and the model that is loaded so."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from msgspec import Struct

from ..config.groups import Group, read_options, with_flags
from ..options import LlamaOptions, ModelOptions, PromptOptions, build_options
from ..worker.model import Model
from ..worker.worker import LlamaWorker
from .progress import watch_load


class Choices(Struct, frozen=True):
    """A command's options, checked before anything is started."""

    llama: LlamaOptions
    model: ModelOptions
    prompt: PromptOptions

    @asynccontextmanager
    async def loaded(self, name: str) -> AsyncIterator[Model]:
        """The model of that name in a worker of its own, which ends with the block."""
        async with LlamaWorker(self.llama) as worker:
            yield await watch_load(worker.load_model(name, self.model), name)


def read_choices(
    options: Iterable[str],
    groups: Sequence[Group],
    *,
    usual: Mapping[str, Any] | None = None,
    loading: Mapping[str, Any] | None = None,
    answering: Mapping[str, Any] | None = None,
) -> Choices:
    """What `-o` says, beside flags for `loading` and `answering`, over what is `usual` for a model of this command.

    Raises `InvalidOptionsError`.
    """
    given = read_options(options, groups)
    model = with_flags(given[ModelOptions], **(loading or {}))
    prompt = with_flags(given.get(PromptOptions, {}), **(answering or {}))
    return Choices(
        llama=build_options(LlamaOptions, None, given[LlamaOptions]),
        model=build_options(ModelOptions, None, {**(usual or {}), **model}),
        prompt=build_options(PromptOptions, None, prompt),
    )
