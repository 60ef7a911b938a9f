"""Runs where transformers is: what it makes of checkpoints, in 32-bit floats.

Arguments: KIND FOLDER TARGET TOKENS, any number of times. KIND is "next" (the logarithms of the probabilities of each
next token) or "vectors" (the last layer's output); FOLDER is ADAPTER@BASE for an adapter; TOKENS are numbers.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from transformers import AutoModel, AutoModelForCausalLM


def adapt(model: torch.nn.Module, folder: Path) -> None:
    """Add an adapter's products to the matrices it names."""
    config = json.loads((folder / "adapter_config.json").read_text())
    scale = config["lora_alpha"] / (config["r"] ** (0.5 if config.get("use_rslora") else 1))
    tensors = load_file(folder / "adapter_model.safetensors")
    parameters = dict(model.named_parameters())
    for name, one in tensors.items():
        if ".lora_A." in name:
            other = tensors[name.replace(".lora_A.", ".lora_B.")]
            place = name.removeprefix("base_model.model.").replace(".lora_A.", ".")
            parameters[place].data += scale * (other.float() @ one.float())


def computed(kind: str, folder: str, tokens: list[int]) -> np.ndarray:
    adapter, _, base = folder.rpartition("@")
    loader = AutoModelForCausalLM if kind == "next" else AutoModel
    quantized = "quantization_config" in json.loads((Path(base) / "config.json").read_text())
    kind_of_number = torch.bfloat16 if quantized else torch.float32  # what is unpacked is bfloat16, whatever is said
    model = loader.from_pretrained(base, dtype=kind_of_number, attn_implementation="eager").eval().float()
    if adapter:
        adapt(model, Path(adapter))
    given = torch.tensor([tokens])
    if kind == "vectors":
        return model(input_ids=given).last_hidden_state[0].numpy()
    return torch.log_softmax(model(input_ids=given).logits[0].double(), dim=-1).float().numpy()


torch.manual_seed(0)
torch.set_num_threads(1)
with torch.inference_mode():
    for place in range(1, len(sys.argv), 4):
        kind, folder, target, tokens = sys.argv[place : place + 4]
        np.save(target, computed(kind, folder, [int(token) for token in tokens.split(",")]))
