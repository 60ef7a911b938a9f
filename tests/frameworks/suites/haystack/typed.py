"""What mypy must understand of the provider."""

from __future__ import annotations

from haystack.components.embedders.types import DocumentEmbedder, TextEmbedder
from haystack.components.generators.chat.types import ChatGenerator

from llama_worker.integrations.haystack import (
    LlamaWorkerChatGenerator,
    LlamaWorkerDocumentEmbedder,
    LlamaWorkerTextEmbedder,
)

generator: ChatGenerator = LlamaWorkerChatGenerator("builtin", model_options={"context_size": 512})
queries: TextEmbedder = LlamaWorkerTextEmbedder("builtin")
documents: DocumentEmbedder = LlamaWorkerDocumentEmbedder("builtin")
