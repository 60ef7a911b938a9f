"""Where no framework is installed: nothing is imported, and whoever asks is told which extra has it."""

from __future__ import annotations

import re
import tomllib
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.frameworks.environment import FRAMEWORKS
from tests.frameworks.matrix import NAMES, PROVES, SUITES
from tests.test_architecture import imported_by

PROVIDERS = Path(import_module("llama_worker.integrations").__file__ or "").parent
PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
MODULES = {"langchain": "langchain_core", "llama_index": "llama_index", "pydantic_ai": "pydantic_ai"}


def test_each_provider_has_its_extra_and_its_tests() -> None:
    extras = PROJECT["optional-dependencies"]
    folders = {path.name for path in PROVIDERS.iterdir() if (path / "__init__.py").is_file()}
    assert folders - {"access"} == set(FRAMEWORKS)
    for name in FRAMEWORKS:
        (package,) = extras[name.replace("_", "-")]
        assert package.split(">=")[0] not in str(extras["all"])


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_a_framework_that_is_missing_is_named_with_its_extra(name: str) -> None:
    if find_spec(MODULES.get(name, name)) is not None:
        pytest.skip("it is installed")
    with pytest.raises(ModuleNotFoundError) as caught:
        import_module(f"llama_worker.integrations.{name}")
    extra = name.replace("_", "-")
    assert str(caught.value).endswith(f'pip install "llama-worker[{extra}]".')


def test_nothing_of_a_framework_is_imported_before_it_is_asked_for() -> None:
    modules = imported_by("import llama_worker, llama_worker.integrations")
    assert not modules & {"langchain_core", "llama_index", "pydantic_ai", "llm", "haystack", "pydantic"}


def test_the_plugin_of_llm_is_declared_and_harms_nobody() -> None:
    assert PROJECT["entry-points"]["llm"] == {"llama-worker": "llama_worker.integrations.llm"}
    assert all(
        found.value == "llama_worker.integrations.llm" for found in entry_points(group="llm", name="llama-worker")
    )


def test_only_a_provider_names_its_framework() -> None:
    """So that nothing else needs it."""
    for path in sorted(PROVIDERS.parent.rglob("*.py")):
        own = path.relative_to(PROVIDERS).parts[0] if path.is_relative_to(PROVIDERS) else ""
        others = "|".join(MODULES.get(framework, framework) for framework in FRAMEWORKS if framework != own)
        imported = re.search(rf"^\s*(?:from|import) (?:{others})\b", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert imported is None, path


def test_what_the_page_of_clients_says_of_providers_names_tests_that_exist() -> None:
    assert set(NAMES) == set(FRAMEWORKS)
    for tests in PROVES.values():
        for framework, test in tests.items():
            file, _, name = test.partition("::")
            text = (SUITES / framework / file).read_text(encoding="utf-8")
            assert re.search(rf"^(?:async def|def|class) {name}\b", text, re.MULTILINE), test
