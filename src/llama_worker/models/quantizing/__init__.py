"""Quantizing: model files made smaller, with the functions of ggml that the engine's library brings.

Which tensor gets which type are the rules of llama.cpp's `llama-quantize` (`rules/`), so that the tensors come out byte
for byte as with that. The work is a task of `models/filework/`.
"""
