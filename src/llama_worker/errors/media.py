"""Errors about images and sounds."""

from __future__ import annotations

from .general import InvalidOptionsError


class InvalidMediaError(InvalidOptionsError):
    """Raised before the engine is asked for an image or a sound that is none, too large, or somewhere else."""

    code = "invalid_media"


class MediaNotSupportedError(InvalidOptionsError):
    """Raised before the engine is asked when a model is shown an image or a sound that it cannot read."""

    code = "media_not_supported"
