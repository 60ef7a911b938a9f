"""Haystack: a chat generator and embedders."""

from ..access.extras import needs

with needs("haystack", package="haystack-ai", extra="haystack"):
    from .chat_generator import LlamaWorkerChatGenerator
    from .document_embedder import LlamaWorkerDocumentEmbedder
    from .text_embedder import LlamaWorkerTextEmbedder

__all__ = ["LlamaWorkerChatGenerator", "LlamaWorkerDocumentEmbedder", "LlamaWorkerTextEmbedder"]
