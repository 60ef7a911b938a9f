"""What one connection works on."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from pathlib import Path

from ...errors import InvalidOptionsError, LlamaWorkerError, SessionNotLoadedError, WorkerClosedError
from ...messages import HubFile, MemoryEstimate
from ...messages.events import Downloading, Progress
from ...messages.found import FoundModel
from ...models.download.reach import Reach, reach_of
from ...models.hub_names import Site
from ...models.names import ModelReference
from ...options import LlamaOptions, ModelOptions, SessionOptions
from ...worker.chat.session import ChatSession
from ...worker.current import Current
from ...worker.model import Context, Model
from ...worker.operations.operation import Operation
from ...worker.worker import LlamaWorker
from .shared_options import check_shared_options, check_shared_worker


class ConnectionCurrent(Current[Model, Context, ChatSession]):
    """A connection's own current model, context and session; it begins with the worker's newest model."""

    def __init__(self, worker: LlamaWorker) -> None:
        super().__init__()
        self._worker = worker
        for model in worker.models[-1:]:
            self._model, self._context = model, Context(model)

    @property
    def models(self) -> tuple[Model, ...]:
        return self._worker.models

    def load_model(self, model_path: ModelReference, options: ModelOptions | None) -> Operation[Model, Progress]:
        """As the worker's method; the model becomes this connection's current one."""
        loading = self._worker.load_model(model_path, options)

        def take(operation: Operation[Model, Progress]) -> None:
            if operation.state == "done":
                self._model, self._context, self._session = operation.result(), None, None

        loading.add_done_callback(take)
        return loading

    def drop_session(self, session: ChatSession | None = None) -> None:
        """Forget the current session, if it is that one."""
        if session is None or self._session is session:
            self._session = None

    def drop_model(self) -> None:
        self._model = self._context = None

    def _begin_session(self, context: Context, options: SessionOptions) -> ChatSession:
        return ChatSession(context.model, options)

    def _ensure_open(self) -> None:
        if self._worker.closed:
            raise WorkerClosedError


class Workspace:
    """The worker's models, what is current, and the sessions that were begun here, by their ids.

    `shared`: other connections use the same worker, so `cleanup` ends only what this connection began, and nobody far
    away chooses which program runs. `current`: default the connection's own; a host in the worker's process works on
    what is current for the worker itself. `download_from`: of a shared worker, as `ServerOptions` has it.
    """

    def __init__(
        self,
        worker: LlamaWorker,
        *,
        shared: bool,
        current: LlamaWorker | ConnectionCurrent | None = None,
        download_from: Sequence[str] = ("hub",),
    ) -> None:
        self.worker = worker
        self.shared = shared
        self._download_from = download_from
        self.current = current or ConnectionCurrent(worker)
        self._sessions: dict[str, ChatSession] = {}
        self._beginning: dict[str, Operation[ChatSession, Progress]] = {}

    async def initialize(self, options: LlamaOptions | None) -> None:
        if self.shared and options is not None:
            check_shared_worker(options)
        await self.worker.initialize(options)

    async def begin_session(
        self, creation: Operation[ChatSession, Progress], chosen_id: str | None
    ) -> tuple[str, Model]:
        """Wait for a new session and give it its id; who names it meanwhile waits too."""
        session_id = self._new_id(chosen_id)
        self._forget_unloaded()
        self._beginning[session_id] = creation
        try:
            session = self._sessions[session_id] = await creation
        finally:
            del self._beginning[session_id]
        await self._claim_id(session, session_id)
        return session_id, session.model

    async def add_session(self, session: ChatSession, chosen_id: str | None) -> str:
        """Give a session that is there an id. Raises InvalidOptionsError when that is taken."""
        session_id = self._new_id(chosen_id)
        self._sessions[session_id] = session
        await self._claim_id(session, session_id)
        return session_id

    async def _claim_id(self, session: ChatSession, session_id: str) -> None:
        """Have the session known by that id in the journal too, unless other clients may have chosen the same."""
        if self.shared or session.id == session_id:
            return
        try:
            await session.claim_id(session_id)
        except LlamaWorkerError:
            del self._sessions[session_id]
            raise

    def _forget_unloaded(self) -> None:
        """Nothing can be asked of a session any more whose model was unloaded."""
        self._sessions = {id: session for id, session in self._sessions.items() if session.model.loaded}

    def _new_id(self, chosen_id: str | None) -> str:
        if chosen_id in self._sessions or chosen_id in self._beginning:
            raise InvalidOptionsError(f"There is a session {chosen_id} already.", path="sessionId")
        return chosen_id or uuid.uuid4().hex

    def download(self, name: ModelReference, *, sha256: str | None, size: int | None) -> Operation[Path, Downloading]:
        """As the worker's method, from where this client may have models fetched."""
        return self.worker.download_within(self._reach(), name, sha256=sha256, size=size)

    async def estimate(self, name: ModelReference, options: ModelOptions | None) -> MemoryEstimate:
        """As the worker's method, likewise."""
        return await self.worker.estimate_within(self._reach(), name, options)

    async def search(self, query: str, *, fits: bool, limit: int, site: Site) -> list[FoundModel]:
        """As the worker's method, likewise."""
        return await self.worker.search_within(self._reach(), query, fits=fits, limit=limit, site=site)

    def _reach(self) -> Reach | None:
        """Everywhere when the worker is the client's own."""
        return reach_of(self._download_from) if self.shared else None

    def ensure_files_allowed(self) -> None:
        """Raise when a client must not name files of this machine."""
        if self.shared:
            raise InvalidOptionsError("A shared worker reads and writes no files for its clients.", path="path")

    def ensure_journal_allowed(self) -> None:
        """Raise when the journal is none of a client's business."""
        if self.shared:
            raise InvalidOptionsError("The journal of a shared worker is not for its clients.", path="journal")

    def ensure_stores_allowed(self) -> None:
        """Raise when the models on this machine's disks are none of a client's business."""
        if self.shared:
            raise InvalidOptionsError("The stores of a shared worker are not for its clients.", path="type")

    def ensure_options_allowed(self, options: ModelOptions | None) -> None:
        """Raise when a client must not say that of a model."""
        if self.shared and options is not None:
            check_shared_options(options)

    async def find_session(self, session_id: str | None) -> ChatSession:
        """A session by its id, or the current one; raises SessionNotLoadedError."""
        if session_id is None:
            return self.current.session
        if beginning := self._beginning.get(session_id):
            await beginning.wait_unharmed()
        if session_id not in self._sessions:
            raise SessionNotLoadedError(f"Session {session_id} not loaded.")
        return self._sessions[session_id]

    async def close_session(self, session_id: str | None) -> None:
        session = await self.find_session(session_id)
        self._sessions = {id: other for id, other in self._sessions.items() if other is not session}
        if isinstance(self.current, ConnectionCurrent):
            self.current.drop_session(session)

    async def cleanup(self) -> None:
        """Drop the sessions; a worker of one's own is cleaned up altogether."""
        self._sessions.clear()
        if isinstance(self.current, ConnectionCurrent):
            self.current.drop_session()
            if not self.shared:
                self.current.drop_model()
        if not self.shared:
            await self.worker.cleanup()


def plain_name(model_path: str | HubFile) -> ModelReference:
    """A model's name as the worker's methods take it."""
    if isinstance(model_path, str):
        return model_path
    facts = {"repo": model_path.repo, "file": model_path.file, "revision": model_path.revision}
    return {name: value for name, value in facts.items() if value is not None}
