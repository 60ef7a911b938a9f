"""What every group of a model's methods stands on."""

from __future__ import annotations

from ..runtime import ModelRuntime


class ModelAbility:
    """Methods of a model that ask its engine."""

    def __init__(self, runtime: ModelRuntime) -> None:
        self.runtime = runtime
        """For servers and other parts of this package: the engine itself, and the queue in front of it."""
