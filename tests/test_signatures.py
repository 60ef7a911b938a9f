"""The same abilities under the same names everywhere: async, sync, over a bridge, and as messages."""

from __future__ import annotations

import inspect
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import pytest
from generators.abilities.doors import request_of
from msgspec import NODEFAULT, Struct, structs

import llama_worker
from llama_worker import LlamaWorker, messages, options, sync
from llama_worker.options import Options, keywords
from llama_worker.options.prompt import PYTHON_ONLY
from llama_worker.ports.client.bridge import LlamaWorkerBridge
from llama_worker.ports.client.model import RemoteContext, RemoteModel
from llama_worker.ports.client.session import RemoteSession
from llama_worker.worker.chat.session import ChatSession
from llama_worker.worker.chat.session_keywords import SessionKeywords
from llama_worker.worker.model import Context, Model
from llama_worker.worker.operations.operation import Operation

TWINS = [
    (LlamaWorker, sync.LlamaWorker),
    (Model, sync.Model),
    (Context, sync.Context),
    (ChatSession, sync.ChatSession),
    (LlamaWorker, LlamaWorkerBridge),
    (Model, RemoteModel),
    (Context, RemoteContext),
    (ChatSession, RemoteSession),
]
# For other parts of this package, which have the worker itself.
INSIDE = {
    "runtime",
    "emit",
    "on_idle_death",
    "restore_session",
    "claim_id",
    "closed",
    "engine_name",
    "residency",
    "store",
} | {
    "download_within",
    "estimate_within",
    "search_within",
}
# What another process cannot be given, or gives in another way.
ONLY_SYNC = {"on_progress"}


def public(kind: type) -> set[str]:
    return {name for name in dir(kind) if not name.startswith("_")}


def parameters(kind: type, name: str) -> dict[str, tuple[Any, Any]]:
    """What a method may be given: the kind and the default of each parameter."""
    found = inspect.signature(getattr(kind, name)).parameters
    return {key: (one.kind, one.default) for key, one in found.items() if key != "self" and key not in ONLY_SYNC}


@pytest.mark.parametrize(("near", "far"), TWINS)
def test_every_public_name_has_its_twin(near: type, far: type) -> None:
    """An app drops its async, or moves its worker to another process, without changing a line."""
    assert not public(near) - public(far) - INSIDE


def methods() -> list[tuple[type, type, str]]:
    return [
        (near, far, name)
        for near, far in TWINS
        for name in sorted(public(near) & public(far))
        if inspect.isfunction(getattr(near, name)) and inspect.isfunction(getattr(far, name))
    ]


@pytest.mark.parametrize(("near", "far", "name"), methods(), ids=lambda value: getattr(value, "__qualname__", value))
def test_twins_take_the_same(near: type, far: type, name: str) -> None:
    """The same names, options and defaults."""
    assert parameters(far, name) == parameters(near, name)


KEYWORDS = {
    keywords.LlamaKeywords: options.LlamaOptions,
    keywords.ContextKeywords: options.ContextOptions,
    keywords.ModelKeywords: options.ModelOptions,
    keywords.PromptOptionKeywords: options.PromptOptions,
    SessionKeywords: options.SessionOptions,
    keywords.ServerKeywords: options.ServerOptions,
}


@pytest.mark.parametrize(("listed", "struct"), KEYWORDS.items(), ids=lambda kind: kind.__name__)
def test_keywords_are_the_fields_of_the_struct(listed: Any, struct: type[Options]) -> None:
    """The generated file is current in names; `make check` compares it whole."""
    assert set(listed.__annotations__) == set(struct.__struct_fields__)


@pytest.mark.parametrize(
    ("method", "struct", "more"),
    [
        (LlamaWorker.__init__, options.LlamaOptions, set()),
        (LlamaWorker.load_model, options.ModelOptions, set()),
        (LlamaWorker.create_context, options.ContextOptions, set()),
        (Model.create_session, options.SessionOptions, set()),
        (Model.chat, options.PromptOptions, PYTHON_ONLY),
        (Model.complete, options.PromptOptions, {"response_format"}),
        (ChatSession.prompt, options.PromptOptions, PYTHON_ONLY),
        (LlamaWorkerBridge.generate_completion, options.PromptOptions, PYTHON_ONLY),
        (sync.ChatSession.prompt, options.PromptOptions, PYTHON_ONLY),
    ],
    ids=lambda value: getattr(value, "__qualname__", ""),
)
def test_help_lists_every_option_with_its_default(method: Any, struct: type[Options], more: set[str]) -> None:
    """`help(Model.chat)` shows what there is to choose."""
    found = inspect.signature(method).parameters
    listed = {name: one for name, one in found.items() if one.kind is one.KEYWORD_ONLY}
    defaults = {field.name: default_of(field) for field in structs.fields(struct)}
    assert listed.keys() >= defaults.keys() | more
    assert {name: listed[name].default for name in defaults} == defaults


