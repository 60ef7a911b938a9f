"""Choosing a file of a repository, as llama.cpp does and in one point better."""

from __future__ import annotations

import pytest

from llama_worker.models.gguf.split import all_parts, parse_split
from llama_worker.models.store.choose import choose_model, choose_projector, is_model_file, parts_of, quantization_of

FILES = [
    "m-BF16-00001-of-00002.gguf",
    "m-BF16-00002-of-00002.gguf",
    "m-IQ4_0.gguf",
    "m-Q2_K.gguf",
    "m-Q4_K_M.gguf",
    "m-Q8_0.gguf",
    "UD/m-UD-Q4_K_XL.gguf",
    "mmproj-BF16.gguf",
    "imatrix.gguf",
    "README.md",
]


@pytest.mark.parametrize(
    ("quantization", "chosen"),
    [
        (None, "m-Q4_K_M.gguf"),
        ("Q4_K_M", "m-Q4_K_M.gguf"),
        ("q4_k_m", "m-Q4_K_M.gguf"),
        ("Q8_0", "m-Q8_0.gguf"),
        ("BF16", "m-BF16-00001-of-00002.gguf"),
        ("F16", None),
        ("Q4_0", None),
        ("Q4_K_XL", "UD/m-UD-Q4_K_XL.gguf"),
        ("UD-Q4_K_XL", "UD/m-UD-Q4_K_XL.gguf"),
        ("Q6_K", None),
        ("Q4.K", None),
    ],
)
def test_the_quantization_decides(quantization: str | None, chosen: str | None) -> None:
    assert choose_model(FILES, quantization) == chosen


@pytest.mark.parametrize(
    ("files", "chosen"),
    [
        (["m-Q2_K.gguf", "m-Q8_0.gguf"], "m-Q8_0.gguf"),
        (["m-Q5_K.gguf", "m-Q2_K.gguf"], "m-Q5_K.gguf"),
        (["mmproj-F16.gguf", "model.gguf"], "model.gguf"),
        (["m-00002-of-00002.gguf"], None),
        (["mmproj-F16.gguf"], None),
        ([], None),
    ],
)
def test_without_a_quantization_the_defaults_of_llama_cpp_apply(files: list[str], chosen: str | None) -> None:
    assert choose_model(files) == chosen


def test_helpers_are_no_models() -> None:
    assert [path for path in FILES if not is_model_file(path)] == [
        "m-BF16-00002-of-00002.gguf",
        "mmproj-BF16.gguf",
        "imatrix.gguf",
        "README.md",
    ]


def test_the_nearest_projector_is_chosen() -> None:
    files = ["mmproj-F16.gguf", "mmproj-Q8_0.gguf", "a/mmproj-F16.gguf", "b/mmproj-F16.gguf", "m.gguf"]
    assert choose_projector(files, "m-Q8_0.gguf") == "mmproj-Q8_0.gguf"
    assert choose_projector(files, "m-BF16.gguf") == "mmproj-F16.gguf"
    assert choose_projector(files, "a/m-Q8_0.gguf") == "a/mmproj-F16.gguf"
    assert choose_projector(["m.gguf", "b/mmproj-F16.gguf"], "m.gguf") is None


@pytest.mark.parametrize(
    ("path", "quantization"),
    [
        ("d/m-Q4_K_M.gguf", "Q4_K_M"),
        ("m.q8_0.gguf", "Q8_0"),
        ("m-F16-00001-of-00003.gguf", "F16"),
        ("model.gguf", None),
    ],
)
def test_the_file_name_tells_the_quantization(path: str, quantization: str | None) -> None:
    assert quantization_of(path) == quantization


def test_any_part_names_the_whole_model() -> None:
    parts = ("d/m-00001-of-00003.gguf", "d/m-00002-of-00003.gguf", "d/m-00003-of-00003.gguf")
    assert [parts_of(part) for part in parts] == [parts, parts, parts]
    assert all_parts("m.gguf") == ("m.gguf",)


@pytest.mark.parametrize("name", ["m-00000-of-00002.gguf", "m-00003-of-00002.gguf", "m-00001-of-99999.gguf"])
def test_impossible_parts_are_plain_files(name: str) -> None:
    assert parse_split(name) is None
