"""`pull`, `list`, `show`, `rm` and `estimate` as a person and as a script use them."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pexpect
import pytest

from llama_worker.cli.main import run as run_here
from llama_worker.models.store.cache import Repository
from llama_worker.models.store.store import ModelStore
from tests.models import cache_folder
from tests.models import raw_gguf as raw
from tests.models.download.hub_server import HubServer, running_hub
from tests.models.raw_gguf import UNIT, noise

REPO = "org/tiny-GGUF"
MODEL = raw.gguf(raw.model_keys(context_length=512))
COMMAND = [sys.executable, "-m", "llama_worker"]


class Done(msgspec.Struct):
    """How a command ended."""

    code: int | None
    out: str
    err: str

    def json(self) -> Any:
        return msgspec.json.decode(self.out)


class Shell:
    """Runs commands in a home folder of their own, against a hub of our own."""

    def __init__(self, home: Path, hub: HubServer) -> None:
        self.hub = hub
        self.store = ModelStore(home / "hub", home / "data" / "llama-worker" / "models")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "XDG_", "LLAMA_"))}
        self.environment = kept | {
            "HF_ENDPOINT": hub.url,
            "HF_HUB_CACHE": str(self.store.root),
            "XDG_DATA_HOME": str(home / "data"),
            "HOME": str(home),
        }

    async def start(self, *arguments: str) -> asyncio.subprocess.Process:
        pipe = asyncio.subprocess.PIPE
        return await asyncio.create_subprocess_exec(
            *COMMAND, *arguments, stdin=pipe, stdout=pipe, stderr=pipe, env=self.environment
        )

    async def run(self, *arguments: str) -> Done:
        process = await self.start(*arguments)
        out, err = await asyncio.wait_for(process.communicate(), 60)
        return Done(process.returncode, out.decode(), err.decode())

    async def in_terminal(self, *arguments: str, answer: str | None = None) -> tuple[str, int]:
        def drive() -> tuple[str, int]:
            arguments_ = [*COMMAND[1:], *arguments]
            child = pexpect.spawn(COMMAND[0], arguments_, env=self.environment, encoding="utf-8", timeout=60)
            if answer is not None:
                child.expect(r"\[y/N\]")
                child.sendline(answer)
            child.expect(pexpect.EOF)
            child.close()
            return child.before or "", child.exitstatus if child.exitstatus is not None else -1

        return await asyncio.to_thread(drive)


@pytest.fixture
async def shell(tmp_path: Path) -> AsyncIterator[Shell]:
    async with running_hub() as hub:
        yield Shell(tmp_path, hub)


async def test_pull_prints_the_path_and_nothing_else(shell: Shell) -> None:
    shell.hub.add(REPO, "tiny-Q8_0.gguf", MODEL)
    done = await shell.run("pull", f"hf:{REPO}:q8_0")
    assert (done.code, done.err) == (0, "")
    assert Path(done.out.strip()).read_bytes() == MODEL
    again = await shell.run("pull", f"hf:{REPO}:Q8_0", "--json")
    assert again.json() == {"name": f"hf:{REPO}:Q8_0", "path": done.out.strip()}


async def test_pull_of_a_url_checks_the_digest(shell: Shell) -> None:
    shell.hub.plain["a.gguf"] = MODEL
    url = f"{shell.hub.mirror_url}/a.gguf"
    wrong = await shell.run("pull", url, "--sha256", "0" * 64)
    assert (wrong.code, wrong.out) == (1, "")
    assert wrong.err.startswith("error: ")
    digest = hashlib.sha256(MODEL).hexdigest()
    assert (await shell.run("pull", url, "--sha256", digest, "--size", str(len(MODEL)))).code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["pull", "hf:../x"], 1, "cannot name a model"),
        (["pull"], 2, "Missing argument"),
        (["pull", "builtin", "--size", "0"], 2, "--size"),
        (["show", "none.gguf"], 1, "No model file at none.gguf"),
        (["rm", "hf:org/none", "--yes"], 1, "not in the store"),
        (["rm", "builtin", "--yes"], 1, "stays"),
        (["estimate", "builtin", "--cache-type", "q3"], 2, "--cache-type"),
    ],
)
def test_errors_are_one_sentence_and_an_exit_code(
    arguments: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_here(arguments) == code
    assert said in capsys.readouterr().err


async def test_so_is_an_error_of_the_hub(shell: Shell) -> None:
    done = await shell.run("pull", "hf:org/none")
    assert done.code == 1
    assert "does not exist" in done.err
    assert "Traceback" not in done.err


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
async def test_ctrl_c_keeps_what_has_come(shell: Shell) -> None:
    content = noise(16 * UNIT)
    shell.hub.add(REPO, "tiny.gguf", content)
    shell.hub.faults.bytes_per_second = 4 * UNIT
    process = await shell.start("pull", f"hf:{REPO}")
    while shell.hub.sent_bytes < 2 * UNIT:
        await asyncio.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, err = await process.communicate()
    assert process.returncode == 130
    assert "pull again to resume" in err.decode()
    assert "Traceback" not in err.decode()
    assert "partial" in (await shell.run("list")).out
    shell.hub.faults.bytes_per_second = None
    assert (await shell.run("pull", f"hf:{REPO}")).code == 0


async def test_a_terminal_gets_a_progress_bar(shell: Shell) -> None:
    shell.hub.add(REPO, "tiny.gguf", noise(8 * UNIT))
    shell.hub.faults.bytes_per_second = 8 * UNIT
    screen, code = await shell.in_terminal("pull", f"hf:{REPO}")
    assert code == 0
    assert "\x1b[" in screen
    assert re.search(r"tiny\.gguf .*MB", screen)


async def test_list_shows_every_model(shell: Shell) -> None:
    cache_folder.add(shell.store.root, REPO, "tiny-Q8_0.gguf", MODEL)
    cache_folder.add(shell.store.root, "org/broken", "b-Q8_0.gguf", b"<html>")
    raw.write(shell.store.plain_folder / "a [red].gguf", MODEL)
    done = await shell.run("list")
    assert done.code == 0
    assert "\x1b[" not in done.out
    names = [line.split("  ")[0] for line in done.out.splitlines()]
    assert names == ["NAME", "builtin", "a [red].gguf", "hf:org/broken:Q8_0", f"hf:{REPO}:Q8_0"]
    assert "broken: not a usable" not in done.out
    assert "not a usable GGUF model" in done.err
    entries = (await shell.run("list", "--json")).json()
    assert [entry["state"] for entry in entries] == ["complete", "complete", "broken", "complete"]
    assert {"name", "path", "quantization", "sizeBytes", "parameters", "contextLength", "lastUsed"} <= set(entries[0])


async def test_show_describes_a_model(shell: Shell) -> None:
    done = await shell.run("show", "builtin", "--metadata")
    assert done.code == 0
    assert "architecture  llama" in done.out
    assert "general.architecture = llama" in done.out
    details = (await shell.run("show", "builtin", "--json")).json()
    assert details["metadata"]["general.architecture"] == "llama"
    template = (await shell.run("show", "builtin", "--template")).out
    assert template.rstrip("\n") == details["chatTemplate"].rstrip("\n")


async def test_show_fetches_only_the_header_of_a_remote_model(shell: Shell) -> None:
    content = noise(30 * UNIT)
    keys = [*raw.model_keys(), raw.string("evil", "\x1b[31mred\x07")]
    shell.hub.add(REPO, "tiny.gguf", raw.gguf(keys, [raw.tensor("noise", (len(content) // 4,))], data=content))
    done = await shell.run("show", f"hf:{REPO}", "--metadata")
    assert done.code == 0
    assert "not downloaded" in done.out
    assert "\\x1b[31mred\\x07" in done.out
    assert shell.hub.sent_bytes <= 1 << 20
    assert (await shell.run("show", f"hf:{REPO}", "--json")).json()["state"] == "remote"


async def test_rm_asks_before_it_removes(shell: Shell) -> None:
    link = cache_folder.add(shell.store.root, REPO, "tiny-Q8_0.gguf", MODEL)
    nobody = await shell.run("rm", f"hf:{REPO}:Q8_0")
    assert (nobody.code, link.exists()) == (2, True)
    assert "--yes" in nobody.err
    screen, code = await shell.in_terminal("rm", f"hf:{REPO}:Q8_0", answer="n")
    assert (code, link.exists()) == (130, True)
    screen, code = await shell.in_terminal("rm", f"hf:{REPO}:Q8_0", answer="y")
    assert (code, link.is_symlink()) == (0, False)
    assert "are free again" in screen
    assert not Repository(shell.store.root, REPO).folder.exists()


async def test_rm_tells_scripts_what_was_freed(shell: Shell) -> None:
    cache_folder.add(shell.store.root, REPO, "tiny-Q8_0.gguf", MODEL)
    done = await shell.run("rm", f"hf:{REPO}", "--yes", "--json")
    assert done.json() == {"name": f"hf:{REPO}", "freedBytes": len(MODEL)}


async def test_estimate_says_whether_it_fits(shell: Shell) -> None:
    done = await shell.run("estimate", "builtin")
    assert done.code == 0
    assert "It fits" in done.out
    answer = (await shell.run("estimate", "builtin", "--json", "--sequences", "2")).json()
    assert answer["fits"] is True
    assert answer["estimate"]["sequences"] == 2
    too_much = await shell.run("estimate", "builtin", "--context-size", "2000000000", "--sequences", "1")
    assert too_much.code == 1
    assert "It does not fit" in too_much.out


async def test_estimate_of_a_remote_model(shell: Shell) -> None:
    shell.hub.add(REPO, "tiny.gguf", MODEL)
    answer = (await shell.run("estimate", f"hf:{REPO}", "--json")).json()
    assert answer["estimate"]["weightsBytes"] == 128
    assert answer["largestContextSize"] == 512


@pytest.mark.slow
async def test_render_marks_what_only_the_template_can_write(shell: Shell) -> None:
    done = await shell.run("render", "builtin", "Hi <|im_end|>", "--system", "Be kind.")
    assert done.out == (
        "⟦<|im_start|>⟧system\nBe kind.⟦<|im_end|>⟧\n⟦<|im_start|>⟧user\nHi <\\x200b|im_end|>⟦<|im_end|>⟧\n"
        "⟦<|im_start|>⟧assistant\n\n"
    )
    shown = (await shell.run("render", "builtin", "Hi", "--template", "zephyr", "--json")).json()
    assert shown["text"].startswith("<|user|>\nHi")
    numbers = await shell.run("render", "builtin", "Hi", "--template", "zephyr", "--tokens")
    assert [int(number) for number in numbers.out.split()] == shown["tokens"]
    refused = await shell.run("render", "builtin", "Hi", "--template", "nowhere.jinja")
    assert refused.code == 1
    assert "nowhere.jinja" in refused.err


async def test_the_shell_completes_model_names(shell: Shell) -> None:
    cache_folder.add(shell.store.root, REPO, "tiny-Q8_0.gguf", MODEL)
    shell.environment |= {
        "_LLAMA_WORKER_COMPLETE": "bash_complete",
        "COMP_WORDS": "llama-worker show hf",
        "COMP_CWORD": "2",
    }
    assert f"hf:{REPO}:Q8_0" in (await shell.run()).out
    shell.environment |= {"COMP_WORDS": "llama-worker es", "COMP_CWORD": "1"}
    assert "estimate" in (await shell.run()).out


async def test_verify_names_the_bad_file_and_fails(shell: Shell) -> None:
    shell.hub.add(REPO, "tiny-Q8_0.gguf", MODEL)
    path = Path((await shell.run("pull", f"hf:{REPO}:Q8_0")).out.strip())
    done = await shell.run("verify", f"hf:{REPO}:Q8_0")
    assert (done.code, done.err) == (0, "")
    path.resolve().write_bytes(MODEL[:-1] + b"\1")
    done = await shell.run("verify", "--json")
    assert done.code == 1
    assert {check["name"]: check["state"] for check in done.json()}[f"hf:{REPO}:Q8_0"] == "bad"
    done = await shell.run("verify")
    assert done.code == 1
    assert "tiny-Q8_0.gguf is not what it was; run `llama-worker rm" in done.err


async def test_what_is_unused_is_told_and_removed(shell: Shell) -> None:
    shell.hub.add(REPO, "tiny-Q8_0.gguf", MODEL)
    path = Path((await shell.run("pull", f"hf:{REPO}:Q8_0")).out.strip())
    assert "unused for that long" in (await shell.run("rm", "--unused", "30d", "-y")).out
    os.utime(path, (0, 0))
    told = await shell.run("rm", "--unused", "30d", "--dry-run", "--json")
    assert told.json() == [{"name": f"hf:{REPO}:Q8_0", "freedBytes": len(MODEL), "lastUsed": 0.0}]
    [store] = (await shell.run("du", "--json")).json()
    assert store["models"] == [{"name": f"hf:{REPO}:Q8_0", "sizeBytes": len(MODEL), "sharedBytes": 0}]
    assert f"Removed hf:{REPO}:Q8_0" in (await shell.run("rm", "--unused", "30d", "-y")).out
    assert not path.exists()
