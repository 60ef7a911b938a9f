"""What one connection works on."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

from ..errors import InvalidOptionsError, SessionNotLoadedError
from ..messages import HubFile
from ..options import LlamaOptions, SessionOptions
from ..worker.context import Context
from ..worker.current import Current
from ..worker.events import Event
from ..worker.model import Model
from ..worker.operation import Operation
from ..worker.session import ChatSession
from ..worker.worker import LlamaWorker


class Desk(Current[Model, Context, ChatSession]):
    """The worker's models, and a current model, context and sessions of its own.

    A connection begins with the worker's newest model, if there is one. `shared`: other connections use the same
    worker, so `cleanup` ends only what this connection began, and nobody far away chooses which program runs.
    """

    def __init__(self, worker: LlamaWorker, *, shared: bool) -> None:
        super().__init__()
        self.worker = worker
        self.shared = shared
        self._sessions: dict[str, ChatSession] = {}
        self._beginning: dict[str, Operation[ChatSession, Event]] = {}
        for model in worker.models[-1:]:
            self._model, self._context = model, Context(model)

    def _begin_session(self, context: Context, options: SessionOptions) -> ChatSession:
        return ChatSession(context.model, options)

    def _ensure_open(self) -> None:
        self.worker._ensure_open()

    async def initialize(self, options: LlamaOptions | None) -> None:
        if self.shared and options is not None and options.engine != "auto":
            raise InvalidOptionsError("The engine of a shared worker is chosen by whoever runs it.", path="engine")
        await self.worker.initialize(options)

    def load_model(self, model_path: str | HubFile, options: Any) -> Operation[Model, Event]:
        """As the worker's method; the model becomes this connection's current one."""
        loading = self.worker.load_model(plain_name(model_path), options)

        def take(operation: Operation[Model, Event]) -> None:
            if operation.state == "done":
                self._model, self._context, self._session = operation.result(), None, None

        loading.add_done_callback(take)
        return loading

    def find_model(self, name: str | None) -> Model:
        """A loaded model by id, path or name, or the current one; raises ModelNotLoadedError."""
        return self._loaded_model() if name is None else self.worker.find_model(name)

    async def begin_session(self, creation: Operation[ChatSession, Event], chosen_id: str | None) -> tuple[str, Model]:
        """Wait for a new session and give it its id; who names it meanwhile waits too."""
        session_id = self._new_id(chosen_id)
        self._beginning[session_id] = creation
        try:
            session = self._sessions[session_id] = await creation
        finally:
            del self._beginning[session_id]
        return session_id, session.model

    def add_session(self, session: ChatSession, chosen_id: str | None) -> str:
        """Give a session that is there an id. Raises InvalidOptionsError when that is taken."""
        session_id = self._new_id(chosen_id)
        self._sessions[session_id] = session
        return session_id

    def _new_id(self, chosen_id: str | None) -> str:
        if chosen_id in self._sessions or chosen_id in self._beginning:
            raise InvalidOptionsError(f"There is a session {chosen_id} already.", path="sessionId")
        return chosen_id or uuid.uuid4().hex

    def ensure_files_allowed(self) -> None:
        """Raise when a client must not name files of this machine."""
        if self.shared:
            raise InvalidOptionsError("A shared worker reads and writes no files for its clients.", path="path")

    async def find_session(self, session_id: str | None) -> ChatSession:
        """A session by its id, or the current one; raises SessionNotLoadedError."""
        if session_id is None:
            return self._loaded_session()
        if beginning := self._beginning.get(session_id):
            await _finished(beginning)
        if session_id not in self._sessions:
            raise SessionNotLoadedError(f"Session {session_id} not loaded.")
        return self._sessions[session_id]

    async def close_session(self, session_id: str | None) -> None:
        session = await self.find_session(session_id)
        self._sessions = {id: other for id, other in self._sessions.items() if other is not session}
        if self._session is session:
            self._session = None

    async def cleanup(self) -> None:
        """Drop the sessions; a worker of one's own is cleaned up altogether."""
        self._sessions.clear()
        self._session = None
        if not self.shared:
            self._model = self._context = None
            await self.worker.cleanup()


async def _finished(operation: Operation[ChatSession, Event]) -> None:
    """Wait without the power to abort: `wait` itself passes a cancellation on."""
    await asyncio.wait([operation._task])


def plain_name(model_path: str | HubFile) -> Any:
    """A model's name as the worker's methods take it."""
    if isinstance(model_path, str):
        return model_path
    facts = {"repo": model_path.repo, "file": model_path.file, "revision": model_path.revision}
    return {name: value for name, value in facts.items() if value is not None}
