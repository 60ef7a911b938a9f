"""What `ChatLlamaWorker` may be given, for editors and type checkers."""

from __future__ import annotations

from typing import Any

from langchain_core.callbacks import Callbacks
from langchain_core.rate_limiters import BaseRateLimiter

from ...options.keywords import ModelKeywords, PromptOptionKeywords
from ..access.model import ModelLike, WorkerLike


class ChatKeywords(PromptOptionKeywords, total=False):
    """Its own fields, every option of a prompt, and the fields of all chat models of LangChain."""

    model: ModelLike
    model_name: ModelLike
    worker: WorkerLike | None
    model_options: ModelKeywords
    stop: list[str] | None
    timeout: float | None
    max_retries: int
    streaming: bool
    options: dict[str, Any]
    name: str | None
    cache: Any
    verbose: bool
    callbacks: Callbacks
    tags: list[str] | None
    metadata: dict[str, Any] | None
    rate_limiter: BaseRateLimiter | None
    disable_streaming: Any
    output_version: str | None
    profile: Any
    custom_get_token_ids: Any
