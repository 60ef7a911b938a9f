"""The commands by name: their modules, imported when they are used, and what the list of them says."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct


class Entry(Struct, frozen=True):
    """`module` is its place in this room; `about` fits on half a line."""

    module: str
    about: str


SECTIONS: dict[str, dict[str, Entry]] = {
    "Ask a model": {
        "run": Entry("inference.run", "one answer, or a chat"),
        "embed": Entry("inference.embed", "vectors of texts"),
        "rerank": Entry("inference.rerank", "documents, best first"),
        "infill": Entry("inference.infill", "what stands at a cursor"),
        "transcribe": Entry("inference.transcribe", "what is said in a sound"),
        "render": Entry("inference.render", "what a model sees"),
    },
    "Models": {
        "search": Entry("models.search", "find some on a hub"),
        "pull": Entry("models.pull", "download one"),
        "list": Entry("models.list_models", "what is here"),
        "show": Entry("models.show", "what one is"),
        "estimate": Entry("models.estimate", "will it fit?"),
        "update": Entry("models.update", "newer revisions"),
        "verify": Entry("models.verify", "are they sound?"),
        "du": Entry("models.du", "what they take on the disk"),
        "alias": Entry("models.alias", "short names"),
        "rm": Entry("models.rm", "remove some"),
    },
    "Model files": {
        "inspect": Entry("files.inspect", "all that stands in one"),
        "set-metadata": Entry("files.set_metadata", "template, tokens, any key"),
        "convert": Entry("models.convert", "safetensors to GGUF"),
        "quantize": Entry("models.quantize", "make one smaller"),
        "split": Entry("files.split", "one model in several"),
        "merge": Entry("files.merge", "several as one"),
    },
    "Serve": {
        "serve": Entry("serving.serve", "HTTP server and chat page"),
        "ps": Entry("serving.ps", "what a server has loaded"),
        "logs": Entry("serving.logs", "what a server has told"),
        "stop": Entry("serving.stop", "end a server, or a model"),
        "mcp": Entry("serving.mcp", "tools for other programs"),
        "stdio": Entry("serving.stdio", "a worker for a program"),
    },
    "This machine": {
        "doctor": Entry("setup.doctor", "what works, what is missing"),
        "bench": Entry("setup.bench", "how fast a model is"),
        "config": Entry("setup.config", "your files and settings"),
        "completion": Entry("setup.completion", "Tab completes words"),
    },
    "Other machines": {
        "lock": Entry("models.lock", "pin an app's models"),
        "export": Entry("models.export", "a model as a folder or tar"),
        "import": Entry("models.import_models", "take such a thing in"),
        "bundle": Entry("shipping.bundle", "a folder that installs offline"),
    },
}
# What other tools call them.
OTHER_NAMES = {
    "aliases": "alias",
    "chat": "run",
    "delete": "rm",
    "download": "pull",
    "find": "search",
    "get": "pull",
    "info": "show",
    "kill": "stop",
    "log": "logs",
    "ls": "list",
    "models": "list",
    "prompt": "run",
    "remove": "rm",
    "server": "serve",
    "settings": "config",
    "start": "serve",
    "status": "ps",
}


def entries() -> Iterator[tuple[str, Entry]]:
    for section in SECTIONS.values():
        yield from section.items()
