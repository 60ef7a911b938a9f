"""What mypy must understand of the provider."""

from __future__ import annotations

from typing import assert_type

from langchain_core.language_models import LanguageModelInput
from langchain_core.messages import AIMessage
from langchain_core.runnables import Runnable

from llama_worker.integrations.langchain import ChatLlamaWorker, LlamaWorkerEmbeddings

chat = ChatLlamaWorker(model="builtin", temperature=0.2, xtc={"probability": 0.1}, model_options={"context_size": 512})
assert_type(chat.invoke("Hi"), AIMessage)
assert_type(LlamaWorkerEmbeddings("builtin").embed_query("Hi"), list[float])
chain: Runnable[LanguageModelInput, AIMessage] = chat.bind_tools([])
ChatLlamaWorker(temprature=0.2)  # type: ignore[call-arg]
