"""The plugin of `llm`: `llm -m llama-worker/builtin "Hi"`.

`llm` finds it by its entry point, which costs nothing where there is no `llm`.
"""

from ..access.extras import needs

with needs("llm", package="llm", extra="llm"):
    from .plugin import register_embedding_models, register_models

__all__ = ["register_embedding_models", "register_models"]
