"""Whether a model can read what messages hold beside text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ...engine.api.media import Modality, modality_of
from ...errors import MediaNotSupportedError

_VERBS = {"image": "see images", "audio": "hear sounds"}


def check_readable(messages: Iterable[Mapping[str, Any]], modalities: Sequence[str]) -> None:
    """Raise `MediaNotSupportedError`, naming the part, for what is not of the `modalities` of a model."""
    for index, message in enumerate(messages):
        content = message.get("content")
        for place, part in enumerate(content if isinstance(content, list) else ()):
            modality = modality_of(part)
            if modality and modality not in modalities:
                raise not_readable(modality, f"messages[{index}].content[{place}]")


def not_readable(modality: Modality, path: str | None = None) -> MediaNotSupportedError:
    """What is said of a model that cannot read it."""
    return MediaNotSupportedError(
        f"This model cannot {_VERBS[modality]}: load one that can, with its projector (an mmproj*.gguf file beside it, "
        "or projector=...).",
        path=path,
    )
