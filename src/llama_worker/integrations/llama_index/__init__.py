"""LlamaIndex: an LLM that calls functions, and embeddings."""

from ..access.extras import needs

with needs("llama_index", package="llama-index-core", extra="llama-index"):
    from .embedding import LlamaWorkerEmbedding
    from .llm import LlamaWorkerLLM

__all__ = ["LlamaWorkerEmbedding", "LlamaWorkerLLM"]
