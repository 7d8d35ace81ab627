"""Lays a paper's page out as PDF/UA-1. Pure: no Django, no settings, no tables.

Short papers are laid out where they are asked for; long ones by this file as a program of its own, within limits:
`python -m workflow.reports.papers.typesetting FILE` with a `Page` in JSON as its input. It writes the PDF into the
file, and on its output, line by line, how much of the work is done in per cent.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import resource
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

MEMORY: Final = 1536 * 1024**2
"""Bytes of address space the program may take: a text of 300 pages takes some 800 MB of it, half of that in use."""
PROCESSOR: Final = 150
"""Seconds it may reckon: a text of 300 pages takes about 25."""
OUTPUT: Final = 256 * 1024**2
"""Bytes it may write."""

_FONT_NAME: Final = re.compile(r"IBMPlexSans-[A-Za-z]+\.woff2")
_WRITING: Final = 0.45  # share of the time that is left when all pages are laid out
_LAST: Final = 97  # per cent that are said while the file is not written


@dataclass(frozen=True, slots=True)
class Page:
    """What is to be laid out. html: the whole paper. style: CSS. fonts: the paths of our own, by their names. pages:
    how many it will be, about. pictures: the paths of those that stand in it, by their names."""

    html: str
    style: str
    fonts: Mapping[str, str]
    has_line_numbers: bool
    pages: int = 1
    pictures: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> str:
        """For the program's input."""
        return json.dumps(asdict(self))


@cache
def typesetter() -> Any:
    """weasyprint, which needs Pango from the system and takes a while to load."""
    import weasyprint

    return weasyprint


def typeset(page: Page, when_laid_out: Callable[[], None] = lambda: None) -> bytes:
    """The PDF. The same page gives the same bytes, whenever and wherever it is laid out. when_laid_out: called when all
    pages are, and only the file is to be written."""
    document = _laid_out(page, {})
    if page.has_line_numbers:
        numbers = _line_numbers(document)
        # Backgrounds of the pages: they take no room, so the second layout is the first one.
        document = _laid_out(page, numbers)
    when_laid_out()
    # By its words, or the file would bear another number each time.
    identifier = hashlib.sha256(page.html.encode()).hexdigest()[:32].encode()
    written: bytes = document.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=identifier)
    return written


def _laid_out(page: Page, numbers: dict[int, _Numbers]) -> Any:
    fetcher = fetcher_of(page, numbers)
    setter, fonts = typesetter(), _font_configuration()
    words = "\n".join((page.style, *_numbered((number, each.place) for number, each in numbers.items())))
    style = setter.CSS(string=words, url_fetcher=fetcher, font_config=fonts)
    html = setter.HTML(string=page.html, url_fetcher=fetcher, base_url="paper:")
    return html.render(stylesheets=[style], font_config=fonts)


@cache
def _font_configuration() -> Any:
    from weasyprint.text.fonts import FontConfiguration

    return FontConfiguration()


def _numbered(pages: Iterable[tuple[int, tuple[float, ...]]]) -> Iterator[str]:
    for page, (left, top, width, height) in pages:
        # A page's background begins where its text does; the drawing begins at the edge of the paper.
        yield (
            f'@page :nth({page}) {{ background: url("paper:lines-{page}") no-repeat -{left}px -{top}px; '
            f"background-size: {width}px {height}px }}"
        )


