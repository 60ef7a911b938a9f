"""What the engine keeps of its graphs themselves: a record for every step of computing a batch."""

from __future__ import annotations

from ..gguf.header import GgufHeader

# llama.cpp reserves records before it knows how many it needs (llama-context.cpp, graph_max_nodes): for most models by
# the number of tensors, for these so many for each token of a batch, or for each tensor.
_FEWEST, _FOR_EACH_TENSOR = 1024, 8
_BY_TOKENS = {
    **dict.fromkeys(("bailingmoe3", "clef", "deepseek4", "hy_v4", "kimi-linear", "minimax-01", "minimax-m3"), (40, 32)),
    **dict.fromkeys(("nanbeige", "qwen3next", "qwen35", "qwen35moe", "qwen4exp"), (40, 32)),
    **dict.fromkeys(("kimi-k3", "glm5-next"), (160, 64)),
    "hrm_text": (80, 64),
}
# A record with its place in two lists; a place of the table by which it is found, of which there are at least twice as
# many, in powers of two (ggml.c, ggml_graph_nbytes).
_RECORD, _PLACE = 368 + 2 * 8, 12
# One graph to measure with, one for batches that end in an answer, one for those that do not.
_GRAPHS = 3


def graph_bytes(header: GgufHeader, batch: int) -> int:
    """Beyond what a small model's graphs take, which is in the process's own share."""
    return _GRAPHS * (_bytes_of(_records(header, batch)) - _bytes_of(_FEWEST))


def _records(header: GgufHeader, batch: int) -> int:
    for_each_token, for_each_tensor = _BY_TOKENS.get(header.architecture, (0, _FOR_EACH_TENSOR))
    return max(batch * for_each_token, len(header.tensors) * for_each_tensor, _FEWEST)


def _bytes_of(records: int) -> int:
    places = 1 << (2 * records - 1).bit_length()
    return records * _RECORD + places * _PLACE
