"""The plugin in a test run of its own."""

from __future__ import annotations

import pytest

pytest_plugins = ["pytester", "llama_worker.testing.plugin"]

ARGUMENTS = ("-p", "llama_worker.testing.plugin", "-p", "no:cacheprovider", "-p", "no:xdist", "-W", "ignore")
PROGRAM = """
import pytest
from llama_worker import errors
from llama_worker.sync import LlamaWorker
from llama_worker.testing import FakeModel

def ask(text, name="hf:org/model"):
    with LlamaWorker() as worker:
        return worker.load_model(name).create_session().prompt(text).result().text
"""


def ran(pytester: pytest.Pytester, tests: str, *arguments: str) -> pytest.RunResult:
    pytester.makepyfile(PROGRAM + tests)
    return pytester.runpytest_inprocess(*ARGUMENTS, *arguments)


def test_fixtures(pytester: pytest.Pytester) -> None:
    result = ran(
        pytester,
        """
def test_one(fake_model):
    fake_model.add("Hello!")
    assert ask("Hi") == "Hello!"

def test_several(fake_models):
    fakes = fake_models({"hf:org/*": FakeModel("org"), "*": FakeModel("else")})
    assert (ask("Hi"), ask("Hi", "builtin")) == ("org", "else")
    assert fakes.loads == ["hf:org/model", "builtin"]

def test_left_over(fake_model):
    fake_model.add("never asked for")

def test_failing_is_told_once(fake_model):
    fake_model.add("never asked for")
    assert False
""",
    )
    result.assert_outcomes(passed=3, failed=1, errors=1)
    result.stdout.fnmatch_lines(["*1 replies of the fake model were never asked for*"])


def test_a_real_model_fails_the_test_that_loads_it(pytester: pytest.Pytester) -> None:
    result = ran(
        pytester,
        """
def test_caught():
    with pytest.raises(errors.ModelLoadError):
        ask("Hi", "builtin")

@pytest.mark.llama_models("builtin")
def test_marked(builtin_model):
    assert builtin_model.chat([{"role": "user", "content": "Hi"}], max_tokens=2).result().text

@pytest.mark.llama_models("real")
def test_misspelled():
    pass

def test_the_fixture_is_meant(builtin_model):
    assert builtin_model.loaded
""",
        "--llama-models=fake",
    )
    result.assert_outcomes(passed=3, errors=2)
    result.stdout.fnmatch_lines(["llama_models is 'real': it must be one of fake, builtin, any."])
    result.stdout.fnmatch_lines(["*The test asked for builtin; only fake models are allowed*"])


def test_recordings_lie_beside_the_test(pytester: pytest.Pytester) -> None:
    tests = """
def test_recorded(llama_recording, fake_models):
    fake_models(FakeModel(llama_recording("builtin")))
    with LlamaWorker() as worker:
        model = worker.load_model("anything")
        assert model.chat([{"role": "user", "content": "Hi"}], max_tokens=2, temperature=0).result().text
"""
    ran(pytester, tests).assert_outcomes(failed=1)
    ran(pytester, tests, "--llama-record=new").assert_outcomes(passed=1)
    assert [path.name for path in pytester.path.glob("recordings/*/*")] == ["test_recorded.json"]
    ran(pytester, tests, "--llama-models=fake").assert_outcomes(passed=1)