@pytest.mark.parametrize("kind", [Model, sync.Model, RemoteModel], ids=lambda kind: kind.__module__)
def test_help_shows_types_as_one_writes_them(kind: type) -> None:
    """Without quotes, and of a bound method as well, which is what a notebook has."""
    unbound, bound = inspect.signature(kind.chat), inspect.signature(kind.chat.__get__(object()))  # type: ignore[attr-defined]
    assert "temperature: float | None = None," in str(unbound)
    assert list(bound.parameters) == list(unbound.parameters)[1:]
    assert bound.return_annotation == unbound.return_annotation


@pytest.mark.parametrize("session", [ChatSession, RemoteSession, sync.ChatSession])
def test_help_knows_defaults_that_are_a_methods_own(session: type) -> None:
    """What a Struct says is not what these do."""
    methods = {name: inspect.signature(getattr(session, name)).parameters for name in ("preload", "complete_prompt")}
    assert methods["preload"]["max_tokens"].default == 0
    assert methods["complete_prompt"]["max_tokens"].default == 64


def default_of(field: structs.FieldInfo) -> Any:
    return field.default if field.default is not NODEFAULT else field.default_factory()


# What of a method's arguments has another name on the wire.
RENAMED = {"name": "model_id", "text": "prompt", "content": "prompt"}
RENAMED_IN = {"LlamaWorker.abort_download": {"operation_id": "request_id"}}


# What is asked on this side of a port, of things that are here.
NOT_ASKED = {"find_model", "on", "operation", "emit", "on_idle_death", "claim_id", "restore_session"} | {
    "download_within",
    "estimate_within",
    "search_within",
}
# What one process can take and a message cannot carry: types and callables travel as what stands for them.
CARRIED_OTHERWISE = {"response_format", "approve"}


def asked_methods() -> list[str]:
    return [
        f"{kind.__name__}.{name}"
        for kind in (LlamaWorker, Model, ChatSession)
        for name in sorted(public(kind) - NOT_ASKED)
        if inspect.isfunction(getattr(kind, name))
    ]


def method_of(name: str) -> Any:
    kind, method = name.split(".")
    return getattr(getattr(llama_worker, kind), method)


@pytest.mark.parametrize("name", asked_methods())
def test_a_message_carries_what_its_method_takes(name: str) -> None:
    """Each argument is a field, or an option of the Struct that the message carries, with the same default."""
    request = request_of(name)
    assert request in messages.ENDS, f"{name} needs a request of its name, or a line in OTHER_REQUESTS"
    renamed = RENAMED | RENAMED_IN.get(name, {})
    fields = {field.name: field for field in structs.fields(request)}
    carried = {one.name: one for one in option_fields(request)}
    for argument, parameter in inspect.signature(method_of(name)).parameters.items():
        if argument in {"self", "options", *CARRIED_OTHERWISE, *getattr(method_of(name), "option_defaults", ())}:
            continue
        field = fields.get(argument) or fields.get(renamed.get(argument, "")) or carried.get(argument)
        assert field is not None, f"{request.__name__} carries no {argument}"
        if parameter.default is not parameter.empty:
            assert default_of(field) == parameter.default or field.default is None


@pytest.mark.parametrize("name", asked_methods())
def test_a_message_ends_with_what_its_method_gives(name: str) -> None:
    """The type of a `result` is the type of the method's result, on which other languages rely."""
    request = request_of(name)
    assert request is not None
    end = messages.ENDS[request]  # type: ignore[index]
    if end.messages != (messages.Result,) or end.value is messages.Abilities:
        return  # which has a message of its own, or tells more than the method
    assert given_by(name) == plain(end.value)


# On the wire a vector is text, and so is a path.
GIVEN_OTHERWISE = {"Model.embed": [bytes], "LlamaWorker.merge_model": str, "LlamaWorker.split_model": [str]}


def given_by(name: str) -> Any:
    """The type of a method's result, which an operation ends with."""
    kind = get_type_hints(method_of(name))["return"]
    return GIVEN_OTHERWISE.get(name) or plain(get_args(kind)[0] if get_origin(kind) is Operation else kind)


def plain(kind: Any) -> Any:
    """A type as it is on the wire: a message of a conversation is an object."""
    kind = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    if get_origin(kind) is list:
        return [plain(get_args(kind)[0])]
    if kind is llama_worker.Message or get_origin(kind) is dict:
        return dict
    return type(None) if kind is None else kind


def option_fields(request: type[Struct]) -> tuple[structs.FieldInfo, ...]:
    kinds = [get_args(field.type) for field in structs.fields(request) if field.name == "options"]
    return structs.fields(kinds[0][0]) if kinds else ()
