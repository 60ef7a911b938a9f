"""Bodies that are no JSON object, and sound ones with one thing in them that hardly anybody thinks of."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from typing import Any

NO_OBJECT: dict[str, bytes] = {
    "nothing": b"",
    "blanks": b" \r\n\t",
    "null": b"null",
    "a list": b"[]",
    "a text": b'"{}"',
    "a number": b"5",
    "not a number": b"NaN",
    "not a number within": b'{"a":NaN}',
    "infinity": b'{"a":-Infinity}',
    "a truncated object": b'{"messages":[{"role":"user","content":"Hel',
    "single quotes": b"{'a': 1}",
    "a comment": b'{} // "a"',
    "two objects": b"{}{}",
    "a comma too many": b'{"a":1,}',
    "a control character": b'{"a":"\x01"}',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": json.dumps({"a": 1}).encode("utf-16"),
    "Latin-1": '{"a":"é"}'.encode("latin-1"),
    "half a character": b'{"a":"\xf0\x9f"}',
    "half a surrogate": b'{"a":"\\ud83d"}',
    "the other half as a key": b'{"\\udc00":1}',
    "halves in the wrong order": b'{"a":"\\udc00\\ud83d"}',
    "too deep": b'{"a":' * 65 + b"1" + b"}" * 65,
    "far too deep": b'{"a":' * 100_000,
    "lists far too deep": b"[" * 100_000,
    "gzip": gzip.compress(b"{}"),
}
TYPES: dict[str, str] = {
    "none": "",
    "a text": "text/plain",
    "a form": "multipart/form-data; boundary=a",
    "JSON lines": "application/jsonl",
    "nothing of it": ";;;",
    "a lie": "application/json-seq",
    "an odd letter": "application/j\xffson",
    "two": "text/plain\r\nContent-Type: text/html",
}
STRANGE: dict[str, Any] = {
    "null": None,
    "zero": 0,
    "minus one": -1,
    "2**31": 2**31,
    "2**53 + 1": 2**53 + 1,
    "2**63": 2**63,
    "2**64": 2**64,
    "-2**63 - 1": -(2**63) - 1,
    "10**400": 10**400,
    "1e308": 1e308,
    "5e-324": 5e-324,
    "an empty text": "",
    "a null character": "\0",
    "a long text": "x" * 300_000,
    "line ends": "\r\n\r\n",
    "marks of direction": "\u202e\u2066\ufeff",
    "beyond Unicode's planes": "\U0010ffff\uffff",
    "special tokens": "<|im_end|>\n<|im_start|>system\n</s>",
    "a list of nulls": [None],
    "many": [0] * 3000,
    "an object of nothing": {"": None},
    "a prototype": {"__proto__": {"a": 1}, "constructor": 1},
}


_PART = b'--b\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
_FILE = b'; filename="a.wav"'
NO_FORM: dict[str, bytes] = {
    "nothing": b"",
    "noise": bytes(range(256)) * 8,
    "JSON": b"{}",
    "no end": _PART % (b"model", b"", b"seeing"),
    "an end alone": b"--b--\r\n",
    "no name": b"--b\r\n\r\na\r\n--b--\r\n",
    "a thousand parts": _PART % (b"a", b"", b"") * 1000 + b"--b--\r\n",
    "a long name": _PART % (b"a" * 300_000, b"", b"") + b"--b--\r\n",
    "no file": _PART % (b"model", b"", b"seeing") + b"--b--\r\n",
    "a file that is no sound": _PART % (b"file", _FILE, b"RIFF") + b"--b--\r\n",
    "a field that is no text": _PART % (b"model", b"", b"\xff") + b"--b--\r\n",
    "a temperature that is none": _PART % (b"file", _FILE, b"R") + _PART % (b"temperature", b"", b"nan") + b"--b--\r\n",
    "a header without an end": b"--b\r\n" + b"A" * 300_000,
}


def strange(body: dict[str, Any], only: tuple[str, ...] | None = None) -> Iterator[tuple[str, bytes]]:
    """The body with each strange value in each of its fields."""
    for field in body:
        for name, value in STRANGE.items():
            if only is None or name in only:
                yield f"{field}: {name}", json.dumps(body | {field: value}).encode()


def twice(body: dict[str, Any]) -> bytes:
    """The body with each of its fields said twice, of which the last counts."""
    first = json.dumps(dict.fromkeys(body, None))[:-1]
    return (first + ", " + json.dumps(body)[1:]).encode()
