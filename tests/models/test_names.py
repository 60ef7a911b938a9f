"""Names: every form a user may write, what it means, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llama_worker.errors import InvalidOptionsError
from llama_worker.models.names import (
    BuiltinName,
    FileName,
    HubName,
    ModelName,
    UrlName,
    check_file_path,
    parse_model_name,
)

CANONICAL: list[tuple[str, ModelName]] = [
    ("builtin", BuiltinName()),
    ("models/a.gguf", FileName(Path("models/a.gguf"))),
    ("hf:org/repo", HubName("org/repo")),
    ("hf:org/repo:Q8_0", HubName("org/repo", quantization="Q8_0")),
    ("hf:org/repo:UD-Q4_K_XL", HubName("org/repo", quantization="UD-Q4_K_XL")),
    ("hf:org/repo/a.gguf", HubName("org/repo", file="a.gguf")),
    ("hf:org/repo/dir/a.gguf", HubName("org/repo", file="dir/a.gguf")),
    ("hf:org/repo/dir/a.gguf#dev", HubName("org/repo", file="dir/a.gguf", revision="dev")),
    ("hf:org/repo:Q8_0#dev", HubName("org/repo", quantization="Q8_0", revision="dev")),
    ("https://h.example/a.gguf", UrlName("https://h.example/a.gguf", "h.example/a.gguf")),
    ("http://h.example:81/x/a.gguf", UrlName("http://h.example:81/x/a.gguf", "h.example_81/x/a.gguf")),
]

OTHER_FORMS: list[tuple[Any, ModelName]] = [
    ("hf:org/repo:q4_k_m", HubName("org/repo", quantization="Q4_K_M")),
    ("hf:org/repo:latest", HubName("org/repo")),
    ("hf:org/repo:", HubName("org/repo")),
    ("hf:org/repo/", HubName("org/repo")),
    ("hf://org/repo", HubName("org/repo")),
    ("HF:org/repo", HubName("org/repo")),
    ("hf://org/repo/a.gguf", HubName("org/repo", file="a.gguf")),
    ("huggingface:org/repo", HubName("org/repo")),
    ("huggingface://org/repo:F16", HubName("org/repo", quantization="F16")),
    ("hf.co/org/repo:Q8_0", HubName("org/repo", quantization="Q8_0")),
    ("huggingface.co/org/repo", HubName("org/repo")),
    ("https://huggingface.co/org/repo", HubName("org/repo")),
    ("https://huggingface.co/org/repo/tree/main", HubName("org/repo")),
    ("https://huggingface.co/org/repo/tree/dev", HubName("org/repo", revision="dev")),
    (
        "https://huggingface.co/org/repo/resolve/main/d/a.gguf?download=true",
        HubName("org/repo", file="d/a.gguf"),
    ),
    (
        "https://hf.co/org/repo/blob/refs%2Fpr%2F1/a%20b.gguf",
        HubName("org/repo", file="a b.gguf", revision="refs/pr/1"),
    ),
    (
        "https://h.example/a%20b.gguf#part",
        UrlName("https://h.example/a%20b.gguf", "h.example/a b.gguf"),
    ),
    ({"repo": "org/repo", "file": "a.gguf"}, HubName("org/repo", file="a.gguf")),
    ({"repo": "org/repo"}, HubName("org/repo")),
    ({"repo": "hf:org/repo", "quantization": "q8_0"}, HubName("org/repo", quantization="Q8_0")),
    ({"modelId": "hf://org/repo"}, HubName("org/repo")),
    ({"modelId": "builtin"}, BuiltinName()),
    ({"modelPath": "a.gguf"}, FileName(Path("a.gguf"))),
    ({"url": "https://h.example/a.gguf"}, UrlName("https://h.example/a.gguf", "h.example/a.gguf")),
    (Path("a.gguf"), FileName(Path("a.gguf"))),
    ("~/a.gguf", FileName(Path("~/a.gguf").expanduser())),
    (" builtin ", BuiltinName()),
    ("./builtin", FileName(Path("builtin"))),
    ("C:\\models\\a.gguf", FileName(Path("C:\\models\\a.gguf"))),
    (HubName("org/repo"), HubName("org/repo")),
]

HOSTILE_PATHS = [
    "../x.gguf",
    "a/../x.gguf",
    "/x.gguf",
    "a//x.gguf",
    "./x.gguf",
    "..\\x.gguf",
    "C:\\s.gguf",
    "C:s.gguf",
    "\\\\h\\s.gguf",
    "a\0.gguf",
    "a\n.gguf",
    "x" * 300 + ".gguf",
    "~/x.gguf",
    "~root/x.gguf",
    "nul.gguf",
    "dir/COM1.gguf",
    "dir./x.gguf",
    "dir /x.gguf",
    "a?.gguf",
    'a".gguf',
    "x.gguf:stream.gguf",
]

REFUSED: list[Any] = [
    "",
    "  ",
    "hf:",
    "hf:org",
    "hf:../../etc",
    "hf:org/..",
    "hf:org/repo--x",
    "hf:org/re po",
    "hf:org/.repo",
    "hf:org/repo-",
    "hf:-org/repo",
    "hf:org/repo/config.json",
    "hf:org/repo/a.gguf#../main",
    "hf:org/repo:Q8/0",
    "hf:org/repo:Q8 0",
    "https://h.example/",
    "https://h.example/a.bin",
    "https://user:secret@h.example/a.gguf",
    "https:///a.gguf",
    "https://h.example/%2e%2e/a.gguf",
    "https://h.example/..%2f..%2fa.gguf",
    "https://[::1/a.gguf",
    "file:///a.gguf",
    "ftp://h/a.gguf",
    "docker:ai/smollm2",
    {"file": "a.gguf"},
    {"repo": "org/repo", "file": 5},
    {"repo": "org/repo", "file": "../a.gguf"},
    {"modelId": None},
    {"modelId": {"modelId": "builtin"}},
    5,
    None,
]


@pytest.mark.parametrize(("text", "meaning"), CANONICAL, ids=[row[0] for row in CANONICAL])
def test_canonical_names_mean_the_same_both_ways(text: str, meaning: ModelName) -> None:
    assert parse_model_name(text) == meaning
    assert Path(str(meaning)) == Path(text)
    assert parse_model_name(str(meaning)) == meaning


@pytest.mark.parametrize(("form", "meaning"), OTHER_FORMS, ids=[str(row[0]) for row in OTHER_FORMS])
def test_other_forms_mean_a_canonical_name(form: Any, meaning: ModelName) -> None:
    assert parse_model_name(form) == meaning
    assert parse_model_name(str(meaning)) == meaning


@pytest.mark.parametrize("name", REFUSED, ids=repr)
def test_names_that_cannot_mean_a_model_are_refused(name: Any) -> None:
    with pytest.raises(InvalidOptionsError, match="cannot name a model"):
        parse_model_name(name)


@pytest.mark.parametrize("path", HOSTILE_PATHS, ids=lambda path: repr(path[:20]))
def test_hostile_file_names_are_refused_on_every_system(path: str) -> None:
    """T27: POSIX and Windows rules both apply, whatever the system."""
    with pytest.raises(InvalidOptionsError):
        check_file_path(path)
    with pytest.raises(InvalidOptionsError):
        parse_model_name({"repo": "org/repo", "file": path})


@given(st.text(max_size=80))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    try:
        name = parse_model_name(text)
    except InvalidOptionsError:
        return
    assert parse_model_name(str(name)) == name


@given(st.text(max_size=60))
def test_any_hub_text_stays_inside_its_repository(text: str) -> None:
    try:
        name = parse_model_name(f"hf:{text}")
    except InvalidOptionsError:
        return
    assert isinstance(name, HubName)
    for part in (*name.repo.split("/"), *(name.file or "x").split("/"), *name.revision.split("/")):
        assert part not in ("", ".", "..")
        assert not set(part) & set('\\:*?"<>|\0')
