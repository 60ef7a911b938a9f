"""`python bare.py MODEL`"""

from __future__ import annotations

import sys
from typing import Any

import xllamacpp


def show(chunk: dict[str, Any]) -> None:
    if choices := chunk.get("choices"):
        print(choices[0]["text"], end="", flush=True)


params = xllamacpp.CommonParams()
params.model.path = sys.argv[1]
params.n_ctx = 1024
params.n_parallel = 1
asked = {"prompt": "Hello!", "max_tokens": 8, "temperature": 0, "stream": True}
xllamacpp.Server(params).handle_completions(asked, show)
