"""A home of its own for what a command keeps."""

from __future__ import annotations

from pathlib import Path

import pytest

from llama_worker.config.folders import config_folder


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folders of this test alone for configuration and state, here and in the processes that it starts."""
    for variable in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "HOME", "APPDATA", "LOCALAPPDATA"):
        folder = tmp_path / variable.lower()
        folder.mkdir()
        monkeypatch.setenv(variable, str(folder))
    return tmp_path


@pytest.fixture
def configured(home: Path) -> Path:
    """The file of the user's configuration, in a folder that is there."""
    config_folder().mkdir(parents=True)
    return config_folder() / "llama-worker.toml"
