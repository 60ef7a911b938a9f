"""The store: found by every name, listed as what it is, removed without hurting anything else."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest
from huggingface_hub import scan_cache_dir, try_to_load_from_cache

from llama_worker.errors import DownloadError, InvalidOptionsError, ModelNotFoundError
from llama_worker.models.store import near_files
from llama_worker.models.store.cache import Repository, hub_root, plain_root
from llama_worker.models.store.files import resolve_local
from llama_worker.models.store.journal import Journal, PartialFiles
from llama_worker.models.store.store import ModelStore
from tests.models import cache_folder
from tests.models import raw_gguf as raw

REPO = "org/tiny-GGUF"


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "hub", tmp_path / "plain")


def add_partial(target: Path, name: str, size: int = 1000) -> PartialFiles:
    partial = PartialFiles(target)
    raw.write(partial.data, bytes(size))
    journal = Journal(name, "http://h/x", size, 400, digest="sha256:0", flushed=[400, 30, 0])
    partial.journal.write_bytes(msgspec.json.encode(journal))
    return partial


@pytest.mark.parametrize(
    ("variables", "root"),
    [
        ({}, Path.home() / ".cache/huggingface/hub"),
        ({"XDG_CACHE_HOME": "/x"}, Path("/x/huggingface/hub")),
        ({"HF_HOME": "/h"}, Path("/h/hub")),
        ({"HUGGINGFACE_HUB_CACHE": "/o"}, Path("/o")),
        ({"HF_HUB_CACHE": "/c"}, Path("/c")),
        ({"LLAMA_CACHE": "/l"}, Path("/l")),
    ],
)
def test_the_environment_decides_where_models_live(variables: dict[str, str], root: Path) -> None:
    """Each variable wins over those before it in the list."""
    weaker = {"XDG_CACHE_HOME": "/x", "HF_HOME": "/h", "HUGGINGFACE_HUB_CACHE": "/o", "HF_HUB_CACHE": "/c"}
    names = list(weaker)
    below = names[: names.index(next(iter(variables)))] if variables and next(iter(variables)) in weaker else []
    environ = variables | {name: weaker[name] for name in (below if variables else [])}
    assert hub_root({"LLAMA_CACHE": ""} | environ) == root


def test_the_plain_folder_follows_the_data_folder() -> None:
    assert plain_root({"XDG_DATA_HOME": "/d"}) == Path("/d/llama-worker/models")
    assert plain_root({}) == Path.home() / ".local/share/llama-worker/models"


def test_the_builtin_model_is_always_there(store: ModelStore) -> None:
    assert store.resolve("builtin") == resolve_local("builtin")
    assert store.resolve("builtin").path.name == "builtin.gguf"


def test_a_path_means_that_file_and_all_its_parts(store: ModelStore, tmp_path: Path) -> None:
    first = raw.write(tmp_path / "m-00001-of-00002.gguf", raw.gguf())
    second = raw.write(tmp_path / "m-00002-of-00002.gguf", raw.gguf())
    for name in (first, second, str(second), {"modelPath": str(first)}):
        assert store.resolve(name).parts == (first, second)
    assert store.resolve(first).size_bytes == 2 * first.stat().st_size
    second.unlink()
    with pytest.raises(ModelNotFoundError, match="Part 2 of 2"):
        store.resolve(first)


def test_a_bare_name_is_looked_up_in_the_plain_folder(store: ModelStore) -> None:
    path = raw.write(store.plain_folder / "mine.gguf", raw.gguf())
    assert store.resolve("mine.gguf").path == path


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("none.gguf", "No model file at none.gguf."),
        ("org/repo", "Did you mean hf:org/repo?"),
        ("hf:org/none", "hf:org/none is not downloaded; run `llama-worker pull hf:org/none`."),
        ("https://h/a.gguf", "https://h/a.gguf is not downloaded; run `llama-worker pull https://h/a.gguf`."),
    ],
)
def test_what_is_not_here_is_said_helpfully(store: ModelStore, name: str, sentence: str) -> None:
    with pytest.raises(ModelNotFoundError) as caught:
        store.resolve(name)
    assert sentence in caught.value.message


@pytest.mark.parametrize("name", ["bultin", "BUILTIN", "Builtin", "built-in"])
def test_a_misspelled_builtin_is_met_with_the_right_name(store: ModelStore, name: str) -> None:
    with pytest.raises(ModelNotFoundError) as caught:
        store.resolve(name)
    assert caught.value.message == f"No model file at {name} (did you mean `builtin`?)."


@pytest.mark.parametrize("name", ["qwen3-0.6b-q4_k_m", "Qwen3-0.6B-Q4_K_M.bin", "qwen3_06b-q4km.gguf"])
def test_a_file_that_nearly_matches_is_named(store: ModelStore, tmp_path: Path, name: str) -> None:
    there = raw.write(tmp_path / "Qwen3-0.6B-Q4_K_M.gguf", raw.gguf())
    (tmp_path / "notes.txt").touch()
    for resolve in (store.resolve, resolve_local):
        with pytest.raises(ModelNotFoundError) as caught:
            resolve(tmp_path / name)
        assert caught.value.message == f"No model file at {tmp_path / name} (did you mean `{there}`?)."


def test_a_folder_of_very_many_files_is_not_read_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(near_files, "_ENTRIES", 2)
    for number in range(5):
        (tmp_path / f"model-{number}.gguf").touch()
    listed = list(near_files._models_in(tmp_path))
    assert len(listed) == 2


@pytest.mark.parametrize(
    ("name", "here"),
    [
        ("hf:org/tiny-GUFF", f"hf:{REPO}:Q4_K_M"),
        (f"hf:{REPO}:Q8_0", f"hf:{REPO}:Q4_K_M"),
        ("hf:other/quite-different", None),
    ],
)
def test_a_hub_name_that_is_not_here_leads_to_one_that_is(store: ModelStore, name: str, here: str | None) -> None:
    cache_folder.add(store.root, REPO, "tiny-Q4_K_M.gguf")
    with pytest.raises(ModelNotFoundError) as caught:
        store.resolve(name)
    assert caught.value.message.startswith(f"{name} is not downloaded; run `llama-worker pull {name}`")
    assert caught.value.message.endswith(f"; `{here}` is here." if here else f"`llama-worker pull {name}`.")


def test_a_folder_is_no_model(store: ModelStore, tmp_path: Path) -> None:
    with pytest.raises(ModelNotFoundError, match="is a folder"):
        store.resolve(tmp_path)
    with pytest.raises(ModelNotFoundError, match="not a local file"):
        resolve_local("hf:org/repo")


def test_hub_names_find_what_the_hub_client_stored(store: ModelStore) -> None:
    small = cache_folder.add(store.root, REPO, "tiny-Q4_K_M.gguf")
    large = cache_folder.add(store.root, REPO, "sub/tiny-Q8_0.gguf", raw.gguf(raw.model_keys(block_count=3)))
    assert store.resolve(f"hf:{REPO}").path == small
    assert store.resolve(f"hf:{REPO}:q8_0").path == large
    assert store.resolve(f"hf:{REPO}/sub/tiny-Q8_0.gguf").path == large
    assert store.resolve({"repo": REPO, "file": "tiny-Q4_K_M.gguf"}).path == small
    assert store.resolve(f"hf:{REPO}#{cache_folder.COMMIT}").path == small
    with pytest.raises(ModelNotFoundError, match="not downloaded"):
        store.resolve(f"hf:{REPO}:Q2_K")
    assert try_to_load_from_cache(REPO, "tiny-Q4_K_M.gguf", cache_dir=store.root) == str(small)


def test_revisions_are_kept_apart(store: ModelStore) -> None:
    main = cache_folder.add(store.root, REPO, "a.gguf")
    dev = cache_folder.add(store.root, REPO, "a.gguf", raw.gguf([]), commit=cache_folder.OLDER, ref="dev")
    assert store.resolve(f"hf:{REPO}/a.gguf").path == main
    assert store.resolve(f"hf:{REPO}/a.gguf#dev").path == dev


def test_without_main_another_branch_serves(store: ModelStore) -> None:
    link = cache_folder.add(store.root, REPO, "a.gguf", ref="master")
    assert store.resolve(f"hf:{REPO}").path == link


def test_split_models_and_projectors_are_found(store: ModelStore) -> None:
    links = cache_folder.split(store.root, REPO, "big-F16")
    projector = cache_folder.add(store.root, REPO, "mmproj-F16.gguf", b"projector")
    files = store.resolve(f"hf:{REPO}:F16")
    assert files.parts == tuple(links)
    assert files.mmproj == projector
    projector.resolve().unlink()
    assert store.resolve(f"hf:{REPO}:F16").mmproj is None


def test_a_damaged_ref_is_no_commit(store: ModelStore) -> None:
    cache_folder.add(store.root, REPO, "a.gguf")
    raw.write(Repository(store.root, REPO).folder / "refs" / "main", b"../../../etc\xff")
    with pytest.raises(ModelNotFoundError):
        store.resolve(f"hf:{REPO}")


def test_use_is_remembered_where_the_hub_client_looks(store: ModelStore) -> None:
    link = cache_folder.add(store.root, REPO, "a.gguf")
    os.utime(link, (1_000, 2_000))
    store.touch(store.resolve(f"hf:{REPO}"))
    entry = next(entry for entry in store.list() if entry.name.startswith("hf:"))
    assert entry.last_used is not None
    assert entry.last_used > 1_000_000
    assert link.stat().st_mtime == 2_000
    assert scan_cache_dir(store.root).size_on_disk == link.stat().st_size


def test_listing_does_not_count_as_use(store: ModelStore) -> None:
    link = cache_folder.add(store.root, REPO, "a.gguf")
    os.utime(link, (1_000, 2_000))
    store.list()
    assert link.stat().st_atime == 1_000


def test_the_list_shows_everything_as_what_it_is(store: ModelStore) -> None:
    cache_folder.add(store.root, REPO, "tiny-Q4_K_M.gguf")
    cache_folder.add(store.root, REPO, "mmproj-F16.gguf", b"projector")
    cache_folder.split(store.root, "org/split", "big-F16")
    cache_folder.split(store.root, "org/torn", "big-F16")[1].unlink()
    cache_folder.add(store.root, "org/broken", "b-Q8_0.gguf", b"<html>")
    cache_folder.add(store.root, "org/lost", "l-Q8_0.gguf").resolve().unlink()
    add_partial(Repository(store.root, "org/part").blob("0" * 64), "hf:org/part/p-Q8_0.gguf")
    raw.write(Repository(store.root, "org/other").blob("1.incomplete"), b"123")
    raw.write(store.plain_folder / "mine.gguf", raw.gguf())
    add_partial(store.plain_folder / "h.example" / "a.gguf", "https://h.example/a.gguf")
    found = {entry.name: entry for entry in store.list()}
    assert {name: (entry.state, entry.parts) for name, entry in found.items()} == {
        "builtin": ("complete", 1),
        f"hf:{REPO}:Q4_K_M": ("complete", 1),
        "hf:org/broken:Q8_0": ("broken", 1),
        "hf:org/lost:Q8_0": ("broken", 1),
        "hf:org/other": ("partial", 1),
        "hf:org/part/p-Q8_0.gguf": ("partial", 1),
        "hf:org/split:F16": ("complete", 2),
        "hf:org/torn:F16": ("incomplete", 2),
        "https://h.example/a.gguf": ("partial", 1),
        "mine.gguf": ("complete", 1),
    }
    assert found["hf:org/part/p-Q8_0.gguf"].downloaded_bytes == 430
    assert all(entry.problem for entry in found.values() if entry.state != "complete")
    whole = found["mine.gguf"]
    assert (whole.quantization, whole.parameters, whole.context_length) == ("F32", 32, 128)


def test_the_list_shows_a_model_whose_first_part_is_missing(store: ModelStore) -> None:
    cache_folder.split(store.root, REPO, "big-F16")[0].unlink()
    entries = [entry for entry in store.list() if entry.name != "builtin"]
    assert [entry.state for entry in entries] == ["incomplete"]


def test_every_listed_name_is_found_again(store: ModelStore) -> None:
    cache_folder.add(store.root, REPO, "tiny-Q4_K_M.gguf")
    cache_folder.add(store.root, REPO, "tiny-it-Q4_K_M.gguf")
    cache_folder.add(store.root, REPO, "tiny.gguf", commit=cache_folder.OLDER, ref="dev")
    cache_folder.add(store.root, REPO, "old.gguf", commit="a" * 40, ref=None)
    raw.write(store.plain_folder / "dir" / "mine.gguf", raw.gguf())
    for entry in store.list():
        assert str(store.resolve(entry.name).path) == entry.path


def test_details_are_plain_json(store: ModelStore) -> None:
    template = raw.string("tokenizer.chat_template", "{{ x }}")
    keys = [*raw.model_keys(), template, raw.key("nan", raw.F32, b"\x00\x00\xc0\x7f")]
    raw.write(store.plain_folder / "mine.gguf", raw.gguf(keys))
    details = msgspec.json.decode(msgspec.json.encode(store.show("mine.gguf")))
    assert details["chatTemplate"] == "{{ x }}"
    assert details["tensors"] == [{"type": "F32", "count": 1, "elements": 32, "sizeBytes": 128}]
    assert details["metadata"]["llama.block_count"] == 2
    assert details["metadata"]["nan"] is None
    assert (details["state"], details["blockCount"]) == ("complete", 2)


def test_removing_frees_the_bytes_and_leaves_nothing_behind(store: ModelStore) -> None:
    cache_folder.split(store.root, REPO, "sub/big-F16")
    cache_folder.add(store.root, REPO, "mmproj-F16.gguf", b"projector")
    size = store.resolve(f"hf:{REPO}:F16").size_bytes
    assert store.plan_removal(f"hf:{REPO}:F16").size_bytes == size + len(b"projector")
    assert store.remove(f"hf:{REPO}:F16") == size + len(b"projector")
    assert not Repository(store.root, REPO).folder.exists()


def test_bytes_that_another_model_uses_stay(store: ModelStore) -> None:
    first = cache_folder.add(store.root, REPO, "a.gguf")
    second = cache_folder.add(store.root, REPO, "b.gguf", commit=cache_folder.OLDER, ref="dev")
    assert first.resolve() == second.resolve()
    assert store.remove(f"hf:{REPO}/a.gguf") == 0
    assert second.read_bytes() == raw.gguf()
    assert store.remove(f"hf:{REPO}/b.gguf#dev") == len(raw.gguf())
    assert not Repository(store.root, REPO).folder.exists()


def test_bytes_shared_between_repositories_stay_while_used(store: ModelStore) -> None:
    """huggingface_hub 2.x may keep the bytes of a blob in a store for the whole cache."""
    shared = raw.write(store.root / "blobs" / "ab" / "ab12", raw.gguf())
    for repo in ("org/one", "org/two"):
        blob = cache_folder.add(store.root, repo, "a.gguf").resolve()
        blob.unlink()
        blob.symlink_to("../../blobs/ab/ab12")
    store.remove("hf:org/one")
    assert store.resolve("hf:org/two").path.read_bytes() == shared.read_bytes()
    assert store.remove("hf:org/two") >= len(raw.gguf())
    assert not shared.exists()


def test_other_models_of_the_repository_stay(store: ModelStore) -> None:
    cache_folder.add(store.root, REPO, "a-Q4_K_M.gguf")
    cache_folder.add(store.root, REPO, "a-Q8_0.gguf", raw.gguf([]))
    cache_folder.add(store.root, REPO, "mmproj-F16.gguf", b"projector")
    store.remove(f"hf:{REPO}:Q8_0")
    assert store.resolve(f"hf:{REPO}:Q4_K_M").mmproj is not None
    with pytest.raises(ModelNotFoundError):
        store.resolve(f"hf:{REPO}:Q8_0")


@pytest.mark.parametrize("damage", ["link", "blob", "content"])
def test_broken_models_can_be_removed(store: ModelStore, damage: str) -> None:
    link = cache_folder.add(store.root, REPO, "a-Q8_0.gguf", b"<html>")
    if damage == "blob":
        link.resolve().unlink()
    if damage == "link":
        os.utime(link)
    store.remove(f"hf:{REPO}:Q8_0")
    assert [entry.name for entry in store.list()] == ["builtin"]


def test_partials_can_be_removed(store: ModelStore) -> None:
    add_partial(Repository(store.root, REPO).blob("0" * 64), f"hf:{REPO}/a-Q8_0.gguf")
    add_partial(store.plain_folder / "h.example" / "a.gguf", "https://h.example/a.gguf")
    store.remove(f"hf:{REPO}:Q8_0")
    store.remove("https://h.example/a.gguf")
    assert [entry.name for entry in store.list()] == ["builtin"]


def test_what_is_being_downloaded_is_not_removed(store: ModelStore) -> None:
    partial = add_partial(Repository(store.root, REPO).blob("0" * 64), f"hf:{REPO}/a-Q8_0.gguf")
    partial.owner.write_bytes(b"")  # as young as that, it may belong to a living process
    with pytest.raises(DownloadError, match="is being downloaded"):
        store.remove(f"hf:{REPO}")
    assert partial.data.exists()


def test_what_is_not_ours_is_not_removed(store: ModelStore, tmp_path: Path) -> None:
    outside = raw.write(tmp_path / "mine.gguf", raw.gguf())
    raw.write(store.plain_folder / "in.gguf", raw.gguf())
    for name in (outside, "../mine.gguf", "builtin"):
        with pytest.raises(InvalidOptionsError):
            store.remove(name)
    with pytest.raises(ModelNotFoundError, match="list"):
        store.remove(f"hf:{REPO}")
    assert outside.exists()
    assert store.remove("in.gguf") > 0


def test_a_link_out_of_the_store_loses_only_the_link(store: ModelStore, tmp_path: Path) -> None:
    outside = raw.write(tmp_path / "mine.gguf", raw.gguf())
    store.plain_folder.mkdir()
    (store.plain_folder / "link.gguf").symlink_to(outside)
    store.remove("link.gguf")
    assert outside.exists()
    assert not (store.plain_folder / "link.gguf").is_symlink()


@pytest.mark.parametrize("name", ["a" * 5000, "a/" * 3000 + "x.gguf", "./" + "a" * 300])
def test_a_name_that_is_longer_than_any_file_has_is_that_of_no_model(store: ModelStore, name: str) -> None:
    for find in (store.resolve, store.plan_removal):
        with pytest.raises(ModelNotFoundError) as refused:
            find(name)
        assert len(str(refused.value)) < 400
