"""Answers to what prepares: engine, models, contexts, sessions."""

from __future__ import annotations

from msgspec import to_builtins

from .._version import __version__
from ..messages import (
    PROTOCOL_VERSION,
    Abilities,
    CreateContext,
    Estimate,
    Init,
    InitializeSession,
    ListModels,
    LoadModel,
    ModelUnloaded,
    Outgoing,
    Result,
    SessionCreated,
    UnloadModel,
    WorkerInitialize,
)
from ..options import LlamaOptions, ModelOptions
from ..worker.announce import describe_model
from .answers import answers
from .call import Call
from .channels import options_in
from .codec import REQUEST_TYPES
from .desk import plain_name


@answers(Init, turn="setup")
async def initialize(call: Call, request: Init) -> Outgoing:
    await call.info("Initializing llama.cpp...")
    await call.desk.initialize(request.options)
    call.closing_info = "llama.cpp initialized successfully"
    return Result(id=call.id, value=_abilities(call))


@answers(WorkerInitialize, turn="setup")
async def initialize_channel(call: Call, request: WorkerInitialize) -> Outgoing:
    """The seeds' channel takes the model's options too: then the model is loaded as well."""
    llama, model = options_in(request.payload, LlamaOptions), options_in(request.payload, ModelOptions)
    await call.info("Initializing llama.cpp...")
    await call.desk.initialize(llama)
    if path := request.payload.model_path:
        return await call.follow(
            call.desk.load_model(path, model), f"Loading model: {path}", "llama.cpp initialized successfully"
        )
    call.closing_info = "llama.cpp initialized successfully"
    return Result(id=call.id, value=_abilities(call))


@answers(LoadModel, turn="setup")
async def load_model(call: Call, request: LoadModel) -> Outgoing:
    loading = call.desk.load_model(request.model_path, request.options)
    return await call.follow(loading, f"Loading model: {request.model_path}", "Model loaded successfully")


@answers(CreateContext, turn="setup")
async def create_context(call: Call, request: CreateContext) -> Outgoing:
    owner = call.desk if request.model is None else call.desk.find_model(request.model)
    creation = owner.create_context(request.options)
    return await call.follow(creation, "Creating context...", "Context created successfully")


@answers(InitializeSession, turn="setup")
async def initialize_session(call: Call, request: InitializeSession) -> Outgoing:
    if request.model is None:
        creation = call.desk.initialize_session(request.options)
    else:
        creation = call.desk.find_model(request.model).create_session(request.options)
    session_id, model = await call.desk.begin_session(creation, request.session_id)
    call.closing_info = "Session created successfully"
    return SessionCreated(id=call.id, session_id=session_id, model_id=model.id)


@answers(UnloadModel, turn="setup")
async def unload_model(call: Call, request: UnloadModel) -> Outgoing:
    model = call.desk.find_model(request.model_path)
    await call.info(f"Unloading model: {model.name}")
    await call.desk.worker.unload_model(model.id)
    call.closing_info = "Model unloaded successfully"
    return ModelUnloaded(id=call.id, model_id=model.id, model_path=str(model.path))


@answers(Estimate)
async def estimate(call: Call, request: Estimate) -> Outgoing:
    needed = await call.desk.worker.estimate(plain_name(request.model_path), request.options)
    return Result(id=call.id, value=to_builtins(needed))


@answers(ListModels)
async def list_models(call: Call, request: ListModels) -> Outgoing:
    models = call.desk.worker.models
    return Result(
        id=call.id,
        value=[{"modelId": model.id, "modelInfo": to_builtins(describe_model(model))} for model in models],
    )


def _abilities(call: Call) -> object:
    kind = call.desk.worker._kind
    engine = kind.name if kind else ""
    abilities = Abilities(protocol_version=PROTOCOL_VERSION, version=__version__, engine=engine, requests=REQUEST_TYPES)
    return to_builtins(abilities)
