"""What an engine process can do and what not, tried from within."""

from __future__ import annotations

import socket
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

from llama_worker.engine.sandbox.priority import wanted_oom_score
from tests.engine.sandbox.conftest import Probe, landlock_abi, linux

pytestmark = [linux, pytest.mark.skipif(landlock_abi() < 4, reason="this kernel's Landlock cannot do all of it")]

NEEDED = {"read_the_model", "write_its_own_file", "listen_on_its_own_socket", "start_a_thread", "take_a_gigabyte"}
READS = {"read_another_file", "look_into_its_parent"}
PROGRAMS = {"start_a_program", "fork"}
REFUSED = {
    *("write_the_model", "remove_the_model", "write_beside_it"),
    *("reach_a_socket", "send_to_a_socket", "reach_a_port", "send_a_datagram", "listen_on_a_port"),
    *("read_another_file", "look_into_its_parent", "trace", "leave_its_namespace", "use_io_uring"),
    *(["signal_its_parent"] if landlock_abi() >= 6 else []),
}


def done(result: dict[str, Any]) -> set[str]:
    """What was not refused, but for what depends on the kernel's version."""
    assert set(result["found"].values()) <= {"done", "EPERM", "EACCES"}
    return {name for name, outcome in result["found"].items() if outcome == "done"} - {"signal_its_parent"}


def own_oom_score() -> int:
    return int(Path("/proc/self/oom_score_adj").read_text())


def test_the_bundled_engine_can_do_what_it_needs_and_nothing_else(probe: Probe) -> None:
    result = probe.bundled(probe.policy())
    assert done(result) == NEEDED
    assert result["became"] == "EPERM"
    assert not {name for name in REFUSED | PROGRAMS if result["found"][name] == "done"}
    assert result["facts"] == {
        "core": 1,
        "oom_score": wanted_oom_score(own_oom_score()),
        "nice": 0,
        "disk": psutil.IOPRIO_CLASS_NONE,
    }


def test_a_foreign_engine_reads_its_libraries_wherever_and_starts_no_other_program(probe: Probe) -> None:
    result = probe.foreign(probe.policy())
    assert done(result) - READS == NEEDED
    assert result["became"] == "EACCES"


def test_a_script_may_start_programs_and_is_kept_from_the_rest(probe: Probe, tmp_path: Path) -> None:
    script = tmp_path / "llama-server"
    script.write_text(f'#!/bin/sh\nfirst=$(echo "$1")\nshift\nexec {sys.executable} "$first" "$@"\n')
    script.chmod(0o755)
    result = probe.foreign(probe.policy(), str(script))
    assert done(result) - READS == NEEDED | PROGRAMS
    assert result["became"] == "a shell"


def test_switched_off_nothing_is_kept_from_it(probe: Probe) -> None:
    result = probe.bundled(probe.policy(enabled=False))
    assert set(result["found"].values()) == {"done"}
    assert result["became"] == "a shell"
    assert result["facts"]["oom_score"] == own_oom_score()
    assert result["facts"]["core"] != 1


@pytest.mark.parametrize("offset", [0, 1])
def test_over_tcp_it_listens_on_its_own_port_only(probe: Probe, offset: int) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    probe.places["own_port"] = port
    found = probe.bundled(probe.policy(port=port + offset))["found"]
    assert found["listen_on_a_port"] == ("done" if offset == 0 else "EACCES")
    assert {found["reach_a_port"], found["send_a_datagram"]} == {"EPERM"}


def test_memory_beyond_the_limit_is_refused(probe: Probe) -> None:
    assert probe.bundled(probe.policy(memory_limit=512 << 20))["found"]["take_a_gigabyte"] == "ENOMEM"
    assert probe.bundled(probe.policy(memory_limit=3 << 30))["found"]["take_a_gigabyte"] == "done"


def test_in_the_background_it_has_the_lowest_priority(probe: Probe) -> None:
    """Which is no part of the sandbox."""
    for enabled in (True, False):
        facts = probe.bundled(probe.policy(politeness="background", enabled=enabled))["facts"]
        assert (facts["nice"], facts["disk"]) == (19, psutil.IOPRIO_CLASS_IDLE)
        Path(probe.places["model"]).write_text("removed where nothing kept it from that")