# ── What a paper may read ─────────────────────────────────────────────────────────────────────────────────────
def fetcher_of(page: Page, numbers: Mapping[int, _Numbers]) -> Any:
    """Opens our own fonts, the page's own pictures and the numbers of lines, and nothing else: no other file of the
    machine, and no network, whatever a text asks for."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class OwnFiles(URLFetcher):
        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            scheme, _colon, name = url.partition(":")
            if scheme == "paper" and _FONT_NAME.fullmatch(name) and name in page.fonts:
                return URLFetcherResponse(url, Path(page.fonts[name]).read_bytes(), {"Content-Type": "font/woff2"})
            if scheme == "paper" and name.startswith("picture-"):
                content = Path(page.pictures[name.removeprefix("picture-")]).read_bytes()
                return URLFetcherResponse(url, content, {"Content-Type": "image/*"})
            if scheme == "paper" and name.startswith("lines-"):
                drawing = numbers[int(name.removeprefix("lines-"))].drawing
                return URLFetcherResponse(url, drawing.encode(), {"Content-Type": "image/svg+xml"})
            raise FatalURLFetchingError(f"a paper reads nothing but its own fonts and pictures: {url}")

    return OwnFiles()


# ── Line numbers ──────────────────────────────────────────────────────────────────────────────────────────────
EVERY: Final = 5
"""Which lines bear their number; each page begins with 1."""


@dataclass(frozen=True, slots=True)
class _Numbers:
    """The numbers of a page's lines. drawing: as SVG of the whole page. place: margins to the left and above, width and
    height of the page, in pixels."""

    drawing: str
    place: tuple[float, ...]


def _line_numbers(document: Any) -> dict[int, _Numbers]:
    """By page, the numbers of its lines."""
    return {number: _numbers_of(page) for number, page in enumerate(document.pages, start=1)}


def _numbers_of(page: Any) -> _Numbers:
    places = sorted({round(bottom, 1) for bottom in _baselines(page)})
    apart: list[float] = []
    for place in places:
        # Cells beside each other are one line, though their baselines may differ by a hair.
        if not apart or place - apart[-1] > 4:
            apart.append(place)
    numbers = "".join(
        f'<text x="62" y="{place}" font-family="Plex" font-size="9" fill="#5f5f5f" text-anchor="end">{number}</text>'
        for number, place in enumerate(apart, start=1)
        if number % EVERY == 0
    )
    size = f'width="{page.width}" height="{page.height}" viewBox="0 0 {page.width} {page.height}"'
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{numbers}</svg>'
    box = page._page_box
    return _Numbers(drawing, (box.margin_left, box.margin_top, page.width, page.height))


def _baselines(page: Any) -> Iterator[float]:
    """Where the lines of the text itself stand, in pixels from the top; not those of head, foot and notes."""
    main = next((box for box in page._page_box.descendants() if box.element_tag == "main"), None)
    for box in main.descendants() if main is not None else ():
        if type(box).__name__ == "LineBox":
            yield box.position_y + box.baseline


# ── As a program ──────────────────────────────────────────────────────────────────────────────────────────────
def main(path: str) -> None:
    """Limits first, then the layout: whatever a text does, it does within them."""
    for limit, value in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, PROCESSOR),
        (resource.RLIMIT_FSIZE, OUTPUT),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))
    page = Page(**json.load(sys.stdin))
    progress = _Progress(page)
    Path(path).write_bytes(typeset(page, progress.go_on))


def _say(percent: int) -> None:
    # Where whoever asked is gone, this fails, and the program ends.
    sys.stdout.write(f"{percent}\n")
    sys.stdout.flush()


class _Progress(logging.Handler):
    """Says each further per cent. The typesetter tells its log when it begins a page; with line numbers it lays all
    pages out twice. What it looks at again for the page numbers of the contents takes no time to speak of."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self.whole = max(1, page.pages) * (2 if page.has_line_numbers else 1)
        self.pages = self.percent = 0
        self.begun = time.monotonic()
        log = logging.getLogger("weasyprint.progress")
        log.setLevel(logging.INFO)
        log.addHandler(self)
        log.propagate = False

    def emit(self, record: logging.LogRecord) -> None:
        """A page was begun."""
        if str(record.msg).startswith("Step 5 - Creating layout - Page"):
            self.pages += 1
            self._reach(int(100 * (1 - _WRITING) * min(1, self.pages / self.whole)))

    def go_on(self) -> None:
        """All pages are laid out: of the writing nothing is told, so what is left is reckoned from the time so far."""
        self._reach(round(100 * (1 - _WRITING)))
        pause = (time.monotonic() - self.begun) / self.percent

        def tick() -> None:
            while self.percent < _LAST:
                time.sleep(pause)
                self._reach(self.percent + 1)

        threading.Thread(target=tick, daemon=True).start()

    def _reach(self, percent: int) -> None:
        if percent > self.percent:
            self.percent = percent
            _say(percent)


if __name__ == "__main__":
    main(sys.argv[1])
