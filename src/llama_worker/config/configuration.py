"""`llama-worker.toml`: what is said once of the worker, the server and the models."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct, field

from ..options import LlamaOptions, Options, ServerOptions
from ..options.server import DEFAULT_PORT
from .named_model import NamedModel
from .persona import Persona


class Listening(Options, frozen=True, kw_only=True):
    """Where `llama-worker serve` listens and what it keeps: what its flags of these names say.

    `api_key_file` holds the API key, which never stands in the configuration itself. `data` is the file of the page's
    conversations, or ":memory:". `log` is the file of the log, or "off".
    """

    host: Annotated[str, Meta(min_length=1)] = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535)] = DEFAULT_PORT
    api_key_file: Annotated[str, Meta(min_length=1)] | None = None
    data: Annotated[str, Meta(min_length=1)] | None = None
    log: Annotated[str, Meta(min_length=1)] | None = None
    access_log: bool = False


class Configuration(Struct, frozen=True, kw_only=True):
    """A file, read and checked; `models` by their names, in the order of the file, the first being a server's default;
    `personas` are for the command line.

    What the file does not say has its default. Relative paths in it were made absolute, from the file's folder.
    """

    path: Path | None = None
    worker: LlamaOptions = LlamaOptions()
    server: ServerOptions = ServerOptions()
    listening: Listening = Listening()
    models: dict[str, NamedModel] = field(default_factory=dict)
    personas: dict[str, Persona] = field(default_factory=dict)
