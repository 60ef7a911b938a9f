"""What every group of a remote model's or worker's methods stands on."""

from __future__ import annotations

from ..remote_worker import RemoteWorker


class ModelAbility:
    """Methods of a model that ask the worker at the other end."""

    def __init__(self, remote: RemoteWorker, model_id: str) -> None:
        self.id = model_id
        self._remote = remote

    def ensure_loaded(self) -> None:
        """For groups of methods: raise `ModelNotLoadedError` when there is no model any more. It knows itself."""
        raise NotImplementedError

    async def refresh(self) -> None:
        """For groups of methods: learn which engine runs now, after one has died. A model does it."""
        raise NotImplementedError


class WorkerAbility:
    """Methods of a bridge that ask the worker at the other end."""

    _remote: RemoteWorker

    def _ensure_open(self) -> None:
        """For groups of methods: raise `WorkerClosedError` when the bridge is closed. It knows itself."""
        raise NotImplementedError
