"""What `run` was told of models, conversations and answers, over what the configuration says of them."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from ..config.configuration import Configuration
from ..config.groups import Given, with_flags
from ..config.named_model import NamedModel
from ..config.persona import Persona
from ..options import (
    LlamaOptions,
    McpServerOptions,
    ModelOptions,
    Options,
    PromptOptions,
    SessionOptions,
    build_options,
)
from .model_names import meant


class ModelChoices(Struct, frozen=True):
    """For one model: `name` is what `load_model` takes."""

    name: str
    model: ModelOptions
    session: SessionOptions
    prompt: PromptOptions


class NamedChoices(Struct, frozen=True):
    """`given` is what `-o` says, and `loading`, `conversing` and `answering` what flags say. `servers` are the MCP
    servers of configuration and flags, whose tools every answer may call."""

    config: Configuration
    given: dict[type[Options], Given]
    persona: Persona = Persona()
    engine: str | None = None
    loading: dict[str, Any] = {}
    conversing: dict[str, Any] = {}
    answering: dict[str, Any] = {}
    servers: dict[str, McpServerOptions] = {}

    def worker(self) -> LlamaOptions:
        flags = with_flags(self.given[LlamaOptions], engine=self.engine, mcp_servers=self.servers or None)
        return build_options(LlamaOptions, self.config.worker, flags)

    def of(self, name: str) -> ModelChoices:
        """Of a name of the configuration, a short or a full one. Raises `InvalidOptionsError`, and as `meant`."""
        named = self.config.models.get(name) or NamedModel(model=meant(name))
        loading = with_flags(self.given[ModelOptions], **self.loading)
        one = {"sequences": 1} if named.options.sequences is None else {}
        usual = build_options(PromptOptions, named.prompt, _said(self.persona.prompt))
        return ModelChoices(
            name=named.model,
            model=build_options(ModelOptions, named.options, one | loading),
            session=self._session(usual.system_prompt),
            prompt=build_options(PromptOptions, usual, {"mcp": bool(self.servers)} | self._answering()),
        )

    def _answering(self) -> dict[str, Any]:
        return with_flags(self.given[PromptOptions], **self.answering)

    def _session(self, system_prompt: str | None) -> SessionOptions:
        begun = {"system_prompt": system_prompt} if system_prompt else {}
        said = with_flags(self.given[SessionOptions], **self.conversing)
        return build_options(SessionOptions, None, begun | said)


def _said(options: PromptOptions) -> dict[str, Any]:
    """What differs from the defaults."""
    usual = PromptOptions()
    values = {name: getattr(options, name) for name in options.__struct_fields__}
    return {name: value for name, value in values.items() if value != getattr(usual, name)}
