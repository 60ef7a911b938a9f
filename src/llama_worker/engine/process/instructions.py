"""What an engine process is told once it runs, or in its environment."""

from __future__ import annotations

from msgspec import Struct

from ..sandbox.policy import SandboxPolicy
from ..settings import EngineSettings
from .endpoint import Endpoint

SANDBOX_VARIABLE = "LLAMA_WORKER_ENGINE_SANDBOX"


class Instructions(Struct, frozen=True):
    """All that a process of the bundled engine needs to know, one line of JSON on its standard input. An engine that is
    another program has its own words for the first two, and the third in `SANDBOX_VARIABLE`."""

    settings: EngineSettings
    endpoint: Endpoint
    sandbox: SandboxPolicy
