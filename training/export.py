"""Write the trained weights, the tokenizer and the chat template as one GGUF file.

python -m training.export --run build/builtin --out src/llama_worker/assets/builtin.gguf
"""

import argparse
from pathlib import Path

import gguf
import numpy as np
import torch
from tokenizers import Tokenizer

from training import tokenizer as bpe
from training.model import Shape
from training.render import CONTROL, END_OF_TEXT, IM_END, MARKERS, TEMPLATE

DESCRIPTION = "A tiny demonstration model of llama-worker: a small world in English and Brazilian Portuguese."
SAMPLING = {"temp": 0.1, "top_p": 0.9, "min_p": 0.1}
TOP_K = 20


def add_metadata(writer: gguf.GGUFWriter, shape: Shape) -> None:
    writer.add_name("llama-worker builtin")
    writer.add_description(DESCRIPTION)
    writer.add_license("MIT")
    writer.add_languages(["en", "pt"])
    writer.add_size_label("3M")
    for key, value in SAMPLING.items():
        writer.add_float32(f"general.sampling.{key}", value)
    writer.add_int32("general.sampling.top_k", TOP_K)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
    writer.add_vocab_size(shape.vocabulary)
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.inner)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.heads)
    writer.add_rope_dimension_count(shape.width // shape.heads)
    writer.add_rope_freq_base(shape.rope_base)
    writer.add_layer_norm_rms_eps(shape.epsilon)


def add_tokenizer(writer: gguf.GGUFWriter, tokenizer: Tokenizer) -> None:
    kinds = dict.fromkeys(CONTROL, gguf.TokenType.CONTROL)
    kinds |= dict.fromkeys(MARKERS, gguf.TokenType.USER_DEFINED)
    tokens = sorted(tokenizer.get_vocab(), key=tokenizer.get_vocab().__getitem__)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(tokens)
    writer.add_token_types([kinds.get(text, gguf.TokenType.NORMAL) for text in tokens])
    writer.add_token_merges(bpe.merges(tokenizer))
    writer.add_bos_token_id(bpe.token_id(tokenizer, END_OF_TEXT))
    writer.add_eos_token_id(bpe.token_id(tokenizer, IM_END))
    writer.add_eot_token_id(bpe.token_id(tokenizer, IM_END))
    writer.add_pad_token_id(bpe.token_id(tokenizer, END_OF_TEXT))
    writer.add_add_bos_token(False)
    writer.add_add_eos_token(False)
    writer.add_chat_template(TEMPLATE)


def tensors(weights: dict[str, torch.Tensor]) -> dict[str, np.ndarray]:
    """Names and types of llama.cpp: matrices as F16, norms as F32, the joined q, k, v apart."""
    found: dict[str, np.ndarray] = {}
    for name, weight in weights.items():
        name = name.replace("blocks.", "blk.")
        parts = {name: weight}
        if "attn_qkv" in name:
            parts = {name.replace("qkv", part): w for part, w in zip("qkv", weight.chunk(3), strict=True)}
        for part, value in parts.items():
            found[part] = value.numpy().astype(np.float16 if value.dim() == 2 else np.float32)
    return found


def write(run: Path, out: Path) -> None:
    state = torch.load(run / "checkpoint.pt", map_location="cpu", weights_only=True)
    writer = gguf.GGUFWriter(out, "llama")
    add_metadata(writer, Shape(**state["shape"]))
    add_tokenizer(writer, bpe.load(run / "tokenizer.json"))
    for name, value in tensors(state["average"]).items():
        writer.add_tensor(name, value)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path, default=Path("build/builtin"))
    parser.add_argument("--out", type=Path, default=Path("src/llama_worker/assets/builtin.gguf"))
    arguments = parser.parse_args()
    write(arguments.run, arguments.out)
    print(f"{arguments.out}: {arguments.out.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
