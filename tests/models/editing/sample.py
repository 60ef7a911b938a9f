"""A file of everything that splitting has to carry: each type of value, tensors of several types and shapes."""

from __future__ import annotations

from pathlib import Path

from llama_worker.models.gguf.writing import Layout, Metadata, TensorWriter, array, number, tensor, text

METADATA = {
    "general.architecture": text("llama"),
    "sample.bool": number("bool", True),
    "sample.small": number("i8", -3),
    "sample.large": number("u64", 2**60),
    "sample.exact": number("f64", 0.1),
    "sample.numbers": array("i16", [1, -2, 3]),
    "sample.bools": array("bool", [True, False]),
    "sample.texts": array("string", ["a", "", "Größe"]),
    "tokenizer.ggml.model": text("gpt2"),
}
TENSORS = (
    tensor("token_embd.weight", "Q8_0", (64, 6000)),
    tensor("output_norm.weight", "F32", (63,)),
    *(tensor(f"blk.{block}.attn_q.weight", "Q4_K", (256, 3000)) for block in range(3)),
    tensor("blk.0.deep.weight", "F16", (3, 5, 2)),
    tensor("blk.0.flat.weight", "F32", (33, 1)),
    tensor("output.weight", "BF16", (64, 7)),
)


def write_sample(path: Path, more: Metadata | None = None) -> Path:
    """The same bytes each time, in 1.7 MB."""
    layout = Layout({**METADATA, **(more or {})}, TENSORS)
    with path.open("wb") as file:
        writer = TensorWriter(file, layout)
        for index, info in enumerate(TENSORS):
            pattern = bytes((index * 7 + at) % 251 for at in range(251))
            writer.write((pattern * (info.size_bytes // 251 + 1))[: info.size_bytes])
    return path
