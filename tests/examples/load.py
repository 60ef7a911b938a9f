"""Examples as modules: they are scripts in folders of their own, which are no packages."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType

from tests.examples.environment import EXAMPLES


def load(example: str, name: str) -> ModuleType:
    """The file `examples/EXAMPLE/NAME.py`, which may import what stands beside it."""
    folder = EXAMPLES / example
    spec = importlib.util.spec_from_file_location(f"example_{example}_{name}", folder / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    sys.path.insert(0, str(folder))
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(folder))
    return module
