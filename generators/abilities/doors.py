"""What each door has for an ability. What is declared and not there is an error."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import click
from msgspec import Struct
from starlette.routing import Route

import llama_worker
from llama_worker import LlamaWorker, messages, options, sync
from llama_worker.cli.main import llama_worker as commands
from llama_worker.config.named_model import PROMPT_DEFAULTS
from llama_worker.http.app import create_app
from llama_worker.http.dialects import fields
from llama_worker.http.dialects.anthropic.request import MessagesRequest
from llama_worker.ports.client.bridge import LlamaWorkerBridge
from llama_worker.ports.client.model import RemoteContext, RemoteModel
from llama_worker.ports.client.session import RemoteSession

from .. import schema
from ..methods import Method
from ..methods import methods as javascript_methods
from .ability import Ability

# A request has its method's name in another spelling, but for these.
OTHER_REQUESTS: Mapping[str, type[Struct]] = {
    "LlamaWorker.initialize": messages.Init,
    "LlamaWorker.prompt": messages.PromptRequest,
    "Model.create_session": messages.InitializeSession,
    "Model.unload": messages.UnloadModel,
    "ChatSession.prompt": messages.PromptRequest,
    "ChatSession.fork": messages.ForkSession,
    "ChatSession.save": messages.SaveSession,
    "ChatSession.flush": messages.FlushSession,
}
_REMOTE: Mapping[str, type] = {
    "LlamaWorker": LlamaWorkerBridge,
    "Model": RemoteModel,
    "Context": RemoteContext,
    "ChatSession": RemoteSession,
    "Operation": llama_worker.Operation,
}
Way = Callable[[Ability], Iterator[str]]


def request_of(name: str) -> type[Struct] | None:
    """The message that asks for a method over a port."""
    camel = "".join(word.title() for word in name.rpartition(".")[2].split("_"))
    return OTHER_REQUESTS.get(name) or getattr(messages, camel, None)


def python(ability: Ability) -> Iterator[str]:
    """The methods and options."""
    return _in_python(ability, lambda kind: getattr(llama_worker, kind))


def without_async(ability: Ability) -> Iterator[str]:
    """The same in `llama_worker.sync`."""
    return _in_python(ability, lambda kind: getattr(sync, kind))


def bridge(ability: Ability) -> Iterator[str]:
    """The same at the other end of a port."""
    return _in_python(ability, _REMOTE.__getitem__)


def message(ability: Ability) -> Iterator[str]:
    """The type of a request, or the field of its options."""
    for method in ability.methods:
        request = request_of(method)
        if request not in messages.ENDS:
            raise LookupError(f"no message asks for {method}")
        yield f"`{schema.wire_type(request)}`"
    yield from _wire_options(ability)


def javascript(ability: Ability) -> Iterator[str]:
    """The generated method, or the option as JavaScript spells it."""
    for method in ability.methods:
        request = request_of(method)
        assert request is not None
        found = _javascript().get(schema.wire_type(request))
        if found is None:
            raise LookupError(f"JavaScript has no method for {method}")
        yield f"`{found.name}()`"
    yield from _wire_options(ability)


def http(ability: Ability) -> Iterator[str]:
    """Routes, fields of requests, and the configuration file."""
    for name in ability.http:
        known = name in _paths() if name.startswith("/") else name in _request_fields()
        if not known:
            raise LookupError(f"there is no {name} over HTTP")
        yield f"`{name}`"
    if ability.file:
        names = [name.partition(".")[2] for name in ability.options if _in_a_file(name)]
        yield f"`{', '.join(names)}` in llama-worker.toml"


def command_line(ability: Ability) -> Iterator[str]:
    """A command, or one with an option."""
    if not ability.command:
        return
    name, _, option = ability.command.partition(" ")
    found = commands.get_command(click.Context(commands), name)
    if found is None or (option and option.split()[0] not in _flags(found)):
        raise LookupError(f"there is no `llama-worker {ability.command}`")
    yield f"`{ability.command}`"


DOORS: Mapping[str, Way] = {
    "Python": python,
    "sync": without_async,
    "bridge": bridge,
    "stdio, WebSocket": message,
    "JavaScript": javascript,
    "HTTP": http,
    "command line": command_line,
}


def _in_python(ability: Ability, class_of: Callable[[str], Any]) -> Iterator[str]:
    for name in ability.methods:
        kind, _, method = name.partition(".")
        if not inspect.isfunction(getattr(class_of(kind), method, None)):
            raise LookupError(f"there is no {name}")
        yield f"`{_instance(kind)}.{method}()`"
    for name in ability.options:
        yield f"`{_option(name)}=`"


def _in_a_file(name: str) -> bool:
    """Whether llama-worker.toml takes it: for the worker, a model, or the answers of one."""
    kind, _, field = name.partition(".")
    return kind in ("LlamaOptions", "ModelOptions") or (kind == "PromptOptions" and field in PROMPT_DEFAULTS)


def _instance(kind: str) -> str:
    return {"LlamaWorker": "worker", "ChatSession": "session"}.get(kind, kind.lower())


def _option(name: str) -> str:
    kind, _, field = name.partition(".")
    if field not in getattr(options, kind).__struct_fields__:
        raise LookupError(f"there is no option {name}")
    return field


def _wire_options(ability: Ability) -> Iterator[str]:
    for name in ability.options:
        yield f"`{re.sub('_([a-z])', lambda found: found[1].upper(), _option(name))}`"


@cache
def _javascript() -> dict[str, Method]:
    return {method.type: method for method in javascript_methods(schema.schema())}


@cache
def _paths() -> frozenset[str]:
    return frozenset(route.path for route in create_app(LlamaWorker()).routes if isinstance(route, Route))


@cache
def _request_fields() -> frozenset[str]:
    return frozenset(_fields_below(fields.Sampling)) | frozenset(MessagesRequest.__struct_encode_fields__)


def _fields_below(kind: type[Struct]) -> Iterator[str]:
    yield from kind.__struct_encode_fields__
    for narrower in kind.__subclasses__():
        yield from _fields_below(narrower)


def _flags(command: click.Command) -> set[str]:
    return {flag for parameter in command.params for flag in (*parameter.opts, *parameter.secondary_opts)}
