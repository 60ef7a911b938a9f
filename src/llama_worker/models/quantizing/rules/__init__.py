"""Which tensor gets which type: the rules of llama.cpp's `llama-quantize`, kept equal by `tests/models/quantizing`."""
