"""Every key of any TOML text is found where it stands."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from llama_worker.config.places import Place, first_deep_key, places_in

TEXT = '''# a comment with a [table] and a key = 1
top = 1
[a]
b = "text with # and ] and \\" and = in it"
  c.d = [1, 2, # one
         {e = "x"}, "]"]
[a."quoted.key"]
'f g' = { h = 1, i.j = [ "}" ], k = { l = true } }
[[list]]
m = """
n = 1
"""
o = \'\'\'[not.a.table]\'\'\'
[[list]]
p = 1979-05-27 07:32:00
q = -1e5
'''


def keys_of(value: Any, path: tuple[str, ...] = ()) -> set[tuple[str, ...]]:
    if isinstance(value, list):
        return set().union(*(keys_of(item, path) for item in value)) if value else set()
    if not isinstance(value, dict):
        return set()
    return set().union(*({(*path, key)} | keys_of(item, (*path, key)) for key, item in value.items()))


def test_all_keys_have_a_place_and_nothing_else() -> None:
    assert set(places_in(TEXT)) == keys_of(tomllib.loads(TEXT))


@pytest.mark.parametrize("key", ["top", "b", "c", "e", "m", "o", "p", "q", "h", "l"])
def test_a_place_is_where_an_editor_shows_the_key(key: str) -> None:
    path, place = next((path, place) for path, place in places_in(TEXT).items() if path[-1] == key)
    line = TEXT.splitlines()[place.line - 1]
    assert line[place.column - 1 :].startswith(key), path


@pytest.mark.parametrize("text", ["", "\n\n", "# only", "a = 1", "a=[]", "[x]", "a = 0x1F\nb=inf", "a.b.c = {}"])
def test_small_texts(text: str) -> None:
    assert set(places_in(text)) == keys_of(tomllib.loads(text))


def test_a_key_of_too_many_parts_is_found_wherever_it_is_no_text() -> None:
    deep = " . ".join(["a", '"b"', "'c'"] * 2)
    assert first_deep_key(f"x = 1\n[{deep}]", 5) == 7
    assert first_deep_key(f"x = {{ {deep} = 1 }}", 5) == 6
    for harmless in (f"[{deep}]", f"# {deep}", f'x = """\n{deep} = """', f"x = '''{deep}'''"):
        assert first_deep_key(harmless, 6 if harmless.startswith("[") else 5) is None


def test_the_places_of_many_keys_take_time_as_their_number() -> None:
    """Of the text before a key nothing is read for it."""
    text = CountedText("".join(f"k{number} = 1\n" for number in range(100)))
    assert places_in(text)["k99",] == Place(100, 1)
    assert text.searches == 0


class CountedText(str):
    """Counts how often it is searched from its beginning."""

    searches = 0

    def count(self, *args: Any) -> int:
        self.searches += 1
        return super().count(*args)

    def rfind(self, *args: Any) -> int:
        self.searches += 1
        return super().rfind(*args)
