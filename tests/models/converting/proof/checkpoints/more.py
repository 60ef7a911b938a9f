"""Further members of families: OLMo 3, Phi-4, a Llama without SentencePiece, Qwen 3 in eight bits, DistilBERT."""

from __future__ import annotations
