"""The plugin for pytest: fixtures, and a guard against real models. It is there as soon as llama-worker is installed.

What it needs of llama-worker is imported when a test asks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast, get_args

import pytest

from .allowed import Allowed

if TYPE_CHECKING:
    from ..sync import Model as SyncModel
    from .installing import FakeModels
    from .model import FakeModel
    from .recording.recording import Recording

    Installs = Callable[[FakeModel | Mapping[str, FakeModel]], FakeModels]
    Records = Callable[..., Recording]

_OPTION, _SETTING, _MARK = "--llama-models", "llama_models", "llama_models"
_RECORD = "--llama-record"
_MODES = ("none", "new", "all")
_FAILED = pytest.StashKey[bool]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """What may be loaded, and what is recorded."""
    group = parser.getgroup("llama-worker")
    what = "which models tests may load: fake ones only, the built-in one too, or any"
    group.addoption(_OPTION, choices=get_args(Allowed), default=None, help=f"{what}.")
    group.addoption(
        _RECORD, choices=_MODES, default="none", help="ask real models: never, for what is new, or for all."
    )
    parser.addini(_SETTING, f"{what} (default: any).", default="any")


def pytest_configure(config: pytest.Config) -> None:
    """Raises `UsageError` for a setting that does not exist."""
    if (setting := config.getini(_SETTING)) not in get_args(Allowed):
        raise pytest.UsageError(_wrong(setting))
    config.addinivalue_line("markers", f'{_MARK}(allowed): which models the test may load: "fake", "builtin" or "any"')


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keeps whether the test itself failed: then nothing else need be said of it."""
    report = yield
    if report.when == "call":
        item.stash[_FAILED] = report.failed
    return report


@pytest.fixture(autouse=True)
def _llama_models_guard(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails a test that loads what it may not load, also where the program catches the error."""
    allowed = _allowed(request)
    if allowed == "any":
        yield
        return
    from .guard import guarded

    with guarded(allowed) as guard:
        yield
    if guard.refused:
        pytest.fail(f"The test asked for {', '.join(guard.refused)}; {guard.advice}", pytrace=False)


@pytest.fixture
def fake_models(request: pytest.FixtureRequest) -> Iterator[Installs]:
    """Calling it with a `FakeModel`, or with several by patterns of names, has workers load those until the test ends.

    Then each is checked: it must have had a reply to every request, and every reply must have been asked for.
    """
    from .installing import fake_models

    with ExitStack() as stack:
        installed: list[FakeModels] = []

        def install(models: FakeModel | Mapping[str, FakeModel]) -> FakeModels:
            installed.append(stack.enter_context(fake_models(models)))
            return installed[-1]

        yield install
        if not request.node.stash.get(_FAILED, False):
            for models in installed:
                models.check()


@pytest.fixture
def fake_model(fake_models: Installs) -> FakeModel:
    """A `FakeModel` that stands for every model that the test loads: `fake_model.add("Hello!")`."""
    from .model import FakeModel

    model = FakeModel()
    fake_models(model)
    return model


@pytest.fixture(scope="session")
def builtin_model() -> Iterator[SyncModel]:
    """The model of 6 MB that comes with the package, loaded once: real, but no genius. It is the one of
    `llama_worker.sync`; async tests load "builtin" themselves, which takes a moment."""
    from ..sync import LlamaWorker
    from .guard import unguarded

    with LlamaWorker() as worker:
        with unguarded():
            model = worker.load_model("builtin")
        yield model


@pytest.fixture
def llama_recording(request: pytest.FixtureRequest) -> Iterator[Records]:
    """Calling it with the name of a real model, and options to load it with, gives a `Recording` in a folder
    `recordings` beside the test, for a `FakeModel`. `--llama-record` says what is asked of the real model."""
    from .recording.recording import Recording

    with ExitStack() as stack:

        def record(model: str, name: str = "", **options: Any) -> Recording:
            test: Path = request.path
            file = test.parent / "recordings" / test.stem / f"{name or _file_name(request.node.name)}.json"
            mode = request.config.getoption(_RECORD)
            return stack.enter_context(Recording(file, model, mode=mode, **options))

        yield record


def _file_name(test: str) -> str:
    return "".join(character if character.isalnum() or character in "-_." else "-" for character in test)


def _allowed(request: pytest.FixtureRequest) -> Allowed:
    mark = request.node.get_closest_marker(_MARK)
    given = mark.args[0] if mark and mark.args else request.config.getoption(_OPTION) or request.config.getini(_SETTING)
    if given not in get_args(Allowed):
        pytest.fail(_wrong(given), pytrace=False)
    return cast(Allowed, given)


def _wrong(given: object) -> str:
    return f"llama_models is {given!r}: it must be one of {', '.join(get_args(Allowed))}."
