"""pydantic-ai: a model for agents, and one for embedders."""

from ..access.extras import needs

with needs("pydantic_ai", package="pydantic-ai-slim", extra="pydantic-ai"):
    from .embeddings import LlamaWorkerEmbeddingModel
    from .model import LlamaWorkerModel
    from .settings import LlamaWorkerModelSettings

__all__ = ["LlamaWorkerEmbeddingModel", "LlamaWorkerModel", "LlamaWorkerModelSettings"]
