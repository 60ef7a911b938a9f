"""What a worker needs before it loads anything: an engine, and places for files."""

from __future__ import annotations

from ...engine.command import EngineKind, choose_engine
from ...engine.process.directory import sweep_abandoned_directories
from ...options import LlamaOptions
from ..states.opening import NO_STATES, open_states
from ..states.store import StateStore


def prepared(options: LlamaOptions, states: StateStore | None) -> tuple[EngineKind, StateStore]:
    """The engine that was chosen, and where states are kept, which is `states` where nothing has changed; what killed
    programs have left is gone then. Raises `EngineNotFoundError` or `InvalidOptionsError`."""
    kind = choose_engine(options.engine)
    sweep_abandoned_directories()
    return kind, open_states(options, states or NO_STATES)
