"""The reference of the Python interface: which public name stands on which page; the text is that of the docstrings."""

from __future__ import annotations

from dataclasses import dataclass

_MOST_NAMES = 5


@dataclass(frozen=True)
class Page:
    """One page of the reference: `module` is where users import its names from."""

    title: str
    about: str
    module: str
    names: tuple[str, ...]


PAGES = {
    "worker": Page(
        "LlamaWorker",
        "The entrance: it loads models into processes of their own, and cleans up after them.",
        "llama_worker",
        ("LlamaWorker",),
    ),
    "model": Page(
        "Model and Context",
        "A loaded model, and what it can be asked.",
        "llama_worker",
        ("Model", "Context", "ModelInfo", "Rendered", "RenderedPiece"),
    ),
    "session": Page(
        "ChatSession",
        "A conversation that remembers what was said.",
        "llama_worker",
        ("ChatSession", "Message", "Overflow", "Image", "Audio", "FunctionDefinition"),
    ),
    "operation": Page(
        "Operation and Reply",
        "Work that has begun, and what comes of it.",
        "llama_worker",
        ("Operation", "Reply", "Usage", "Timings", "TokenLogprob", "ToolCall"),
    ),
    "options": Page(
        "Options",
        "Whatever takes keyword arguments takes one of these in their place.",
        "llama_worker",
        (
            "LlamaOptions",
            "ModelOptions",
            "ContextOptions",
            "SessionOptions",
            "PromptOptions",
            "RepeatPenalty",
            "DryRepeatPenalty",
            "Xtc",
            "Mirostat",
            "DynamicTemperature",
            "LogitBias",
            "Rope",
        ),
    ),
    "configuration": Page(
        "Configuration",
        "A program's settings from a file, and what a packed program calls first.",
        "llama_worker",
        ("load_config", "Configuration", "NamedModel", "freeze_support", "__version__"),
    ),
    "events": Page("Events", "What `operation.events()` tells.", "llama_worker", ("events",)),
    "errors": Page(
        "Errors", "Each has a stable code, and one sentence that says what to do.", "llama_worker", ("errors",)
    ),
    "sync": Page(
        "Without async",
        "The same names, for programs without an event loop.",
        "llama_worker.sync",
        ("LlamaWorker", "Model", "Context", "ChatSession", "Operation"),
    ),
    "ports": Page(
        "Ports",
        "A worker in another process, or on another machine, with the same methods.",
        "llama_worker.ports",
        (
            "LlamaWorkerBridge",
            "RemoteModel",
            "RemoteContext",
            "RemoteSession",
            "stdio_port",
            "websocket_port",
            "in_process_port",
            "local_ports",
            "WorkerService",
            "Connection",
            "WebSocketEndpoint",
            "MessagePort",
            "ClientPort",
            "WorkerPort",
        ),
    ),
    "http": Page(
        "HTTP server", "An ASGI app for a server of one's own.", "llama_worker.http", ("create_app", "ServerOptions")
    ),
    "testing": Page(
        "Testing",
        "Tests of programs that use this package, without a model.",
        "llama_worker.testing",
        (
            "FakeModel",
            "FakeModels",
            "fake_models",
            "FakeReply",
            "FakeCall",
            "FakeRequest",
            "fitting_reply",
            "Gate",
            "Recording",
            "EngineDies",
            "EngineHangs",
            "EngineRefuses",
            "ContextOverflows",
            "LoadFails",
            "DownloadFails",
            "MalformedCall",
        ),
    ),
}


def pages() -> dict[str, str]:
    """The texts by their places; a plugin of the generator puts the docstrings in."""
    return {f"api/{name}.md": "\n".join(_lines(page)) for name, page in PAGES.items()}


def _lines(page: Page) -> list[str]:
    names = page.names if len(page.names) <= _MOST_NAMES else (*page.names[:_MOST_NAMES], "...")
    example = ["```python", f"from {page.module} import {', '.join(names)}", "```", ""]
    return [f"# {page.title}", "", page.about, "", *example, *(f"::: {page.module}.{name}\n" for name in page.names)]
