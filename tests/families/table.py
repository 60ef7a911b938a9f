"""The families: an architecture, the vocabulary that comes closest to its own, and a chat template."""

from __future__ import annotations

from .family import Family

_CHATML = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
_ZEPHYR = (
    "{% for message in messages %}<|{{ message.role }}|>\n{{ message.content }}{{ eos_token }}\n{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>\n{% endif %}"
)
_IM, _EOT, _DEEPSEEK, _S = "<|im_end|>", "<|eot_id|>", "<｜end▁of▁sentence｜>", "</s>"
_T = "<think>"
_STEPS = "Here are my reasoning steps:"
_HARMONY = ("<|channel|>analysis<|message|>", "<|channel|>final<|message|>")
_COMMAND_PARTS = ("<|START_THINKING|>", "<|START_RESPONSE|>")
_R1 = "deepseek-ai-DeepSeek-R1-Distill-"
_LLAMA3, _COMMAND = "meta-llama-Llama-3.", "CohereForAI-c4ai-command-"
_COHERE = "<|END_OF_TURN_TOKEN|>"

FAMILIES = (
    Family("Llama 3.1", "llama", "llama-bpe", f"{_LLAMA3}1-8B-Instruct", _EOT),
    Family("Llama 3.2", "llama", "llama-bpe", f"{_LLAMA3}2-3B-Instruct", _EOT),
    Family("Llama 3.3", "llama", "llama-bpe", f"{_LLAMA3}3-70B-Instruct", _EOT),
    Family("Hermes 2 Pro", "llama", "llama-bpe", "NousResearch-Hermes-2-Pro-Llama-3-8B-tool_use", _IM),
    Family("Hermes 3", "llama", "llama-bpe", "NousResearch-Hermes-3-Llama-3.1-8B-tool_use", _IM),
    Family("Functionary 3.1", "llama", "llama-bpe", "meetkai-functionary-medium-v3.1", _EOT),
    Family("Functionary 3.2", "llama", "llama-bpe", "meetkai-functionary-medium-v3.2", _EOT, "", "all\n"),
    Family("FireFunction 2", "llama", "llama-bpe", "fireworks-ai-llama-3-firefunction-v2", _EOT),
    Family("Bielik 3", "llama", "llama-spm", "Bielik-11B-v3.0-Instruct", _IM, _T),
    Family(
        "Apriel 1.6", "llama", "llama-bpe", "Apriel-1.6-15b-Thinker-fixed", "<|end|>", "Here are my reasoning steps:"
    ),
    Family("TinyLlama", "llama", "llama-spm", _ZEPHYR, _S),
    Family("Mixtral", "mixtral", "llama-spm", "mistralai-Mistral-Nemo-Instruct-2407", _S),
    Family("Mistral Nemo", "llama", "llama-bpe", "mistralai-Mistral-Nemo-Instruct-2407", _S),
    Family("Mistral Small 3.2", "llama", "llama-bpe", "Mistral-Small-3.2-24B-Instruct-2506", _S),
    Family("Devstral", "llama", "llama-bpe", "unsloth-mistral-Devstral-Small-2507", _S),
    Family("Ministral 3 Reasoning", "llama", "llama-bpe", "mistralai-Ministral-3-14B-Reasoning-2512", _S, "[THINK]"),
    Family("Qwen 2.5", "qwen2", "qwen2", "Qwen-Qwen2.5-7B-Instruct", _IM),
    Family("QwQ", "qwen2", "qwen2", "Qwen-QwQ-32B", _IM, _T),
    Family("MiMo VL", "qwen2", "qwen2", "MiMo-VL", _IM),
    Family("Qwen 3", "qwen3", "qwen2", "Qwen-Qwen3-0.6B", _IM, _T),
    Family("Qwen 3 MoE", "qwen3moe", "qwen2", "Qwen-Qwen3-0.6B", _IM, _T),
    Family("Qwen 3 Coder", "qwen3moe", "qwen2", "Qwen3-Coder", _IM),
    Family("Qwen 3 Next", "qwen3next", "qwen2", "Qwen-Qwen3-0.6B", _IM, _T),
    Family("Qwen 3.5", "qwen35", "qwen35", "Qwen3.5-4B", _IM, _T),
    Family("Gemma 2", "gemma2", "llama-spm", "google-gemma-2-2b-it", "<end_of_turn>"),
    Family("Gemma 3", "gemma3", "llama-spm", "google-gemma-2-2b-it", "<end_of_turn>"),
    Family("Gemma 4", "gemma4", "gemma-4", "google-gemma-4-31B-it", "<turn|>", "<|channel>thought"),
    Family("Phi 3.5", "phi3", "phi-3", "microsoft-Phi-3.5-mini-instruct", "<|end|>"),
    Family("DeepSeek R1 Distill Llama", "llama", "llama-bpe", f"{_R1}Llama-8B", _DEEPSEEK, _T),
    Family("DeepSeek R1 Distill Qwen", "qwen2", "qwen2", f"{_R1}Qwen-32B", _DEEPSEEK, _T),
    Family("DeepSeek V3.1", "deepseek2", "deepseek-llm", "deepseek-ai-DeepSeek-V3.1", _DEEPSEEK, _T),
    Family("DeepSeek V3.2", "deepseek2", "deepseek-llm", "deepseek-ai-DeepSeek-V3.2", _DEEPSEEK, _T),
    Family("Kimi K2", "deepseek2", "deepseek-llm", "Kimi-K2-Instruct", _IM),
    Family("Kimi K2 Thinking", "deepseek2", "deepseek-llm", "Kimi-K2-Thinking", _IM, _T),
    Family(
        "gpt-oss",
        "gpt-oss",
        "gpt-2",
        "openai-gpt-oss-120b",
        "<|return|>",
        "<|channel|>analysis<|message|>",
        "<|channel|>final<|message|>",
    ),
    Family("Command R+", "command-r", "command-r", f"{_COMMAND}r-plus-tool_use", _COHERE),
    Family(
        "Command R7B",
        "cohere2",
        "command-r",
        f"{_COMMAND}r7b-12-2024-tool_use",
        _COHERE,
        "<|START_THINKING|>",
        "<|START_RESPONSE|>",
    ),
    Family("GLM 4", "glm4", "llama-bpe", "GLM-4.6", "<|user|>", _T),
    Family("GLM 4.6", "glm4moe", "llama-bpe", "GLM-4.6", "<|user|>", _T),
    Family("Granite 3.3", "granite", "starcoder", "ibm-granite-granite-3.3-2B-Instruct", "<|end_of_text|>", _T),
    Family("Granite 4.0", "granitehybrid", "llama-bpe", "ibm-granite-granite-4.0", "<|end_of_text|>"),
    Family("Granite 4.1", "granite", "llama-bpe", "ibm-granite-granite-4.1", "<|end_of_text|>"),
    Family("MiniMax M2", "minimax-m2", "qwen2", "MiniMax-M2", "[e~[", _T),
    Family("Nemotron Nano 2", "nemotron_h", "llama-bpe", "NVIDIA-Nemotron-Nano-v2", "<SPECIAL_12>", _T),
    Family("Nemotron 3 Nano", "nemotron_h", "llama-bpe", "NVIDIA-Nemotron-3-Nano-30B-A3B-BF16", _IM, _T),
    Family("SmolLM 3", "smollm3", "llama-bpe", "HuggingFaceTB-SmolLM3-3B", _IM, _T),
    Family("LFM2", "lfm2", "llama-bpe", "LFM2-8B-A1B", _IM),
    Family("LFM2.5", "lfm2", "llama-bpe", "LFM2.5-8B-A1B", _IM, _T),
    Family("Apertus", "apertus", "llama-bpe", "Apertus-8B-Instruct", "<|assistant_end|>", "<|inner_prefix|>"),
    Family("Seed-OSS", "seed_oss", "qwen2", "ByteDance-Seed-OSS", "<seed:eos>", "<seed:think>"),
    Family("Jamba", "jamba", "llama-spm", _CHATML, _IM),
    Family("Mamba", "mamba", "gpt-neox", _CHATML, _IM),
    Family("Mamba 2", "mamba2", "gpt-neox", _CHATML, _IM),
    Family("Falcon H1", "falcon-h1", "falcon", _CHATML, _IM),
    Family("OLMo 2", "olmo2", "gpt-2", _ZEPHYR, "<|endoftext|>"),
    Family("EXAONE", "exaone", "mpt", _ZEPHYR, "<|endoftext|>"),
    Family("StableLM", "stablelm", "gpt-neox", _ZEPHYR, "<|endoftext|>"),
    Family("StarCoder 2", "starcoder2", "starcoder", _CHATML, _IM),
    Family("RWKV 7", "rwkv7", "gpt-neox", "llama-cpp-rwkv-world", "<|endoftext|>", _T),
    Family("BGE", "bert", "bert-bge"),
    Family("Nomic Embed", "nomic-bert", "bert-bge"),
)
