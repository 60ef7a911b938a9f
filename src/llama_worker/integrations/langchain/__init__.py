"""LangChain: a chat model and embeddings."""

from ..access.extras import needs

with needs("langchain_core", package="langchain-core", extra="langchain"):
    from .chat import ChatLlamaWorker
    from .embeddings import LlamaWorkerEmbeddings

__all__ = ["ChatLlamaWorker", "LlamaWorkerEmbeddings"]
