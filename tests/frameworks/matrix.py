"""What each provider is tried with in its framework: the test that proves it; docs/clients.md is made of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

SUITES = Path(__file__).parent / "suites"
NAMES = {
    "langchain": "LangChain",
    "llama_index": "LlamaIndex",
    "pydantic_ai": "pydantic-ai",
    "haystack": "Haystack",
    "llm": "`llm`",
}
PROVES: Mapping[str, Mapping[str, str]] = {
    "chat": {
        "langchain": "test_standard.py::TestWithTheBuiltInModel",
        "llama_index": "test_llm.py::test_chat_and_complete_with_the_built_in_model",
        "pydantic_ai": "test_model.py::test_an_agent_with_the_built_in_model",
        "haystack": "test_chat_generator.py::test_the_built_in_model",
        "llm": "test_models.py::test_the_built_in_model_streams_and_counts",
    },
    "async": {
        "langchain": "test_chat.py::test_a_worker_of_ones_own_loop",
        "llama_index": "test_llm.py::test_the_same_awaited",
        "pydantic_ai": "test_model.py::test_a_worker_of_ones_own_loop",
        "haystack": "test_chat_generator.py::test_the_same_awaited",
        "llm": "test_models.py::test_the_same_awaited",
    },
    "tools, several at once": {
        "langchain": "test_chat.py::test_several_calls_and_their_results",
        "llama_index": "test_llm.py::test_functions",
        "pydantic_ai": "test_model.py::test_tools_in_parallel_and_a_retry",
        "haystack": "test_chat_generator.py::test_tools_and_their_results",
        "llm": "test_models.py::test_tools",
    },
    "structured output": {
        "langchain": "test_standard.py::TestWithAScriptedModel",
        "llama_index": "test_llm.py::test_structured_prediction_by_grammar",
        "pydantic_ai": "test_model.py::test_typed_output_of_the_built_in_model",
        "haystack": "test_chat_generator.py::test_a_form",
        "llm": "test_models.py::test_a_schema",
    },
    "images": {
        "langchain": "test_chat.py::test_images_as_langchain_writes_them",
        "llama_index": "test_llm.py::test_images_and_reasoning",
        "pydantic_ai": "test_model.py::test_images",
        "haystack": "test_chat_generator.py::test_images_and_reasoning",
        "llm": "test_models.py::test_attachments",
    },
    "leaving in the middle": {
        "langchain": "test_chat.py::test_a_stream_that_is_left_frees_its_slot",
        "llama_index": "test_llm.py::test_a_stream_that_is_left_frees_its_slot",
        "pydantic_ai": "test_model.py::test_a_cancelled_run_and_a_cancelled_stream_free_their_slots",
        "haystack": "test_chat_generator.py::test_a_callback_that_raises_frees_its_slot",
        "llm": "test_models.py::test_a_response_that_is_left_frees_its_slot",
    },
    "embeddings": {
        "langchain": "test_standard.py::TestEmbeddings",
        "llama_index": "test_embedding.py::test_an_index_finds_what_is_alike",
        "pydantic_ai": "test_model.py::test_embeddings",
        "haystack": "test_embedders.py::test_a_search",
        "llm": "test_models.py::test_embeddings",
    },
    "token counts": {
        "langchain": "test_chat.py::test_tokens_are_counted_by_the_models_own_tokenizer",
        "llama_index": "test_llm.py::test_token_counters_are_told",
        "pydantic_ai": "test_model.py::test_tokens_are_counted_before_a_request",
        "llm": "test_command_line.py::test_a_pipe_a_system_prompt_usage_and_the_log",
    },
    "the framework's errors": {
        "langchain": "test_chat.py::test_an_overflow_is_langchains_error_and_ours",
        "pydantic_ai": "test_model.py::test_errors_are_those_of_pydantic_ai",
        "llm": "test_models.py::test_errors_are_those_of_llm",
    },
}


def version_of(framework: str) -> str:
    """What it is tried with: the first line of its requirements."""
    return (SUITES.parent / "requirements" / f"{framework}.txt").read_text(encoding="utf-8").split()[0]
