"""What both kinds of engine are told, without starting one."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from collections.abc import Iterable
from typing import Any

from msgspec import json as msgspec_json

from llama_worker.engine.command import LlamaServer
from llama_worker.engine.process.endpoint import Endpoint
from llama_worker.engine.settings import EngineSettings

PLAIN = EngineSettings(model_path="m.gguf", context_size=3000, sequences=4, batch_size=64, threads=2)
ENDPOINT = Endpoint(directory="/nowhere", socket_path="/nowhere/s")

# The real parameters of the bundled engine. Nothing native is loaded into the tests' process.
_TELL = """
import json, sys
from enum import Enum
from operator import attrgetter
import msgspec, xllamacpp
from llama_worker.engine.flags.parameters import server_parameters
from llama_worker.engine.process.endpoint import Endpoint
from llama_worker.engine.settings import EngineSettings

def plain(value):
    return value.name if isinstance(value, Enum) else value

for settings in msgspec.json.decode(sys.argv[1], type=list[EngineSettings]):
    params = server_parameters(settings, Endpoint(directory="/nowhere", socket_path="/nowhere/s"), xllamacpp)
    print(json.dumps({path: plain(attrgetter(path)(params)) for path in sys.argv[2:]}))
"""


def flags(settings: EngineSettings) -> dict[str, str]:
    """Of a llama-server's command line each word with the one after it."""
    return dict(itertools.pairwise([*LlamaServer("llama-server").arguments(settings, ENDPOINT), ""]))


def environment(settings: EngineSettings) -> dict[str, str]:
    return LlamaServer("llama-server").environment(settings, ENDPOINT)


def parameters(settings: Iterable[EngineSettings], *paths: str) -> list[dict[str, Any]]:
    """Those parameters that the bundled engine gets with each of the settings."""
    command = [sys.executable, "-c", _TELL, msgspec_json.encode(list(settings)).decode(), *paths]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert not told.returncode, told.stderr
    return [json.loads(line) for line in told.stdout.splitlines()]
