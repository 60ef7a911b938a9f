"""What embeds texts: bge (BERT), and nomic's."""

from __future__ import annotations

from functools import partial

from ..tokenizers.unigrams import XLM_ROBERTA, xlm_roberta
from ..tokenizers.words import bert
from .checkpoint import GELU, HEADS, HIDDEN, WIDTH, Checkpoint, plain
from .gemma import pooling
from .shards import Shape

_BGE = {
    "architectures": ["BertModel"],
    "attention_probs_dropout_prob": 0.1,
    "classifier_dropout": None,
    "hidden_act": "gelu",
    "hidden_dropout_prob": 0.1,
    "hidden_size": WIDTH,
    "initializer_range": 0.02,
    "intermediate_size": HIDDEN,
    "layer_norm_eps": 1e-12,
    "max_position_embeddings": 512,
    "model_type": "bert",
    "num_attention_heads": HEADS,
    "num_hidden_layers": 2,
    "pad_token_id": 0,
    "position_embedding_type": "absolute",
    "torch_dtype": "float32",
    "transformers_version": "4.31.0",
    "type_vocab_size": 2,
    "use_cache": True,
    "vocab_size": 30522,
}
_ONE_LABEL = {"id2label": {"0": "LABEL_0"}, "label2id": {"LABEL_0": 0}}
_NOMIC = {
    "activation_function": "swiglu",
    "architectures": ["NomicBertModel"],
    "auto_map": {"AutoConfig": "nomic-ai/nomic-bert-2048--configuration_hf_nomic_bert.NomicBertConfig"},
    "bos_token_id": None,
    "causal": False,
    "eos_token_id": None,
    "fused_bias_fc": True,
    "layer_norm_epsilon": 1e-12,
    "max_trained_positions": 2048,
    "mlp_fc1_bias": False,
    "mlp_fc2_bias": False,
    "model_type": "nomic_bert",
    "n_embd": WIDTH,
    "n_head": HEADS,
    "n_inner": HIDDEN,
    "n_layer": 2,
    "n_positions": 8192,
    "pad_vocab_size_multiple": 64,
    "prenorm": False,
    "qkv_proj_bias": False,
    "rotary_emb_base": 1000,
    "rotary_emb_fraction": 1.0,
    "rotary_emb_interleaved": False,
    "rotary_emb_scale_base": None,
    "rotary_scaling_factor": None,
    "torch_dtype": "float32",
    "type_vocab_size": 2,
    "use_rms_norm": False,
    "vocab_size": 30528,
}


_M3 = _BGE | {
    "architectures": ["XLMRobertaModel"],
    "bos_token_id": 0,
    "eos_token_id": 2,
    "layer_norm_eps": 1e-05,
    "max_position_embeddings": 130,
    "model_type": "xlm-roberta",
    "output_past": True,
    "pad_token_id": 1,
    "type_vocab_size": 1,
    "vocab_size": XLM_ROBERTA,
}


def _both(name: str, rows: int, columns: int = 0) -> dict[str, Shape]:
    """A matrix or a norm, with its bias."""
    return {f"{name}.weight": (rows, columns) if columns else (rows,), f"{name}.bias": (rows,)}


def _bge(words: int = 30522, positions: int = 512, types: int = 2) -> dict[str, Shape]:
    tensors: dict[str, Shape] = {
        "embeddings.position_ids": (1, positions),
        "embeddings.word_embeddings.weight": (words, WIDTH),
        "embeddings.position_embeddings.weight": (positions, WIDTH),
        "embeddings.token_type_embeddings.weight": (types, WIDTH),
        **_both("embeddings.LayerNorm", WIDTH),
    }
    for place in range(2):
        layer = f"encoder.layer.{place}"
        for name in ("self.query", "self.key", "self.value", "output.dense"):
            tensors |= _both(f"{layer}.attention.{name}", WIDTH, WIDTH)
        tensors |= _both(f"{layer}.attention.output.LayerNorm", WIDTH)
        tensors |= _both(f"{layer}.intermediate.dense", HIDDEN, WIDTH)
        tensors |= _both(f"{layer}.output.dense", WIDTH, HIDDEN) | _both(f"{layer}.output.LayerNorm", WIDTH)
    return tensors | _both("pooler.dense", WIDTH, WIDTH)


def _reranker() -> dict[str, Shape]:
    """The same with a head that makes one number."""
    body = {f"roberta.{name}": size for name, size in _bge(XLM_ROBERTA, 130, 1).items() if "pooler" not in name}
    return body | _both("classifier.dense", WIDTH, WIDTH) | _both("classifier.out_proj", 1, WIDTH)


def _nomic() -> dict[str, Shape]:
    tensors: dict[str, Shape] = {
        "embeddings.word_embeddings.weight": (30528, WIDTH),
        "embeddings.token_type_embeddings.weight": (2, WIDTH),
        **_both("emb_ln", WIDTH),
    }
    for place in range(2):
        layer = f"encoder.layers.{place}"
        tensors |= {
            f"{layer}.attn.Wqkv.weight": (3 * WIDTH, WIDTH),
            f"{layer}.attn.out_proj.weight": (WIDTH, WIDTH),
            f"{layer}.mlp.fc11.weight": (HIDDEN, WIDTH),
            f"{layer}.mlp.fc12.weight": (HIDDEN, WIDTH),
            f"{layer}.mlp.fc2.weight": (WIDTH, HIDDEN),
            **_both(f"{layer}.norm1", WIDTH),
            **_both(f"{layer}.norm2", WIDTH),
        }
    return tensors


BERT = (
    Checkpoint(
        "bge-small-en-v1.5",
        _BGE | _ONE_LABEL,
        _bge(),
        bert,
        card="---\ntags:\n- sentence-transformers\n- mteb\nlanguage:\n- en\nlicense: mit\n---\n",
        files=pooling("cls") | {"config_sentence_transformers.json": plain({"__version__": {}})},
        type="F32",
        shards=1,
        vectors=True,
        pooling="cls",
        tolerance=GELU,
    ),
    Checkpoint(
        "bge-m3",
        _M3,
        _bge(XLM_ROBERTA, 130, 1),
        xlm_roberta,
        card="---\npipeline_tag: sentence-similarity\ntags:\n- sentence-transformers\nlicense: mit\n---\n",
        files=pooling("cls"),
        type="F32",
        shards=1,
        vectors=True,
        pooling="cls",
        tolerance=GELU,
    ),
    Checkpoint(
        "bge-reranker-v2-m3",
        _M3 | {"architectures": ["XLMRobertaForSequenceClassification"], **_ONE_LABEL},
        _reranker(),
        xlm_roberta,
        card="---\nlicense: apache-2.0\npipeline_tag: text-classification\nlanguage:\n- multilingual\n---\n",
        type="F32",
        shards=1,
        exact=False,  # the engine scores a text beside another, and not numbers
    ),
    Checkpoint(
        "nomic-embed-text-v1.5",
        _NOMIC,
        _nomic(),
        partial(bert, padding=6),
        card="---\nlibrary_name: sentence-transformers\npipeline_tag: sentence-similarity\nlicense: apache-2.0\n---\n",
        files=pooling("mean"),
        type="F32",
        shards=1,
        exact=False,  # transformers would run the repository's own code
    ),
)
