"""What mypy must understand of the provider."""

from __future__ import annotations

from llama_index.core.base.llms.types import ChatMessage

from llama_worker.integrations.llama_index import LlamaWorkerEmbedding, LlamaWorkerLLM

llm = LlamaWorkerLLM(model="builtin", temperature=0.2, xtc={"probability": 0.1}, model_options={"context_size": 512})
text: str | None = llm.chat([ChatMessage("Hi")]).message.content
vector: list[float] = LlamaWorkerEmbedding(model="builtin").get_query_embedding("Hi")
LlamaWorkerLLM(temprature=0.2)  # type: ignore[call-arg]
