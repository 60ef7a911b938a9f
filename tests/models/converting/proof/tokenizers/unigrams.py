"""XLM-RoBERTa's tokenizer, cut down: unigrams with their own special tokens before them."""

from __future__ import annotations

import struct
from functools import lru_cache

from tests.families.sources import VOCABULARIES

from .. import gguf_file
from .pieces import CONTROL, UNKNOWN, Piece, model_file
from .tokenizer import Added, Tokenizer, template_processing, tokenizer_json

XLM_ROBERTA = 960
_ENDS = ("<s>", "<pad>", "</s>", "<unk>")


@lru_cache
def _words(small: bool) -> tuple[tuple[Piece, ...], bytes]:
    """Pieces behind the special ones, and how characters are normalized."""
    if small:
        return tuple(Piece(text, -float(place)) for place, text in enumerate(("▁", *"etaoin.,", "▁the"))), b""
    keys = gguf_file.read(VOCABULARIES / "nomic-bert-moe.gguf").keys
    tokens = gguf_file.texts(keys["tokenizer.ggml.tokens"])[4 : XLM_ROBERTA - 1]
    scores = struct.unpack_from(f"<{len(tokens)}f", keys["tokenizer.ggml.scores"], 16 + 4 * 4)
    pieces = tuple(Piece(text, score) for text, score in zip(tokens, scores, strict=True))
    return pieces, keys["tokenizer.ggml.precompiled_charsmap"][16:]


@lru_cache
def xlm_roberta(small: bool = False) -> Tokenizer:
    """That of bge-m3 and of multilingual E5."""
    words, charsmap = _words(small)
    special = [Piece("<unk>", 0.0, UNKNOWN), Piece("<s>", 0.0, CONTROL), Piece("</s>", 0.0, CONTROL)]
    model = model_file((*special, *words), unigram=True, charsmap=charsmap)
    last = len(_ENDS) + len(words)
    added = (*(Added(text, place) for place, text in enumerate(_ENDS)), Added("<mask>", last))
    scored = [*([text, 0.0] for text in _ENDS), *([word.text, word.score] for word in words), ["<mask>", 0.0]]
    meta = {"type": "Metaspace", "replacement": "▁", "add_prefix_space": True}
    json = tokenizer_json(
        {"type": "Unigram", "unk_id": 3, "vocab": scored},
        added,
        pre_tokenizer={"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, meta]},
        post_processor=template_processing(added[0], added[2], between=2),
        decoder=meta,
    )
    names = {"bos": 0, "cls": 0, "eos": 2, "pad": 1, "sep": 2, "unk": 3}
    settings = {f"{name}_token": _ENDS[place] for name, place in names.items()} | {
        "clean_up_tokenization_spaces": True,
        "mask_token": "<mask>",
        "model_max_length": 8192,
        "tokenizer_class": "XLMRobertaTokenizer",
    }
    return Tokenizer({"tokenizer.json": json, "sentencepiece.bpe.model": model}, added, settings, last + 1)
