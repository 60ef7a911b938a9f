"""The chat templates that llama.cpp has built in, by its names (`llama_chat_builtin_templates`)."""

from __future__ import annotations

JINJA_NAMES = frozenset({"chatml"})
"""Those of which it has a Jinja text. The others are code: they write messages, and know neither functions nor
variables."""

_NAMES = """
    bailing bailing-think bailing2 chatglm3 chatglm4 chatml command-r deepseek deepseek-ocr deepseek2 deepseek3
    exaone-moe exaone3 exaone4 falcon3 gemma gigachat glmedge gpt-oss granite granite-4.0 granite-4.1 grok-2
    hunyuan-dense hunyuan-moe hunyuan-vl kimi-k2 llama2 llama2-sys llama2-sys-bos llama2-sys-strip llama3 llama4
    megrez minicpm mistral-v1 mistral-v3 mistral-v3-tekken mistral-v7 mistral-v7-tekken monarch openchat orion
    pangu-embedded phi3 phi4 rwkv-world seed_oss smolvlm solar-open vicuna vicuna-orca yandex zephyr
"""
LLAMA_CPP_NAMES = frozenset(_NAMES.split())
