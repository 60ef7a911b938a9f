"""LangChain's own standard tests: units, chat and embeddings.

Once with the built-in model, and once with a scripted one, which says what a clever model would.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_tests.integration_tests import ChatModelIntegrationTests, EmbeddingsIntegrationTests
from langchain_tests.unit_tests import ChatModelUnitTests, EmbeddingsUnitTests

from llama_worker import sync
from llama_worker.integrations.langchain import ChatLlamaWorker, LlamaWorkerEmbeddings
from llama_worker.testing import FakeCall, FakeModel, fake_models, fitting_reply

clever_only = pytest.mark.xfail(reason="needs a clever model: the scripted one is asked, too", strict=False)
CUSTOMER = {"customer_name": "你好啊集团", "description": "a company"}
KUNDE = {"customer_name": "こんにちは株式会社", "description": "a company"}


class TestUnits(ChatModelUnitTests):
    @property
    def chat_model_class(self) -> type[BaseChatModel]:
        return ChatLlamaWorker

    @property
    def chat_model_params(self) -> dict[str, Any]:
        return {"model": "builtin"}

    @property
    def standard_chat_model_params(self) -> dict[str, Any]:
        """There is nobody who would ask for a key."""
        return {name: value for name, value in super().standard_chat_model_params.items() if name != "api_key"}


class TestWithTheBuiltInModel(ChatModelIntegrationTests):
    @property
    def chat_model_class(self) -> type[BaseChatModel]:
        return ChatLlamaWorker

    @property
    def chat_model_params(self) -> dict[str, Any]:
        return {"model": "builtin", "temperature": 0, "max_tokens": 200}

    @property
    def supports_model_override(self) -> bool:
        return False  # which the scripted one is asked for: a model is a file here, and there is one

    @clever_only
    def test_tool_calling(self, model: BaseChatModel) -> None:
        super().test_tool_calling(model)

    @clever_only
    async def test_tool_calling_async(self, model: BaseChatModel) -> None:
        await super().test_tool_calling_async(model)

    @clever_only
    def test_structured_output(self, model: BaseChatModel, schema_type: Any) -> None:
        super().test_structured_output(model, schema_type)

    @clever_only
    async def test_structured_output_async(self, model: BaseChatModel, schema_type: Any) -> None:
        await super().test_structured_output_async(model, schema_type)

    @clever_only
    def test_structured_output_pydantic_2_v1(self, model: BaseChatModel) -> None:
        super().test_structured_output_pydantic_2_v1(model)

    @clever_only
    def test_unicode_tool_call_integration(self, model: BaseChatModel, **kwargs: Any) -> None:
        super().test_unicode_tool_call_integration(model, **kwargs)


def clever() -> FakeModel:
    """What LangChain's tests expect of a model that can do what it is asked."""
    replies = {
        "magic_function(3)": FakeCall("magic_function", {"input": 3}),
        "magic_function_no_args": FakeCall("magic_function_no_args", {}),
        "San Francisco": FakeCall("get_weather", {"location": "San Francisco, CA"}),
        "as a JSON with": '{"setup": "Why do cats purr?", "punchline": "They cannot whistle."}',
        "你好": FakeCall("unicode_customer", CUSTOMER),
        "こんにちは": FakeCall("unicode_customer", KUNDE),
    }
    fake = FakeModel(fitting_reply, modalities=("image", "audio"))
    for words, reply in replies.items():
        fake.when(words, reply)
    return fake


@pytest.fixture(scope="module")
def fakes() -> Iterator[sync.LlamaWorker]:
    with fake_models(clever()), sync.LlamaWorker() as worker:
        yield worker


class TestWithAScriptedModel(ChatModelIntegrationTests):
    @pytest.fixture(autouse=True)
    def _worker(self, fakes: sync.LlamaWorker) -> None:
        self.worker = fakes

    @property
    def chat_model_class(self) -> type[BaseChatModel]:
        return ChatLlamaWorker

    @property
    def chat_model_params(self) -> dict[str, Any]:
        return {"model": "clever", "worker": getattr(self, "worker", None), "temperature": 0}

    @property
    def supports_json_mode(self) -> bool:
        return True

    @property
    def model_override_value(self) -> str:
        return "other"


class TestEmbeddingUnits(EmbeddingsUnitTests):
    @property
    def embeddings_class(self) -> type[LlamaWorkerEmbeddings]:
        return LlamaWorkerEmbeddings

    @property
    def embedding_model_params(self) -> dict[str, Any]:
        return {"model": "builtin"}


class TestEmbeddings(EmbeddingsIntegrationTests):
    @property
    def embeddings_class(self) -> type[LlamaWorkerEmbeddings]:
        return LlamaWorkerEmbeddings

    @property
    def embedding_model_params(self) -> dict[str, Any]:
        return {"model": "builtin", "dimensions": 64}
