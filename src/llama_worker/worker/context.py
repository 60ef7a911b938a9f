"""How much a loaded model can keep in mind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..options import SessionOptions
from .events import Event
from .operation import Operation

if TYPE_CHECKING:
    from .model import Model
    from .session import ChatSession


class Context:
    """The memory of a model's engine: so many tokens for each of so many sequences at once."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._settings = model._supervisor.settings

    @property
    def model(self) -> Model:
        return self._model

    @property
    def context_size(self) -> int:
        """Tokens that one sequence holds, prompt and answer together."""
        return self._settings.context_size

    @property
    def sequences(self) -> int:
        """Requests that are computed at once."""
        return self._settings.sequences

    @property
    def batch_size(self) -> int:
        """Prompt tokens computed between two chances to abort."""
        return self._settings.batch_size

    def create_session(self, options: SessionOptions | None = None, /, **changes: Any) -> Operation[ChatSession, Event]:
        """As `Model.create_session`."""
        return self._model.create_session(options, **changes)
