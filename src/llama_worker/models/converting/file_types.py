"""What a whole file is called by the type of most of its tensors."""

from __future__ import annotations

FILE_TYPES = {"f32": "ALL_F32", "f16": "MOSTLY_F16", "bf16": "MOSTLY_BF16", "q8_0": "MOSTLY_Q8_0"}
"""What can be asked for beside "auto", with gguf's names for such files."""
