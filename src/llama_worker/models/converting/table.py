"""The families that can be converted, by the names that repositories have for them."""

from __future__ import annotations

from importlib import import_module

from ...errors import NotSupportedError
from .checkpoint.repository import Repository
from .family import Family

FAMILIES: dict[str, tuple[str, ...]] = {
    "bert": ("Bert", "DistilBert", "NomicBert"),
    "gemma": ("EmbeddingGemma", "Gemma2", "Gemma3"),
    "gpt_oss": ("GptOss",),
    "granite": ("Granite",),
    "llama": ("Llama", "Mistral", "Mixtral"),
    "olmo": ("Olmo2", "Olmo3"),
    "phi": ("Phi3",),
    "qwen": ("Qwen2", "Qwen3"),
    "qwen_moe": ("Qwen2Moe", "Qwen3Moe"),
    "smollm3": ("SmolLM3",),
    "xlm_roberta": ("XlmRoberta",),
}
"""The files of `families/`, each with its classes."""


def architectures() -> dict[str, type[Family]]:
    """Every name in config.json's `architectures` that is known. Needs no package of the extra `convert`."""
    found: dict[str, type[Family]] = {}
    for module, classes in FAMILIES.items():
        room = import_module(f".families.{module}", __package__)
        for name in classes:
            family: type[Family] = getattr(room, name)
            found.update(dict.fromkeys(family.takes, family))
    return found


def family_of(repository: Repository) -> Family:
    """The family of a repository's model. Raises `NotSupportedError` for one that is not known."""
    return ensure_known(repository)(repository)


def ensure_known(repository: Repository) -> type[Family]:
    """Its class; reads nothing but config.json, and raises likewise."""
    kind = architectures().get(repository.architecture)
    if kind is None:
        raise NotSupportedError(
            f"{repository.name} is of the architecture {repository.architecture}, which is not converted here; look for"
            " a repository that holds it as GGUF."
        )
    return kind
