"""What the engine computes of a model file, for a comparison with transformers."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from llama_worker import LlamaWorker, ModelOptions
from llama_worker.engine.api.endpoints import COMPLETION, EMBEDDINGS

TOKENS = (5, 17, 300, 42, 7, 99, 512, 33, 260, 261, 900, 11, 12, 13, 400, 401)
_LENGTHS = (1, 3, 5, 9, len(TOKENS))
_FEWEST = 3
_COMPARED = 900
_ADAPTED = {"lora": [{"id": 0, "scale": 1.0}]}
_EXACT = ModelOptions(context_size=256, cache_type="f32", flash_attention=False, sequences=1)


async def worst_difference(
    worker: LlamaWorker, path: Path, expected: NDArray[np.float32], adapter: Path | None = None
) -> float:
    """The largest difference of a next token's logit, among the likeliest ones after several texts.

    Logits are compared up to a constant: the engine adds up the probabilities of 100,000 tokens in 32-bit floats.
    """
    model = await worker.load_model(path, _EXACT, loras={"adapter": adapter} if adapter else {})
    more = {"temperature": 0} | (_ADAPTED if adapter else {})
    differences = []
    for length in _LENGTHS:
        wanted = expected[length - 1]
        body = {
            "prompt": list(TOKENS[:length]),
            "n_predict": 1,
            "n_probs": min(_COMPARED, len(wanted)),
        }
        answer = json.loads(await model.runtime.request(COMPLETION, body | more, owner=path))
        if "completion_probabilities" not in answer:
            continue  # the token ends within a character, and the engine waits for the next one
        found = answer["completion_probabilities"][0]["top_logprobs"]
        apart = np.array([float(wanted[token["id"]]) - token["logprob"] for token in found])
        differences.append(float(np.abs(apart - np.median(apart)).max()))
        assert found[0]["id"] == int(wanted.argmax())
    await model.unload()
    assert len(differences) >= _FEWEST
    return max(differences)


async def vector_difference(worker: LlamaWorker, path: Path, expected: NDArray[np.float32], pooling: str) -> float:
    """The largest difference in the vector of a text, of length one."""
    model = await worker.load_model(path, _EXACT)
    answer = json.loads(await model.runtime.request(EMBEDDINGS, {"input": [list(TOKENS)]}, owner=path))
    found = np.array(answer["data"][0]["embedding"])
    wanted = expected[0] if pooling == "cls" else expected.mean(axis=0)
    await model.unload()
    return float(np.abs(found - wanted / np.linalg.norm(wanted)).max())
