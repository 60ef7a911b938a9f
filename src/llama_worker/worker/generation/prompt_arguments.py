"""What a prompt was given, read and checked once: options, functions and the form of the answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import msgspec
from msgspec import Struct

from ...options import PromptOptions, SessionOptions, build_options
from ...options.prompt import PYTHON_ONLY
from ..reply import Reply
from ..structured.response_format import ResponseFormat, response_format_of
from ..tools.functions import Function, Functions, FunctionSource, read_functions, split_sources
from ..tools.toolbox import CHOICES, Approval, Toolbox, choose_functions
from .option_checks import check_options
from .reasoning.effort import with_effort


class PromptArguments(Struct, frozen=True, kw_only=True):
    """`functions` are those that were given, by name, `chosen` those of them that `function_choice` allows; `approve`
    is asked before each call; `response_format` says what the answer becomes a value of. `sources` and what the options
    say of `mcp` are asked for more functions when the prompt begins."""

    options: PromptOptions
    functions: Mapping[str, Function] | None = None
    chosen: Mapping[str, Function] = {}
    approve: Approval | None = None
    response_format: ResponseFormat | None = None
    sources: tuple[FunctionSource, ...] = ()

    @classmethod
    def read(cls, options: PromptOptions | PromptArguments | None, changes: Mapping[str, Any]) -> PromptArguments:
        """Of keyword arguments, which are options but for three; what is read already comes back as it is.

        Raises `InvalidOptionsError`.
        """
        if isinstance(options, PromptArguments):
            return options.changed(changes) if changes else options
        python_only = {name: value for name, value in changes.items() if name in PYTHON_ONLY}
        changed = {name: value for name, value in changes.items() if name not in PYTHON_ONLY}
        return cls.of(build_options(PromptOptions, options, changed), **python_only)

    @classmethod
    def of(
        cls,
        options: PromptOptions,
        *,
        functions: Functions | None = None,
        approve: Approval | None = None,
        response_format: Any = None,
    ) -> Self:
        """Of options that are checked each by itself, as those of a decoded message are."""
        check_options(options)
        known, sources = split_sources(functions) if functions is not None else (None, ())
        by_name = read_functions(known) if known is not None else None
        chosen = {} if sources or options.mcp else _chosen(by_name, options)
        asks_form = response_format is not None or options.json_schema is not None
        form = response_format_of(response_format, options) if asks_form else None
        return cls(
            options=options, functions=by_name, chosen=chosen, approve=approve, response_format=form, sources=sources
        )

    def offering(self, functions: Mapping[str, Function]) -> PromptArguments:
        """With these functions, and nobody left to be asked for more. Raises `InvalidOptionsError`."""
        chosen = _chosen(functions, self.options)
        return msgspec.structs.replace(self, functions=functions, chosen=chosen, sources=())

    def changed(self, changes: Mapping[str, Any]) -> PromptArguments:
        """With other options. Raises `InvalidOptionsError`."""
        return msgspec.structs.replace(self, options=build_options(PromptOptions, self.options, changes))

    def within(self, session: SessionOptions) -> PromptArguments:
        """With what the session says of all its prompts, where these say nothing."""
        own = self.options
        lora = session.lora if own.lora is None else own.lora
        effort = own.reasoning_effort or session.reasoning_effort
        if effort == "none" and own.reasoning_budget:
            effort = None  # which the prompt has said more exactly
        options = msgspec.structs.replace(own, lora=lora, reasoning_effort=effort)
        return msgspec.structs.replace(self, options=options)

    def with_effort(self, template: str) -> PromptArguments:
        """With what a `reasoning_effort` means to a model with that chat template."""
        return msgspec.structs.replace(self, options=with_effort(self.options, template))

    @property
    def schema(self) -> dict[str, Any] | None:
        """What the answer must be, as JSON schema."""
        return self.response_format.schema if self.response_format else None

    @property
    def as_json(self) -> PromptOptions:
        """The options as JSON can carry them: a type has become its schema, and JSON's keys are texts, token ids are
        not."""
        options, bias = self.options, self.options.token_bias
        if isinstance(bias, dict):
            options = msgspec.structs.replace(options, token_bias=tuple(bias.items()))
        return options if self.schema is None else msgspec.structs.replace(options, json_schema=self.schema)

    def toolbox(self, options: PromptOptions | None = None) -> Toolbox | None:
        """The functions that may be called, ready to be; None when there are none. By other `options` than these
        where somebody else applies these."""
        return Toolbox(self.chosen, options or self.options, self.approve) if self.chosen else None

    def parsed(self, reply: Reply) -> Reply:
        """`reply` in the form that was asked for. Raises `InvalidOutputError`."""
        return self.response_format.parse(reply) if self.response_format else reply


def _chosen(functions: Mapping[str, Function] | None, options: PromptOptions) -> Mapping[str, Function]:
    if functions or options.function_choice not in CHOICES:
        return choose_functions(functions or {}, options)
    return {}
