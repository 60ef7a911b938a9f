"""What a search for models finds."""

from __future__ import annotations

from msgspec import Struct


class Fit(Struct, frozen=True, rename="camel"):
    """Whether a model, loaded as `load_model` does without options, fits into what this machine has free now.

    `required_bytes` of main memory is what it would take with `context_size` tokens, `reason` the same in words.
    """

    fits: bool
    required_bytes: int
    available_bytes: int
    context_size: int
    reason: str


class FoundFile(Struct, frozen=True, rename="camel", omit_defaults=True):
    """One model of a repository: `name` loads and fetches it, `size_bytes` are those of all its parts. Without a `fit`
    its header could not be read."""

    name: str
    quantization: str
    size_bytes: int
    fit: Fit | None = None


class FoundModel(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """A repository of a hub, with its models, the smallest first.

    `best` is the name of the one that `download_model` takes when only the repository is named, and None when none
    fits; `reason` says why, or why it is not known what fits. `downloads` are those of 30 days, `last_modified` is ISO
    8601; `gated`: its terms must be accepted on its `page` first. `base_models` are the repositories that it was made
    from. None is what the hub does not tell.
    """

    name: str
    page: str
    files: tuple[FoundFile, ...]
    best: str | None = None
    fits: bool | None = None
    reason: str = ""
    license: str | None = None
    downloads: int | None = None
    likes: int | None = None
    last_modified: str | None = None
    gated: bool = False
    base_models: tuple[str, ...] = ()
    architecture: str | None = None
    parameters: int | None = None
    context_length: int | None = None
