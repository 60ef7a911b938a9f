"""What commands that serve models are told: which models, under which names, and the key of their clients."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from msgspec import structs

from ..config.groups import Given, with_flags
from ..config.named_model import NamedModel
from ..errors import InvalidOptionsError
from ..options import ModelOptions, Options, OptionsType, build_options
from ..options.hints import option_names
from .model_names import meant
from .servers.asking import KEY_VARIABLE


def built(
    kind: type[OptionsType], configured: OptionsType, given: Mapping[type[Options], Given], flags: Given
) -> OptionsType:
    """What the configuration says, and what was said on the command line in its place."""
    own = {name: value for name, value in flags.items() if name in option_names(kind)}
    return build_options(kind, configured, with_flags(given[kind], **own))


def named_models(asked: Iterable[str], configured: Mapping[str, NamedModel], options: Given) -> dict[str, NamedModel]:
    """Those of `--model` first, as the first is the default; one may be a name of the configuration."""
    models: dict[str, NamedModel] = {}
    for each in asked:
        name, target = (each, each) if each in configured else _named(each)
        before = configured.get(name, NamedModel(model=target)) if name == target else NamedModel(model=target)
        if name in models and models[name].model != before.model:
            message = f"Two models would be called {name!r}: name one of them yourself, --model NAME=MODEL."
            raise InvalidOptionsError(message, path="model")
        loading = build_options(ModelOptions, before.options, options)
        models[name] = structs.replace(before, options=loading, warm_up=True)
    return models | {name: named for name, named in configured.items() if name not in models}


def read_api_key(file: Path | None) -> str | None:
    """From the file or the environment: an option's value would show in the list of processes."""
    if file is None:
        return os.environ.get(KEY_VARIABLE) or None
    try:
        key = file.read_text().strip()
    except OSError as error:
        raise InvalidOptionsError(f"Cannot read the API key file: {error.strerror}.", path="api_key_file") from error
    except UnicodeDecodeError as error:
        raise InvalidOptionsError("The API key file is no text.", path="api_key_file") from error
    if not key:
        raise InvalidOptionsError("The API key file is empty.", path="api_key_file")
    return key


def _named(model: str) -> tuple[str, str]:
    """`NAME=MODEL`, or a name made of the model's own."""
    name, found, target = model.partition("=")
    if found and name:
        return name, meant(target)
    if (target := meant(model)) != model:
        return model, target
    is_path = model.endswith(".gguf") and not model.startswith(("hf:", "http"))
    return (Path(model).stem if is_path else model), model
