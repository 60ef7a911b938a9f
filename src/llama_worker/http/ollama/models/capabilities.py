"""What a model can do, by Ollama's words."""

from __future__ import annotations

import re

from ....models.gguf.header import GgufHeader
from ...problems import Problem

_THINKS = re.compile(r"enable_thinking|reasoning_content|reasoning_effort|<think>|\bthinking\b|<\|channel\|>")
_CALLS = re.compile(r"\btools\b")
_FILLS = ("fim_mid", "middle")
_MODALITIES = {"image": "vision", "audio": "audio"}


def thinks(template: str) -> bool:
    """Whether a chat template knows of reasoning."""
    return bool(_THINKS.search(template))


def check_thinking(model: str, think: bool | str | None, template: str) -> None:
    """Raise `Problem` when a model is to think whose template knows of no reasoning."""
    if think and not thinks(template):
        message = f'"{model}" does not support thinking'
        raise Problem(400, message, code="not_supported", param="think")


def capabilities_of(header: GgufHeader, modalities: tuple[str, ...], template: str) -> list[str]:
    """Of a model with that header and chat template, which reads `modalities` beside text."""
    if f"{header.architecture}.pooling_type" in header.metadata:
        return ["embedding"]
    fills = any(f"tokenizer.ggml.{mark}_token_id" in header.metadata for mark in _FILLS)
    found = {"tools": bool(_CALLS.search(template)), "insert": fills, "thinking": thinks(template)}
    reads = [_MODALITIES[modality] for modality in modalities]
    return ["completion", *reads, *(name for name, has in found.items() if has)]
