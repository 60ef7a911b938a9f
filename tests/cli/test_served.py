"""What `serve` and `mcp` are told on the command line, made values of."""

from __future__ import annotations

from pathlib import Path

import pytest

from llama_worker.cli.served import named_models, read_api_key
from llama_worker.config.named_model import NamedModel
from llama_worker.errors import InvalidOptionsError


def test_two_models_of_one_name_are_refused() -> None:
    with pytest.raises(InvalidOptionsError, match="Two models would be called 'x'"):
        named_models(["a/x.gguf", "b/x.gguf"], {}, {})
    configured = {"small": NamedModel(model="builtin")}
    assert list(named_models(["small", "small"], configured, {})) == ["small"]


def test_a_key_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"\xff\xfe")
    with pytest.raises(InvalidOptionsError, match="no text"):
        read_api_key(tmp_path / "key")
