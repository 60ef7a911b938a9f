"""What is wrong with a built page is found."""

from __future__ import annotations

from pathlib import Path

import pytest
from website.checking import problems


@pytest.mark.parametrize(
    ("html", "told"),
    [
        ('<a href="b.html#x">b</a>', None),
        ('<a href="https://example.com">elsewhere</a>', None),
        ('<a href="c.html">c</a>', "a.html has a dead link: c.html"),
        ('<a href="b.html#y">b</a>', "a.html has a dead link: b.html#y"),
        (
            '<script src="https://example.com/x.js"></script>',
            "a.html fetches https://example.com/x.js from another host.",
        ),
        ('<img src="https://example.com/x.png">', "a.html fetches https://example.com/x.png from another host."),
    ],
)
def test_a_page(html: str, told: str | None, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(html, encoding="utf-8")
    (tmp_path / "b.html").write_text('<h1 id="x">b</h1>', encoding="utf-8")
    assert list(problems(tmp_path)) == ([told] if told else [])
