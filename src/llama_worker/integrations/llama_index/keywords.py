"""What the classes may be given, for editors and type checkers."""

from __future__ import annotations

from typing import Any, TypedDict

from llama_index.core.callbacks import CallbackManager

from ...options.keywords import ModelKeywords, PromptOptionKeywords
from ..access.model import ModelLike, WorkerLike


class LLMKeywords(PromptOptionKeywords, total=False):
    """Fields of `LlamaWorkerLLM`, every option of a prompt, and the fields of all LLMs."""

    model: ModelLike
    worker: WorkerLike | None
    model_options: ModelKeywords
    timeout: float | None
    max_retries: int
    context_window: int | None
    is_function_calling_model: bool
    options: dict[str, Any]
    callback_manager: CallbackManager
    messages_to_prompt: Any
    completion_to_prompt: Any
    output_parser: Any
    pydantic_program_mode: Any
    query_wrapper_prompt: Any
    rate_limiter: Any


class EmbeddingKeywords(TypedDict, total=False):
    """Fields of `LlamaWorkerEmbedding`, and those of all embeddings."""

    model: ModelLike
    worker: WorkerLike | None
    model_options: ModelKeywords
    dimensions: int | None
    truncate: bool
    query_prefix: str
    text_prefix: str
    embed_batch_size: int
    callback_manager: CallbackManager
    num_workers: int | None
    embeddings_cache: Any
    rate_limiter: Any
