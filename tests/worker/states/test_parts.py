"""The parts by themselves: reading tokens, what is kept, what an engine is taken to hold."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec import structs

from llama_worker.engine.api.endpoints import Slot, TaskParameters, Work
from llama_worker.engine.process.directory import sweep_abandoned_directories
from llama_worker.engine.settings import EngineSettings
from llama_worker.models.gguf.inspect import read_model
from llama_worker.worker.states.engine_memory import EngineMemory
from llama_worker.worker.states.key import WITHOUT_EFFECT, compute_alike
from llama_worker.worker.states.size import bytes_per_token
from llama_worker.worker.states.state_file import common_tokens, holds_media, packed, read_tokens
from llama_worker.worker.states.store import StateStore, StoredState
from tests.gguf_factory import write_gguf

SETTINGS = EngineSettings(model_path="m", context_size=4096, sequences=2, batch_size=64, threads=1, prompt_cache_mib=1)


def state_bytes(tokens: list[int], *, media: int = 0, payload: bytes = b"computed") -> bytes:
    inner = struct.pack("=iII", -1, 1, len(tokens)) + packed(tokens) + struct.pack("=I", media)
    return struct.pack("=III", 0x67677371, 4, len(inner) // 4) + inner + payload


def plain_bytes(tokens: list[int]) -> bytes:
    return struct.pack("=III", 0x67677371, 2, len(tokens)) + packed(tokens) + b"computed"


@pytest.mark.parametrize(
    ("content", "tokens"),
    [
        (state_bytes([1, 2, 3]), [1, 2, 3]),
        (plain_bytes([1, 2, 3]), [1, 2, 3]),
        (state_bytes([]), []),
        (state_bytes([1, 2, 3], media=1), None),
        (state_bytes([1, 2, 3])[:20], None),
        (b"GGUF" * 9, None),
        (b"", None),
    ],
)
def test_the_tokens_of_a_state(content: bytes, tokens: list[int] | None, tmp_path: Path) -> None:
    (tmp_path / "state").write_bytes(content)
    assert read_tokens(tmp_path / "state") == (None if tokens is None else packed(tokens))
    assert holds_media(tmp_path / "state") is (content == state_bytes([1, 2, 3], media=1))


@pytest.mark.parametrize("length", [0, 1, 2, 5, 100])
@pytest.mark.parametrize("more", [0, 1, 7])
def test_common_tokens(length: int, more: int) -> None:
    one = packed(list(range(length)))
    other = packed([*range(length), *[-5] * more])
    assert common_tokens(one, other) == common_tokens(other, one) == length
    if length:
        assert common_tokens(one, packed([*range(length - 1), 255])) == length - 1


def test_every_setting_that_counts_for_nothing_exists() -> None:
    assert set(EngineSettings.__struct_fields__) > WITHOUT_EFFECT
    assert not compute_alike(SETTINGS, structs.replace(SETTINGS, cache_type_k="q8_0"))
    assert compute_alike(SETTINGS, structs.replace(SETTINGS, threads=7))


def put(store: StateStore, folder: Path, tokens: list[int], key: str = "k", size: int = 1000) -> StoredState | None:
    file = folder / "written"
    content = state_bytes(tokens)
    file.write_bytes(content + bytes(size - len(content)))
    state = store.put(key, file, store.states(key))
    assert not file.exists()
    return state


def test_those_used_longest_ago_go_first(tmp_path: Path) -> None:
    store = StateStore(tmp_path / "states", 3500)
    states = [put(store, tmp_path, [index] * 9, key="ab"[index % 2]) for index in range(3)]
    for age, state in enumerate(states):
        assert state
        os.utime(next(tmp_path.glob(f"states/*/{state.digest}.state")), (1000 - age, 1000 - age))
    assert states[2]
    assert store.lend("a", states[2], tmp_path / "lent")  # which is to use it
    put(store, tmp_path, [7] * 9, key="c")
    assert [len(store.states(key)) for key in "abc"] == [2, 0, 1]
    assert states[2] in store.states("a")


def test_what_goes_on_replaces_what_it_goes_on_from(tmp_path: Path) -> None:
    store = StateStore(tmp_path / "states", 10_000)
    put(store, tmp_path, [1, 2, 3])
    longer = put(store, tmp_path, [1, 2, 3, 4])
    other = put(store, tmp_path, [1, 2, 9])
    assert put(store, tmp_path, [1, 2]) in (longer, other), "which holds it already"
    assert {state.tokens for state in store.states("k")} == {packed([1, 2, 3, 4]), packed([1, 2, 9])}


def test_what_cannot_be_kept_is_removed(tmp_path: Path) -> None:
    store = StateStore(tmp_path / "states", 1500)
    assert put(store, tmp_path, [1, 2], size=2000) is None
    assert put(store, tmp_path, []) is None
    assert not store.states("k")


def test_a_directory_on_another_file_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def other_device(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    store = StateStore(tmp_path / "states", 5000)
    with monkeypatch.context() as patch:
        patch.setattr("pathlib.Path.replace", other_device)
        with pytest.raises(OSError, match="cross-device"):
            put(store, tmp_path, [1, 2])  # neither can the copy be renamed
    assert not [file for file in (tmp_path / "states").rglob("*") if file.is_file() and file.name != ".lock"]
    state = put(store, tmp_path, [1, 2])
    assert state
    monkeypatch.setattr("os.link", other_device)
    assert store.lend("k", state, tmp_path / "lent")
    assert read_tokens(tmp_path / "lent") == packed([1, 2])


def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    store = StateStore(tmp_path, 5000)
    (tmp_path / "k").mkdir()
    left = tmp_path / "k" / ".incoming-1"
    left.write_bytes(b"half")
    put(store, tmp_path, [1, 2])
    assert not left.exists()


def test_a_closed_private_store_takes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    store = StateStore(None, 5000)
    state = put(store, tmp_path, [1, 2])
    assert state in store.states("k")
    store.close()
    assert not store.takes
    assert put(store, tmp_path, [1, 2]) is None
    assert not store.states("k")
    assert not list(tmp_path.iterdir())


def stored(name: str, tokens: list[int], size: int = 1000) -> StoredState:
    return StoredState(name, packed(tokens), size)


def slot(id: int, task: int, tokens: int, *, busy: bool = False, stream: bool = True) -> Slot:
    return Slot(id, is_processing=busy, id_task=task, n_prompt_tokens=tokens, params=TaskParameters(stream))


TEXT = list(range(1000))


def memory_of(states: list[StoredState], *, bytes_per_token: float = 1000, largest: float = 4000) -> EngineMemory:
    return EngineMemory(SETTINGS, states, bytes_per_token=bytes_per_token, largest=largest)


def test_the_state_that_spares_most_is_brought_back() -> None:
    short, long = stored("short", TEXT[:300]), stored("long", TEXT[:800])
    elsewhere = stored("elsewhere", [*TEXT[:400], *[-1] * 500])
    memory = memory_of([short, long, elsewhere])
    assert memory.best_for(packed(TEXT)) == long
    assert memory.best_for(packed([*TEXT[:300], *[7] * 50])) == short
    assert memory.best_for(packed([-1, *TEXT])) is None
    assert memory.best_for(packed([*TEXT[:300], *[7] * 5000])) is None, "llama.cpp would not take that slot"
    memory.brought_back(0, long)
    assert memory.best_for(packed(TEXT)) is None
    assert memory.lacks_some
    memory.forget(short)
    memory.forget(elsewhere)
    assert not memory.lacks_some


def test_what_the_engine_had_no_room_for_may_be_brought_back_again() -> None:
    """Two slots, and a megabyte beside them."""
    states = [stored(str(index), [index] * 300, size=400_000) for index in range(6)]
    memory = memory_of(states)
    for index, state in enumerate(states):
        memory.brought_back(index, state)
    assert memory.best_for(packed([0] * 400)) == states[0]
    assert memory.best_for(packed([1] * 400)) == states[1]
    assert memory.best_for(packed([2] * 400)) is None


def test_the_slot_whose_loss_costs_least_is_used() -> None:
    memory = memory_of([])
    slots = [slot(0, 1, 500), slot(1, 2, 90), slot(2, 3, 10, busy=True)]
    assert memory.slot_to_use(slots) == 1
    memory.look(slots, Work(600, 1.0, 0))
    memory.kept(0, stored("kept", TEXT[:500]), 0.001)
    assert memory.slot_to_use(slots) == 0, "which is kept"
    memory.brought_back(0, stored("other", TEXT[:300]))
    assert memory.slot_to_use(slots) == 1, "what was just brought back is to be used first"
    assert memory.slot_to_use([slot(2, 3, 10, busy=True)]) is None


def test_what_is_worth_keeping() -> None:
    memory = memory_of([])
    memory.look([slot(0, 1, 400), slot(1, -1, 0), slot(2, 3, 900, stream=False)], Work(380, 1.0, 20))
    assert memory.worth_keeping(last=False) == [0], "the third was embedded"
    memory.kept(0, stored("kept", TEXT[:400]), 0.01)
    assert memory.worth_keeping(last=True) == []
    memory.look([slot(0, 2, 430)], Work(400, 1.05, 30))
    assert memory.worth_keeping(last=False) == [], "an eighth must be new"
    assert memory.worth_keeping(last=True) == [0]
    memory.look([slot(0, 3, 600)], Work(560, 1.5, 40))
    assert memory.worth_keeping(last=False) == [0]


def test_keeping_must_be_cheaper_than_reading() -> None:
    memory = memory_of([])
    memory.look([slot(0, 1, 400)], Work(400, 0.1, 0))
    assert memory.worth_keeping(last=True) == [0]
    memory.kept(0, stored("kept", TEXT[:400]), 0.2)
    memory.look([slot(0, 2, 900)], Work(900, 0.225, 0))
    assert memory.worth_keeping(last=True) == [0], "the machine may have been busy"
    memory.kept(0, stored("again", TEXT[:900]), 0.45)
    memory.look([slot(0, 3, 1400)], Work(1400, 0.35, 0))
    assert memory.worth_keeping(last=True) == []


def test_what_would_be_too_large_or_take_too_long_is_not_written() -> None:
    for changes in ({"largest": 300}, {"bytes_per_token": 1e7}):
        memory = memory_of([], **changes)
        memory.look([slot(0, 1, 400)], Work(400, 100.0, 0))
        assert memory.worth_keeping(last=True) == []


def test_a_slot_with_images_is_no_failure() -> None:
    memory = memory_of([])
    for task in range(1, 5):
        memory.look([slot(0, task, 400 * task)], Work(400 * task, 1.0 * task, 0))
        assert memory.worth_keeping(last=True) == [0]
        memory.left_alone(0)
    assert memory.worth_keeping(last=True) == []


def test_an_engine_that_keeps_failing_is_left_alone() -> None:
    memory = memory_of([])
    for attempt in range(1, 4):
        memory.look([slot(0, attempt, 400 * attempt)], Work(400 * attempt, attempt, 0))
        assert memory.worth_keeping(last=True) == [0]
        memory.kept(0, None, 0.0)
    memory.look([slot(0, 9, 3900)], Work(9000, 9.0, 0))
    assert memory.worth_keeping(last=True) == []


def test_how_large_a_state_is_said_to_be(tmp_path: Path) -> None:
    """Four heads of 16 numbers, keys and values, of two bytes, in two layers."""
    header = read_model([write_gguf(tmp_path / "model.gguf")])
    assert bytes_per_token(header, SETTINGS) == 2 * 64 * 2 * 2
    assert bytes_per_token(header, structs.replace(SETTINGS, cache_type_k="f32", cache_type_v="f32")) == 2 * 64 * 2 * 4


def test_a_private_directory_has_room_and_does_not_outlive_a_killed_program() -> None:
    code = (
        "import os\n"
        "from llama_worker.engine.process.directory import create_roomy_directory\n"
        "print(create_roomy_directory(), flush=True)\n"
        "os._exit(9)\n"
    )
    environment = {name: value for name, value in os.environ.items() if name not in ("TMPDIR", "TEMP", "TMP")}
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment).stdout
    left = Path(output.strip())
    assert left.exists()
    if sys.platform == "linux" and os.access("/var/tmp", os.W_OK):
        assert left.parent == Path("/var/tmp")
    sweep_abandoned_directories()
    assert not left.exists()
