"""The policy for signatures, where the package that verifies them is not: `make test-signing` has it."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal

import psutil
import pytest

from llama_worker import LlamaWorker, errors
from llama_worker.models.pinning.checked import sha256_once
from llama_worker.models.signing.manifest import SignedPart
from llama_worker.models.signing.reading import Question, Refused, Verified
from llama_worker.models.signing.trust import Trust
from llama_worker.worker.signing import checking
from llama_worker.worker.signing.process import ask
from tests.models import raw_gguf as raw

Policy = Literal["warn", "enforce"]


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return raw.write(tmp_path / "a.gguf", raw.gguf())


@pytest.mark.parametrize("policy", ["warn", "enforce"])
async def test_the_package_is_asked_for_by_its_extra(
    policy: Literal["warn", "enforce"], model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("llama_worker.models.signing.trust.find_spec", lambda _: None)
    async with LlamaWorker(signatures=policy, signature_key="key.pub") as worker:
        with pytest.raises(errors.MissingPackageError, match=r"llama-worker\[signing\]"):
            await worker.load_model(model)
        with pytest.raises(errors.MissingPackageError):
            worker.verify_models([model], signatures=True)


async def test_nothing_of_it_is_imported_without_a_policy() -> None:
    code = "import asyncio, sys, llama_worker\n"
    code += "async def main():\n async with llama_worker.LlamaWorker() as worker: await worker.load_model('builtin')\n"
    code += "asyncio.run(main())\nprint([name for name in sys.modules if 'signing' in name])"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    told, _ = await process.communicate()
    assert told.strip() == b"[]"


@pytest.mark.parametrize(
    "options",
    [
        {"signatures": "enforce"},
        {"signature_key": "a", "signature_identity": "b", "signature_issuer": "c"},
        {"signature_identity": "b"},
        {"signatures": "always", "signature_key": "a"},
    ],
    ids=["nobody", "two", "half", "unknown"],
)
def test_options_that_trust_nobody_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(errors.InvalidOptionsError, match="signature"):
        LlamaWorker(**options)


def test_verifying_needs_somebody_to_trust() -> None:
    with pytest.raises(errors.InvalidOptionsError, match="signature_key"):
        LlamaWorker().verify_models(signatures=True)


async def test_a_signature_is_verified_once_for_all_files_of_a_model(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (model.parent / "model.sig").touch()
    beside = raw.write(model.with_name("b.gguf"), raw.gguf())
    late = raw.write(model.with_name("c.gguf"), raw.gguf())
    asked: list[str] = []

    async def told(question: Question) -> Verified | Refused:
        asked.append(question.signature)
        return Verified(tuple(SignedPart(path.name, "sha256", sha256_once(path)) for path in (model, beside)))

    monkeypatch.setattr(checking, "ask", told)
    signed = checking.Checking(Trust(key="key.pub"))
    await signed.check("a", [model, beside])
    with pytest.raises(errors.ModelNotSignedError, match=r"c\.gguf is not signed") as raised:
        await signed.check("a", [model, late])
    assert raised.value.details()["reason"] == "not_named"
    assert asked == [str(model.parent / "model.sig")]


async def test_a_process_that_cannot_verify_means_no(model: Path) -> None:
    assert isinstance(await ask(Question(str(model), Trust(key="none.pub"))), Refused)


async def test_nobody_waiting_ends_the_process(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waits = [sys.executable, "-c", "input(); input()"]
    monkeypatch.setattr("llama_worker.worker.signing.process.child_command", lambda _: waits)
    asking = asyncio.create_task(ask(Question(str(model), Trust(key="key.pub"))))
    me, found = psutil.Process(), SimpleNamespace(children=[])
    while not found.children:
        await asyncio.sleep(0.01)
        found.children = [child for child in me.children() if waits[-1] in child.cmdline()]
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in found.children)
