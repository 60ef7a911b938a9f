"""What is believed of a projector's header."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from llama_worker.errors import InvalidModelError
from llama_worker.models.gguf.header import GgufHeader
from llama_worker.models.gguf.inspect import read_header
from llama_worker.models.gguf.parser import RawHeader
from llama_worker.models.gguf.projector import check_projector, fits, modalities_of, reads_whole_images
from tests.gguf_factory import write_gguf
from tests.projector_factory import write_projector


@pytest.fixture(scope="module")
def header(tmp_path_factory: pytest.TempPathFactory) -> GgufHeader:
    return read_header(write_projector(tmp_path_factory.mktemp("projector") / "mmproj.gguf", audio=True))


def changed(header: GgufHeader, **facts: Any) -> GgufHeader:
    metadata = header.metadata | {f"clip.{name}".replace("__", "."): value for name, value in facts.items()}
    raw = RawHeader(header.version, metadata, header.tensors, header.alignment, header.header_bytes)
    return GgufHeader(header.source, raw, header.size_bytes)


def test_a_sound_one_says_what_it_reads(header: GgufHeader, tmp_path: Path) -> None:
    assert modalities_of(check_projector(header)) == ("image", "audio")
    assert modalities_of(changed(header, has_audio_encoder=False)) == ("image",)
    narrow, wide = (read_header(write_gguf(tmp_path / f"{n}.gguf", embedding_length=n)) for n in (64, 96))
    assert fits(header, narrow)
    assert not fits(header, wide)
    assert fits(changed(header, vision__projection_dim=768, audio__projection_dim=768), narrow)


def test_all_tokens_of_an_image_are_computed_at_once_by_some(header: GgufHeader) -> None:
    assert not reads_whole_images(header)
    assert reads_whole_images(changed(header, vision__projector_type="gemma3"))


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"has_vision_encoder": False, "has_audio_encoder": False}, "neither for images nor for sounds"),
        ({"has_vision_encoder": 1, "has_audio_encoder": "yes"}, "neither for images nor for sounds"),
        ({"vision__projector_type": ""}, "it has no type"),
        ({"vision__block_count": 1 << 31}, "clip.vision.block_count is 2147483648"),
        ({"vision__image_size": 1 << 20}, "clip.vision.image_size"),
        ({"vision__patch_size": 64}, "its images are 32 wide and its patches 64"),
        ({"vision__patch_size": 0}, "clip.vision.patch_size is 0"),
        ({"vision__attention__head_count": 0}, "clip.vision.attention.head_count is 0"),
        ({"vision__attention__layer_norm_epsilon": float("nan")}, "its layer_norm_epsilon is nan"),
        ({"vision__image_mean": "no"}, "its image_mean is no three numbers"),
        ({"audio__num_mel_bins": 0}, "clip.audio.num_mel_bins is 0"),
        ({"audio__projector__stack_factor": 0}, "clip.audio.projector.stack_factor is 0"),
    ],
)
def test_a_hostile_one_is_refused(header: GgufHeader, facts: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidModelError, match=words):
        check_projector(changed(header, **facts))
