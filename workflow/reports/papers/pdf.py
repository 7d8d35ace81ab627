"""A paper as PDF/UA-1: tagged, titled, in its language, with bookmarks and our own fonts in it.

The layout is weasyprint's, which needs Pango from the system: it is imported when the first paper is asked for, and
where it cannot be, `may_write_pdf` says why and all else works. A long paper is laid out by a program of its own, so
that neither its time nor its memory is that of whoever asks.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from threading import BoundedSemaphore, Lock, Timer
from typing import Final

from django.contrib.staticfiles import finders
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from workflow.dates import in_language
from workflow.reports.papers.html import as_html
from workflow.reports.papers.model import Paper
from workflow.reports.papers.typesetting import Page, typeset, typesetter
from workflow.rules.refusals import Refusal, Refused, insist

CHARACTERS_OF_A_PAGE: Final = 3_100
"""Of a paper's HTML, about, on a page: 936,000 were 299 pages, 126,000 were 40."""
LONG: Final = 160_000
"""Characters of HTML from which on a paper is long: some 50 pages, which take three to four seconds of a processor and
200 MB. 300 pages take 20 to 27 seconds and 530 MB."""
DOTS_OF_A_CHARACTER: Final = 150
"""Dots of a drawing that take as long to lay in as one character of HTML: a million of them, 0.2 seconds."""
LONGEST_WAIT: Final = 170  # seconds; the program's own limit of processor time is shorter

_FONTS: Final = "vendor/dkfds/fonts/IBMPlexSans/complete/woff2"
_LOOK: Final = Path(__file__).with_name("paper.css")
# The page's number needs no more room there, and the office's line then fits beside it.
_ON_ITS_SIDE: Final = "@page { size: A4 landscape; @bottom-left { width: 88% } @bottom-right { width: 10% } }"
_ROOT: Final = Path(__file__).resolve().parents[3]
# Pango's caches are shared by all threads of the process, and a second layout at once gains nothing on two cores.
_ONE_AT_A_TIME: Final = Lock()
# Each may take as much memory as `typesetting.MEMORY` says.
_PROGRAMS: Final = BoundedSemaphore(1)

Tell = Callable[[int], None]
"""Told how much is done, in per cent; may raise, and then the work is given up."""


@cache
def has_pango() -> bool:
    """Whether the typesetter can work here. Asked by every page that offers a PDF, so the libraries alone are tried
    first: the typesetter takes a second to load."""
    try:
        for library in ("libpango-1.0.so.0", "libpangoft2-1.0.so.0"):
            ctypes.CDLL(library)
    except OSError:  # they have other names on other systems
        try:
            typesetter()
        except (ImportError, OSError):
            return False
    return True


def may_write_pdf() -> Refusal | None:
    """Papers as PDF need Pango on the machine, and the design system's fonts beside our own files."""
    if not has_pango():
        return Refusal(
            "no_pango",
            _(
                "PDF files cannot be made on this machine: the system library Pango is missing. Ask whoever runs the "
                "system to install it."
            ),
        )
    if not _fonts():
        return Refusal(
            "no_fonts",
            _(
                "PDF files cannot be made on this machine: the fonts of the design system are missing. Ask whoever "
                "runs the system to fetch them."
            ),
        )
    return None


def too_long_for_pdf() -> Refusal:
    """A paper took more time or memory than a PDF may take here."""
    return Refusal(
        "too_long",
        _(
            "The paper is too long to be made as one PDF here. Fetch it as Word, or divide the text into several "
            "documents."
        ),
    )


def characters_of(paper: Paper) -> int:
    """The measure of a paper's length: the characters of its HTML, tables and marks included, and as many more as its
    pictures take time."""
    return len(as_html(paper)) + _weight_of_pictures(paper)


def _weight_of_pictures(paper: Paper) -> int:
    # A photograph is laid in as it is.
    dots = sum(each.width * each.height for each in paper.pictures if not each.name.endswith(".jpg"))
    return dots // DOTS_OF_A_CHARACTER


def pages_of(characters: int) -> int:
    """How many pages so long a paper has, about."""
    return max(1, round(characters / CHARACTERS_OF_A_PAGE))


def write_pdf(paper: Paper, tell: Tell | None = None) -> bytes:
    """The paper as PDF. The same paper gives the same bytes, whenever and wherever it is written. tell: follows the
    work on a long paper. Raises `Refused` where none can be written, and where it would take too much."""
    insist(may_write_pdf())
    html = as_html(paper)
    pictures = {picture.name: picture.path for picture in paper.pictures}
    page = Page(html, _style(paper), _fonts(), paper.has_line_numbers, pages_of(len(html)), pictures)
    if len(html) + _weight_of_pictures(paper) >= LONG:
        return _typeset_apart(page, tell)
    with _ONE_AT_A_TIME:
        return typeset(page)


def made_of(paper: Paper) -> str:
    """A name for all that decides how the PDF of a paper looks, as SHA-256 in hex: its words, our style, and the
    typesetter. Raises `Refused` where no PDF can be written."""
    insist(may_write_pdf())
    parts = (typesetter().__version__, _style(paper), as_html(paper), str(paper.has_line_numbers))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _typeset_apart(page: Page, tell: Tell | None) -> bytes:
    """By a program of its own, in a fresh interpreter that knows no settings and no secrets; never a fork, for the
    embedded server has threads."""
    with tempfile.TemporaryDirectory() as folder, _PROGRAMS:
        given, written = Path(folder) / "page.json", Path(folder) / "paper.pdf"
        given.write_text(page.as_json(), encoding="utf-8")
        with given.open("rb") as content:
            program = subprocess.Popen(
                [sys.executable, "-m", "workflow.reports.papers.typesetting", str(written)],
                cwd=_ROOT,
                env={"PATH": os.defpath, "LANG": "C.UTF-8", "HOME": folder},
                stdin=content,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
        with program:
            clock = Timer(LONGEST_WAIT, program.kill)
            clock.daemon = True
            clock.start()
            try:
                assert program.stdout is not None
                for line in program.stdout:
                    if tell is not None and line.strip().isdigit():
                        tell(int(line))
            finally:
                # Also when whoever follows has given it up: nobody waits for it any more.
                clock.cancel()
                if sys.exc_info()[0] is not None:
                    program.kill()
        if program.returncode != 0:
            raise Refused(too_long_for_pdf())
        return written.read_bytes()


def _style(paper: Paper) -> str:
    with in_language(paper.language):
        # Translators: in the foot of a paper, before the page's number: "Page 3 of 12".
        page_word, of_word = gettext("Page"), gettext("of")
    foot = f'@page {{ @bottom-right {{ content: "{page_word} " counter(page) " {of_word} " counter(pages) }} }}'
    size = _ON_ITS_SIDE if paper.is_landscape else ""
    return "\n".join((_LOOK.read_text(encoding="utf-8"), foot, size))


@cache
def _fonts() -> dict[str, str]:
    """Our fonts: their paths by their file names."""
    folder = finders.find(_FONTS)
    return {path.name: str(path) for path in sorted(Path(str(folder)).glob("*.woff2"))} if folder else {}
