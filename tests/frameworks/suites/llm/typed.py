"""What mypy must understand of the provider."""

from __future__ import annotations

import llm
from llm.models import EmbeddingModel

from llama_worker.integrations.llm.embeddings import LlamaWorkerEmbeddings
from llama_worker.integrations.llm.models import AsyncLlamaWorkerModel, LlamaWorkerModel

model: llm.Model = LlamaWorkerModel("mine", "builtin")
asynchronous: llm.AsyncModel = AsyncLlamaWorkerModel("mine", "builtin")
embeddings: EmbeddingModel = LlamaWorkerEmbeddings("mine", "builtin")
