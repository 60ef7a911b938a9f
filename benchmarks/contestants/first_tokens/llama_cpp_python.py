"""`python llama_cpp_python.py MODEL`"""

from __future__ import annotations

import sys

import llama_cpp

llama = llama_cpp.Llama(model_path=sys.argv[1], n_ctx=1024, verbose=False)
for chunk in llama.create_completion("Hello!", max_tokens=8, temperature=0, stream=True):
    print(chunk["choices"][0]["text"], end="", flush=True)
