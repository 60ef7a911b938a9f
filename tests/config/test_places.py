"""Every key of any TOML text is found where it stands."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from llama_worker.config.places import places_in

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
