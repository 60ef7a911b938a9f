"""A checkpoint: what its repository consists of, and how it is written."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct, structs

from tests.families.sources import TEMPLATES

from ..tokenizers.tokenizer import Tokenizer, json_text
from .shards import Shape, write_shards

WIDTH, HIDDEN, HEADS, HEADS_KV, HEAD = 64, 96, 4, 2, 16
EXACT = 5e-5
GELU = 0.05
"""The tolerance where llama.cpp looks GELU up in a table of 16-bit floats."""
FOUR_BITS = 0.2
"""The tolerance where llama.cpp makes what it multiplies with four-bit weights numbers of eight bits."""


class Checkpoint(Struct, frozen=True):
    """One family's.

    `folder` is the repository's name. `template` is one of llama.cpp's, or a text. `files` are further ones. `exact`
    says whether transformers can compute with it, `vectors` that it makes vectors of texts, by `pooling`, and
    `tolerance` how far the engine's logits may be from transformers': 32-bit floats added up in another order.
    """

    folder: str
    config: Mapping[str, Any]
    tensors: Mapping[str, Shape]
    tokenizer: Callable[[bool], Tokenizer]
    template: str = ""
    generation: Mapping[str, Any] | None = None
    card: str = ""
    files: Mapping[str, bytes] = {}
    type: str = "BF16"
    shards: int = 2
    exact: bool = True
    vectors: bool = False
    pooling: str = "mean"
    tolerance: float = EXACT

    def write(self, parent: Path, *, small: bool = False) -> Path:
        """The repository, the same each time; `small` ones have the smallest vocabulary that there is of this kind."""
        folder = parent / self.folder
        folder.mkdir()
        tokenizer = self.tokenizer(small)
        if small:
            return self.resized(tokenizer.size)._written(folder, tokenizer)
        assert tokenizer.size == self.rows(), f"{tokenizer.size} tokens, {self.rows()} rows"
        return self._written(folder, tokenizer)

    def resized(self, tokens: int) -> Checkpoint:
        """The same with an embedding of so many rows."""
        rows, config = self.rows(), dict(self.config)
        resized = {n: (tokens, *shape[1:]) if shape[0] == rows else shape for n, shape in self.tensors.items()}
        inner = {"text_config": config["text_config"] | {"vocab_size": tokens}} if "text_config" in config else {}
        return structs.replace(self, config=config | {"vocab_size": tokens} | inner, tensors=resized)

    def _written(self, folder: Path, tokenizer: Tokenizer) -> Path:
        tokenizer.write(folder, self.template_text())
        (folder / "config.json").write_bytes(json_text(self.config))
        if self.generation is not None:
            (folder / "generation_config.json").write_bytes(json_text(self.generation))
        if self.card:
            (folder / "README.md").write_text(self.card)
        for name, content in self.files.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(content)
        write_shards(folder, self.tensors, self.type, self.shards)
        return folder

    def rows(self) -> int:
        """How many tokens there is an embedding for."""
        return next(shape[0] for name, shape in self.tensors.items() if "embed_tokens" in name or "word_emb" in name)

    def template_text(self) -> str:
        """The chat template."""
        if not self.template or "{%" in self.template:
            return self.template
        return (TEMPLATES / f"{self.template}.jinja").read_text()


def decoder(
    vocabulary: int,
    layer: Callable[[str], Mapping[str, Shape]],
    layers: int,
    *,
    tied: bool = True,
    width: int = WIDTH,
) -> dict[str, Shape]:
    """The tensors of a model that continues texts."""
    tensors: dict[str, Shape] = {"model.embed_tokens.weight": (vocabulary, width)}
    for place in range(layers):
        tensors |= {f"model.layers.{place}.{name}": shape for name, shape in layer(f"{place}").items()}
    tensors["model.norm.weight"] = (width,)
    return tensors if tied else tensors | {"lm_head.weight": (vocabulary, width)}


def attention(
    *, head: int = HEAD, heads: int = HEADS, heads_kv: int = HEADS_KV, width: int = WIDTH, bias: str = ""
) -> dict[str, Shape]:
    """Its four matrices; `bias` names those that have one, such as "qkv"."""
    rows = {"q": heads * head, "k": heads_kv * head, "v": heads_kv * head}
    tensors: dict[str, Shape] = {f"self_attn.{name}_proj.weight": (count, width) for name, count in rows.items()}
    tensors |= {f"self_attn.{name}_proj.bias": (rows[name],) for name in bias if name in rows}
    tensors["self_attn.o_proj.weight"] = (width, heads * head)
    return tensors | ({"self_attn.o_proj.bias": (width,)} if "o" in bias else {})


def gated(width: int = WIDTH, hidden: int = HIDDEN) -> dict[str, Shape]:
    """A gated feed-forward network."""
    return {
        "mlp.gate_proj.weight": (hidden, width),
        "mlp.up_proj.weight": (hidden, width),
        "mlp.down_proj.weight": (width, hidden),
    }


def norms(*names: str, width: int = WIDTH) -> dict[str, Shape]:
    """Norms of a layer."""
    return {f"{name}.weight": (width,) for name in names}


def plain(text: Any) -> bytes:
    """A small JSON file."""
    return json.dumps(text, indent=2).encode()
