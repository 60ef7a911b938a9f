"""What clients of a shared worker may say of a model that is loaded: nothing that names a file of its machine."""

from __future__ import annotations

from collections.abc import Iterator

from ...errors import InvalidOptionsError
from ...models.names import FileName, parse_model_name
from ...options import LlamaOptions, ModelOptions
from ...worker.templates.chosen import names_a_file


def check_shared_worker(options: LlamaOptions) -> None:
    """Raise InvalidOptionsError for what concerns the machine, or everybody who uses the worker."""
    asked = {
        "engine": options.engine != "auto",
        "journal": options.journal is not None,
        "state_cache": isinstance(options.state_cache, str),
        "sandbox": not options.sandbox,
        "memory_budget": options.memory_budget is not None,
        "model_lock": options.model_lock is not None,
        "signatures": options.signatures != "off",
        "signature_key": options.signature_key is not None,
        "signature_identity": options.signature_identity is not None,
        "signature_trust_config": options.signature_trust_config is not None,
        "model_stores": bool(options.model_stores),
        "mcp_servers": bool(options.mcp_servers),
    }
    for path in (name for name, is_asked in asked.items() if is_asked):
        raise InvalidOptionsError(f"Option {path!r} of a shared worker is chosen by whoever runs it.", path=path)


def check_shared_options(options: ModelOptions) -> None:
    """Raise InvalidOptionsError for the words of an engine's command line and for files; it does not look at the disk,
    so nobody learns from it which files there are."""
    if options.engine_arguments:
        raise InvalidOptionsError(
            "The arguments of a shared worker's engines are chosen by whoever runs it.", path="engine_arguments"
        )
    if options.convert:
        raise InvalidOptionsError("What a shared worker converts is chosen by whoever runs it.", path="convert")
    for path in _options_with_files(options):
        advice = " Give the text of the template." if path == "chat_template" else ""
        raise InvalidOptionsError(
            f"Option {path!r} names a file of a shared worker's machine: such files are chosen by whoever runs it."
            f"{advice}",
            path=path,
        )


def _options_with_files(options: ModelOptions) -> Iterator[str]:
    """Models of the store may be named, as `load_model` itself names them."""
    if options.chat_template is not None and names_a_file(options.chat_template):
        yield "chat_template"
    if isinstance(options.projector, str) and options.projector != "auto":
        yield "projector"
    if options.draft_model is not None and _is_file(options.draft_model):
        yield "draft_model"
    for name, file in options.loras.items():
        if _is_file(file):
            yield f"loras.{name}"


def _is_file(model: str) -> bool:
    return isinstance(parse_model_name(model), FileName)
