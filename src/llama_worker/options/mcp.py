"""Servers of the Model Context Protocol, as programs of all makers write them down."""

from collections.abc import Iterator
from typing import Annotated, Literal

from msgspec import Meta, field

from .base import FileName, Options, Seconds

NAME_PATTERN, URL_PATTERN = r"^[A-Za-z0-9_.-]+$", r"^(https?://|\$\{)"
ServerName = Annotated[str, Meta(min_length=1, max_length=64, pattern=NAME_PATTERN)]
ToolName = Annotated[str, Meta(min_length=1, max_length=256)]


class McpServerOptions(Options, frozen=True, kw_only=True):
    """A server whose tools a model may call: a `command` that is started here, or the `url` of one that runs.

    `command` with `args` speaks over its standard input and output. It finds `env` in its environment, and beside that
    only PATH, HOME and the like; it works in `cwd`, default the program's own folder. `url` is one of streamable HTTP,
    or with `type` "sse" of the transport before it, and gets the `headers`. In all of these `${NAME}` stands for the
    environment's variable of that name, and `${NAME:-text}` for a text where there is none.
    `type`: "stdio", "http" or "sse"; default: "stdio" with a command, else "http".
    `allow`: the tools that are called without asking a person: their names, or True for all; default none.
    `tools`: the only ones that are offered; default all.
    `start_timeout`: seconds until it must have answered, and have told its tools (default 60).
    """

    command: Annotated[str, Meta(min_length=1)] | None = None
    args: tuple[str, ...] = ()
    env: dict[str, str] = field(default_factory=dict)
    cwd: FileName | None = None
    url: Annotated[str, Meta(pattern=URL_PATTERN)] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    type: Literal["stdio", "http", "sse"] | None = None
    allow: bool | tuple[ToolName, ...] = False
    tools: tuple[ToolName, ...] | None = None
    start_timeout: Seconds = 60.0

    def __post_init__(self) -> None:
        if (self.command is None) == (self.url is None):
            raise ValueError("a server has either a `command` or a `url`")
        if self.type is not None and (self.type == "stdio") != (self.command is not None):
            raise ValueError(f"a server of type {self.type!r} has a `{'command' if self.type == 'stdio' else 'url'}`")

        for place, text in self._texts():
            if "\0" in text:
                raise ValueError(f"`{place}` has a null character, which no process can be given")

    def _texts(self) -> Iterator[tuple[str, str]]:
        for place in ("command", "url"):
            yield place, getattr(self, place) or ""
        yield from (("args", argument) for argument in self.args)
        for place in ("env", "headers"):
            yield from ((place, text) for item in getattr(self, place).items() for text in item)

    def __repr__(self) -> str:
        """Without what may be secret: arguments, the environment, headers, and an address's query."""
        return f"McpServerOptions({self.command or (self.url or '').partition('?')[0]!r})"
