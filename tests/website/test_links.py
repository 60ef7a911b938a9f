"""Links of the repository become links of the site."""

from __future__ import annotations

import pytest
from website.links import rewritten
from website.pages import DOCS, ROOT

TARGETS = {
    DOCS / "guide" / "tools.md": "guide/tools.md",
    DOCS / "reliability.md": "reliability.md",
    ROOT / "deploy" / "README.md": "repository/deploy.md",
}


@pytest.mark.parametrize(
    ("link", "site"),
    [
        ("[a](../reliability.md#x)", "[a](../reliability.md#x)"),
        ("[a](tools.md)", "[a](tools.md)"),
        ("[a](../../deploy/README.md)", "[a](../repository/deploy.md)"),
        ("[a](../../deploy)", "[a](../repository/deploy.md)"),
        ("[a](https://example.com/x.md)", "[a](https://example.com/x.md)"),
        ("[a](#here)", "[a](#here)"),
        ('<img src="../reliability.md">', '<img src="../reliability.md">'),
        ("[a]: ../../deploy/README.md", "[a]: ../repository/deploy.md"),
    ],
)
def test_a_link_leads_to_its_page(link: str, site: str) -> None:
    assert rewritten(link, DOCS / "guide" / "sessions.md", "guide/sessions.md", TARGETS) == site


def test_a_translated_page_leads_to_pages_of_its_language() -> None:
    """`docs/pt-BR/guide/x.md` stands at `guide/x.md` of its own site."""
    source = DOCS / "pt-BR" / "guide" / "sessions.md"
    assert rewritten("[a](../../reliability.md)", source, "guide/sessions.md", TARGETS) == "[a](../reliability.md)"


def test_a_heading_is_found_in_the_page_that_is_shown() -> None:
    """The site makes anchors without accents; a translated page has the heading at the same place."""
    english, translated = DOCS / "guide" / "saving.md", DOCS / "pt-BR" / "guide" / "saving.md"
    targets = {english: "guide/saving.md", translated: "guide/saving.md"}
    link = "[a](guide/saving.md#what-was-computed-is-kept-by-itself)"
    found = rewritten(link, DOCS / "reliability.md", "reliability.md", targets)
    assert found == "[a](guide/saving.md#o-que-foi-calculado-e-guardado-por-si)"
    assert rewritten(link, DOCS / "reliability.md", "reliability.md", {english: "guide/saving.md"}) == link


def test_code_is_left_alone() -> None:
    text = "```text\n[a](../../deploy)\n```\n"
    assert rewritten(text, DOCS / "guide" / "sessions.md", "guide/sessions.md", TARGETS) == text
