"""Small checkpoints with random weights, each in the files and with the configuration of a real repository."""

from __future__ import annotations

from .bert import BERT
from .checkpoint import Checkpoint
from .gemma import GEMMA
from .llama import LLAMA
from .more import MORE
from .others import OTHERS
from .phi import PHI
from .qwen import QWEN

CHECKPOINTS: tuple[Checkpoint, ...] = (*LLAMA, *QWEN, *GEMMA, *PHI, *OTHERS, *BERT, *MORE)
