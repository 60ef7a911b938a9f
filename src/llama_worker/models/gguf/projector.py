"""Projectors (mmproj files): the part of a model that turns images and sounds into what its layers read."""

from __future__ import annotations

from .cursor import require
from .header import GgufHeader, explained
from .parser import GgufArray

_KINDS = {"image": "vision", "audio": "audio"}
_COUNTS = {
    "embedding_length": (1, 1 << 16),
    "feed_forward_length": (0, 1 << 20),
    "block_count": (0, 512),
    "projection_dim": (0, 1 << 20),
    "attention.head_count": (1, 1 << 12),
    "image_size": (1, 1 << 14),
    "patch_size": (1, 1 << 12),
    "projector.scale_factor": (1, 64),
    "spatial_merge_size": (1, 64),
    "num_mel_bins": (1, 1 << 12),
    "projector.stack_factor": (1, 1 << 10),
}
# With these all tokens of an image look at each other, so that they must be computed in one step (llama.cpp's
# `mtmd_decode_use_non_causal`).
_WHOLE_IMAGES = frozenset({"gemma3", "gemma4v", "gemma4uv", "deepseek4v"})


def check_projector(header: GgufHeader) -> GgufHeader:
    """Return `header`. Raises `InvalidModelError` when no engine could use the file as a projector."""
    with explained(header.source, "projector"):
        require(header.architecture == "clip", f"it is a file of architecture {header.architecture or 'none'!r}")
        require(bool(modalities_of(header)), "it is neither for images nor for sounds")
        for modality in modalities_of(header):
            _check_encoder(header, _KINDS[modality])
    return header


def modalities_of(header: GgufHeader) -> tuple[str, ...]:
    """What a model can read with it: "image", "audio"."""
    return tuple(name for name, kind in _KINDS.items() if header.metadata.get(f"clip.has_{kind}_encoder") is True)


def fits(projector: GgufHeader, model: GgufHeader) -> bool:
    """Whether it was made for models of that width; old files name another one, and have the right one in a tensor."""
    width = model.embedding_length
    named = {projector.integer(f"{kind}.projection_dim") for kind in _KINDS.values()}
    last = (tensor for tensor in projector.tensors if not tensor.name.startswith(("v.", "a.")))
    return width in named or any(width in tensor.shape for tensor in last)


def reads_whole_images(header: GgufHeader) -> bool:
    """Whether all tokens of an image are computed in one step."""
    names = ("projector_type", "vision.projector_type")
    return any(header.text(f"clip.{name}") in _WHOLE_IMAGES for name in names)


def _check_encoder(header: GgufHeader, kind: str) -> None:
    require(bool(header.text("clip.projector_type") or header.text(f"clip.{kind}.projector_type")), "it has no type")
    for key, (lowest, highest) in _COUNTS.items():
        value = header.metadata.get(f"clip.{kind}.{key}")
        sound = value is None or (type(value) is int and lowest <= value <= highest)
        require(sound, f"clip.{kind}.{key} is {value!r}; {lowest} to {highest} are allowed")
    epsilon = header.metadata.get(f"clip.{kind}.attention.layer_norm_epsilon")
    require(isinstance(epsilon, float) and 0 <= epsilon < 1, f"its layer_norm_epsilon is {epsilon!r}")
    if kind == "vision":
        _check_pixels(header)


def _check_pixels(header: GgufHeader) -> None:
    size, patch = header.integer("vision.image_size"), header.integer("vision.patch_size")
    require(0 < patch <= size, f"its images are {size} wide and its patches {patch}")
    for name in ("image_mean", "image_std"):
        value = header.metadata.get(f"clip.vision.{name}")
        numbers = value.values() if isinstance(value, GgufArray) else []
        sound = len(numbers) >= 3 and all(abs(number) < 1e3 for number in numbers)
        require(sound and (name == "image_mean" or all(numbers)), f"its {name} is no three numbers")
