"""The built site: every link leads somewhere, and nothing is fetched from another host."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

_FETCHED = {("script", "src"), ("img", "src"), ("link", "href"), ("iframe", "src"), ("source", "src"), ("video", "src")}
_NOT_FETCHED = {"canonical", "prev", "next", "alternate"}


class _Page(HTMLParser):
    """What a page links to, what it fetches, and the places within it."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.anchors: set[str] = set()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value for name, value in attributes if value is not None}
        self.anchors.update(given[name] for name in ("id", "name") if name in given)
        for name in ("href", "src"):
            if name in given:
                self.links.append(given[name])
                if (tag, name) in _FETCHED and given.get("rel") not in _NOT_FETCHED:
                    self.fetched.append(given[name])


@cache
def _read(path: Path) -> _Page:
    page = _Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


def problems(folder: Path) -> Iterator[str]:
    """What is wrong with a built site, one sentence each."""
    _read.cache_clear()
    for path in sorted(folder.rglob("*.html")):
        if path.name == "404.html":  # its links begin at the root of a host
            continue
        name = path.relative_to(folder).as_posix()
        yield from (f"{name} fetches {url} from another host." for url in _read(path).fetched if urlsplit(url).netloc)
        yield from (f"{name} has a dead link: {url}" for url in _read(path).links if _dead(path, url))


def _dead(path: Path, url: str) -> bool:
    parts = urlsplit(url)
    if parts.scheme or parts.netloc:
        return False
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    target = target / "index.html" if target.is_dir() else target
    if not target.is_file():
        return True
    return bool(parts.fragment) and target.suffix == ".html" and not _there(unquote(parts.fragment), target)


def _there(anchor: str, page: Path) -> bool:
    return anchor.startswith("__") or anchor in _read(page).anchors
