"""Models with real signatures: what is believed, and what each kind of doubt is called."""

from __future__ import annotations

import base64
import json
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from llama_worker import LlamaWorker, errors, sync
from llama_worker.models.download.download import Downloader
from llama_worker.models.store.files import builtin_path
from llama_worker.models.store.store import ModelStore
from llama_worker.ports.client.bridge import LlamaWorkerBridge
from llama_worker.ports.client.in_process import in_process_port
from tests.models import raw_gguf as raw
from tests.models.download.hub_server import running_hub
from tests.worker.signing.proof.suite.signing import Signer

Hashed = Callable[[Any], Any]
SHARDS = 100_000


@pytest.fixture
def maker(tmp_path: Path) -> Signer:
    return Signer(tmp_path / "maker")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model among other files of the same repository."""
    folder = tmp_path / "models"
    (folder / "more").mkdir(parents=True)
    shutil.copy(builtin_path(), folder / "a.gguf")
    raw.write(folder / "more" / "b.gguf", raw.gguf())
    (folder / "README.md").write_text("A model.")
    return folder


def enforcing(maker: Signer, **more: Any) -> dict[str, Any]:
    return {"signatures": "enforce", "signature_key": str(maker.public_key)} | more


async def refused(path: Path, maker: Signer, **more: Any) -> errors.ModelNotSignedError:
    async with LlamaWorker(**enforcing(maker, **more)) as worker:
        with pytest.raises(errors.ModelNotSignedError) as raised:
            await worker.load_model(path)
        assert not worker.models
    return raised.value


async def test_a_signed_model_is_loaded_though_only_some_of_what_was_signed_is_here(
    folder: Path, maker: Signer
) -> None:
    maker.sign(folder, folder / "model.sig")
    (folder / "README.md").unlink()
    shutil.rmtree(folder / "more")
    async with LlamaWorker(**enforcing(maker)) as worker:
        model = await worker.load_model(folder / "a.gguf")
        assert await model.complete("Once", max_tokens=2)


@pytest.mark.parametrize(
    "hashed",
    [
        lambda config: config.use_file_serialization(hashing_algorithm="blake2"),
        lambda config: config.use_file_serialization(hashing_algorithm="blake3"),
        lambda config: config.use_shard_serialization(shard_size=SHARDS),
        lambda config: config.use_shard_serialization(hashing_algorithm="blake2", shard_size=SHARDS),
    ],
    ids=["blake2", "blake3", "shards", "shards of blake2"],
)
async def test_every_way_of_hashing_is_compared(folder: Path, maker: Signer, hashed: Hashed) -> None:
    maker.sign(folder, folder / "model.sig", hashed)
    path = folder / "a.gguf"
    async with LlamaWorker(signature_key=str(maker.public_key)) as worker:
        [check] = await worker.verify_models([path], signatures=True)
        assert (check.signature, check.signature_problem) == ("ok", None)
        content = path.read_bytes()
        for changed in (content[:-1] + bytes([content[-1] ^ 1]), content + b"\0", content[:-1]):
            path.write_bytes(changed)
            [check] = await worker.verify_models([path], signatures=True)
            assert check.signature == "changed"


async def test_a_file_that_was_signed_by_itself(folder: Path, maker: Signer) -> None:
    path = folder / "a.gguf"
    maker.sign(path, folder / "a.gguf.sig")
    async with LlamaWorker(signature_key=str(maker.public_key)) as worker:
        [check] = await worker.verify_models([path], signatures=True)
        assert check.signature == "ok"
    shutil.copy(folder / "a.gguf.sig", folder / "model.sig")
    (folder / "a.gguf.sig").unlink()
    assert (await refused(path, maker)).reason == "not_named"


async def test_each_doubt_has_its_name(folder: Path, maker: Signer, tmp_path: Path) -> None:
    path, signature = folder / "a.gguf", folder / "model.sig"
    missing = await refused(path, maker)
    assert (missing.reason, missing.code) == ("missing", "model_not_signed")
    maker.sign(folder, signature)
    shutil.copy(path, folder / "late.gguf")
    assert (await refused(folder / "late.gguf", maker)).reason == "not_named"
    stranger = await refused(path, Signer(tmp_path / "stranger"))
    assert stranger.reason == "untrusted"
    assert "is not believed to be of" in stranger.message
    path.write_bytes(path.read_bytes()[:-1] + b"\1")
    assert (await refused(path, maker)).reason == "changed"
    signature.write_text("{}")
    assert (await refused(path, maker)).reason == "untrusted"


async def test_a_manifest_that_was_changed_is_not_believed(folder: Path, maker: Signer) -> None:
    path, signature = folder / "a.gguf", maker.sign(folder, folder / "model.sig")
    bundle = json.loads(signature.read_text())
    payload = base64.b64decode(bundle["dsseEnvelope"]["payload"])
    assert b'"a.gguf"' in payload
    bundle["dsseEnvelope"]["payload"] = base64.b64encode(payload.replace(b'"a.gguf"', b'"c.gguf"')).decode()
    signature.write_text(json.dumps(bundle))
    path.rename(folder / "c.gguf")
    assert (await refused(folder / "c.gguf", maker)).reason == "untrusted"


async def test_a_companion_needs_a_signature_too(folder: Path, maker: Signer, tmp_path: Path) -> None:
    maker.sign(folder, folder / "model.sig")
    draft = shutil.copy(builtin_path(), tmp_path / "draft.gguf")
    async with LlamaWorker(**enforcing(maker)) as worker:
        with pytest.raises(errors.ModelNotSignedError, match=r"draft\.gguf has no signature"):
            await worker.load_model(folder / "a.gguf", draft_model=str(draft))


async def test_a_warning_is_one_line(folder: Path, maker: Signer, caplog: pytest.LogCaptureFixture) -> None:
    async with LlamaWorker(signatures="warn", signature_key=str(maker.public_key)) as worker:
        with caplog.at_level(logging.WARNING, "llama_worker"):
            await worker.load_model(folder / "a.gguf")
    [record] = [record for record in caplog.records if "signature" in record.getMessage()]
    assert record.name == "llama_worker.models"
    assert "\n" not in record.getMessage()


async def test_what_is_no_key_is_told_as_an_option(folder: Path, maker: Signer) -> None:
    maker.sign(folder, folder / "model.sig")
    for key in (folder / "README.md", folder / "none.pub"):
        async with LlamaWorker(signatures="warn", signature_key=str(key)) as worker:
            with pytest.raises(errors.InvalidOptionsError) as raised:
                await worker.load_model(folder / "a.gguf")
        assert raised.value.path == "signature_key"


async def test_an_identity_is_not_a_key(folder: Path, maker: Signer, tmp_path: Path) -> None:
    maker.sign(folder, folder / "model.sig")
    config = tmp_path / "trust.json"
    config.write_text("{}")
    who: dict[str, Any] = {"signature_identity": "a@example.org", "signature_issuer": "https://issuer.example.org"}
    async with LlamaWorker(signatures="enforce", signature_trust_config=str(config), **who) as worker:
        with pytest.raises(errors.InvalidOptionsError) as raised:
            await worker.load_model(folder / "a.gguf")
    assert raised.value.path == "signature_trust_config"


async def test_a_signature_comes_with_the_model_and_goes_with_it(
    maker: Signer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = tmp_path / "made"
    raw.write(made / "a-Q8_0.gguf", raw.gguf())
    raw.write(made / "b-F16.gguf", raw.gguf(raw.model_keys(context_length=64)))
    maker.sign(made, made / "model.sig")
    async with running_hub() as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        for file in made.iterdir():
            hub.add("org/a", file.name, file.read_bytes())
        store = ModelStore(tmp_path / "hub", tmp_path / "plain")
        await Downloader(store).download("hf:org/a:Q8_0")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    inner = LlamaWorker(signature_key=str(maker.public_key))
    async with LlamaWorkerBridge(in_process_port(inner)) as bridge:
        [check] = await bridge.verify_models(["hf:org/a:Q8_0"], signatures=True)
    assert (check.state, check.signature) == ("ok", "ok")
    await inner.remove_model("hf:org/a:Q8_0")
    await inner.cleanup()
    assert not list((tmp_path / "hub").rglob("*.sig"))


def test_the_command_says_which_are_signed(folder: Path, maker: Signer) -> None:
    maker.sign(folder, folder / "model.sig")
    raw.write(folder / "late.gguf", raw.gguf())
    home = os.environ | {
        "XDG_DATA_HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
        "HF_HUB_CACHE": str(folder / "hub"),
    }
    command = [sys.executable, "-m", "llama_worker", "verify", "--quiet", "--signature", "--key", str(maker.public_key)]

    def verified(name: str) -> subprocess.CompletedProcess[str]:
        path = [str(folder / name)]
        return subprocess.run([*command, *path], env=home, capture_output=True, text=True, check=False)

    everything = subprocess.run(command, env=home, capture_output=True, text=True, check=False)
    assert everything.returncode == 0, everything.stderr  # the built-in model is told, and not asked for its signature
    assert "builtin" in everything.stdout
    good, bad = verified("a.gguf"), verified("late.gguf")
    assert good.returncode == 0, good.stderr
    assert "SIGNATURE" in good.stdout
    assert bad.returncode == 1
    assert "does not name it" in bad.stderr


def test_without_async(folder: Path, maker: Signer) -> None:
    maker.sign(folder, folder / "model.sig")
    with sync.LlamaWorker(**enforcing(maker)) as worker:
        [check] = worker.verify_models([folder / "a.gguf"], signatures=True)
        assert check.signature == "ok"
