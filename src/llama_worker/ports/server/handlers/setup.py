"""Answers to what prepares: engine, context, session."""

from __future__ import annotations

from msgspec import to_builtins

from ...._version import __version__
from ....messages import (
    PROTOCOL_VERSION,
    Abilities,
    CreateContext,
    Init,
    InitializeSession,
    Outgoing,
    Result,
    SessionCreated,
    WorkerInitialize,
)
from ....options import LlamaOptions, ModelOptions
from ...codec import REQUEST_TYPES
from ..channels import options_in
from ..open_requests import OpenRequest
from ..registry import handles
from ..workspace import plain_name


@handles(Init, order="setup")
async def initialize(request: OpenRequest, message: Init) -> Outgoing:
    await request.info("Initializing llama.cpp...")
    await request.workspace.initialize(message.options)
    request.closing_info = "llama.cpp initialized successfully"
    return Result(id=request.id, value=_abilities(request))


@handles(WorkerInitialize, order="setup")
async def initialize_channel(request: OpenRequest, message: WorkerInitialize) -> Outgoing:
    """The seeds' channel takes the model's options too: then the model is loaded as well."""
    llama, model = options_in(message.payload, LlamaOptions), options_in(message.payload, ModelOptions)
    await request.info("Initializing llama.cpp...")
    await request.workspace.initialize(llama)
    if path := message.payload.model_path:
        request.workspace.ensure_options_allowed(model)
        loading = request.workspace.current.load_model(plain_name(path), model)
        return await request.follow(loading, f"Loading model: {path}", "llama.cpp initialized successfully")
    request.closing_info = "llama.cpp initialized successfully"
    return Result(id=request.id, value=_abilities(request))


@handles(CreateContext, order="setup")
async def create_context(request: OpenRequest, message: CreateContext) -> Outgoing:
    current = request.workspace.current
    owner = current if message.model is None else current.find_model(message.model)
    creation = owner.create_context(message.options)
    return await request.follow(creation, "Creating context...", "Context created successfully")


@handles(InitializeSession, order="setup")
async def initialize_session(request: OpenRequest, message: InitializeSession) -> Outgoing:
    if message.model is None:
        creation = request.workspace.current.initialize_session(message.options)
    else:
        creation = request.workspace.current.find_model(message.model).create_session(message.options)
    session_id, model = await request.workspace.begin_session(creation, message.session_id)
    request.closing_info = "Session created successfully"
    return SessionCreated(id=request.id, session_id=session_id, model_id=model.id)


def _abilities(request: OpenRequest) -> object:
    engine = request.workspace.worker.engine_name
    abilities = Abilities(protocol_version=PROTOCOL_VERSION, version=__version__, engine=engine, requests=REQUEST_TYPES)
    return to_builtins(abilities)
