"""Lines of a PDF made into paragraphs: by the distance between them, by their look, and by the words."""

from __future__ import annotations

import itertools
import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from workflow.readers.assembling import number_and_words
from workflow.readers.headings import LONGEST_HEADING
from workflow.readers.pdf.pages import Stretch
from workflow.readers.pieces import plain

BULLETS: Final = re.compile(r"^[•◦▪‣·○●■□➢✓–—\-*o]\s+(?=\S)")
"""A sign that begins an item of a list."""

_ENUMERATED: Final = re.compile(r"^(?:\d{1,3}|[a-zæøå])[.)]\s+\S")
_ENDS: Final = re.compile(r"[.:!?…][)»”\"'’¹²³⁴⁵⁶⁷⁸⁹⁰]*$")
_DIVIDED: Final = re.compile(r"(?<=\w)[-\u2010\u00ad\ufffe]$")
_UNBROKEN: Final = re.compile(r"\w[–/]$")  # "2028–2031"
_LEFT_OPEN: Final = re.compile(r"^(?:og|eller|samt|til|and|or|to)\b")  # "hospitals- og plejeområdet"


@dataclass(slots=True)
class Paragraph:
    """A paragraph: its words page by page, and how it looks. parts: (number of the page, words)."""

    page: int
    size: float
    is_bold: bool
    is_row: bool
    parts: list[tuple[int, str]] = field(default_factory=list)
    lines: int = 0

    @property
    def words(self) -> str:
        """All of it, in one line."""
        whole = ""
        for _page, words in self.parts:
            whole = with_line(whole, words)
        return whole

    def add(self, page: int, words: str) -> None:
        """One line more."""
        if self.parts and self.parts[-1][0] == page:
            self.parts[-1] = (page, with_line(self.parts[-1][1], words))
        else:
            self.parts.append((page, words))
        self.lines += 1


def with_line(words: str, line: str) -> str:
    """The words with those of the next line: a word that was divided is one again."""
    if not words:
        return line
    if _DIVIDED.search(words):
        if _LEFT_OPEN.match(line):
            return f"{words[:-1]}- {line}"
        return f"{words[:-1]}{'' if line[:1].islower() else '-'}{line}"
    return f"{words}{'' if _UNBROKEN.search(words) else ' '}{line}"


def paragraphs_of(columns: Sequence[tuple[int, Sequence[Stretch]]], body_size: float) -> list[Paragraph]:
    """All paragraphs of a document. columns: the lines of each column, with the page it stands on, as they are read.

    body_size: of the letters of most of the text, in points.
    """
    made: list[Paragraph] = []
    for page, lines in columns:
        pitch = _pitch(lines)
        before: Stretch | None = None
        edge = max((line.right for line in lines), default=0.0)
        for line in lines:
            words = " ".join(line.words.split())
            last = made[-1] if made else None
            if last is None or _begins(last, before, line, words, pitch, edge, body_size):
                made.append(Paragraph(page, line.size, line.is_bold, line.is_row))
            made[-1].add(page, words)
            before = line
    for paragraph in made:
        paragraph.parts = [(page, plain(words)) for page, words in paragraph.parts]
    return made


def _pitch(lines: Sequence[Stretch]) -> float:
    """The usual distance from one line to the next."""
    steps = [one.bottom - other.bottom for one, other in itertools.pairwise(lines)]
    usual = [step for step, line in zip(steps, lines, strict=False) if 0.5 * line.size < step < 2.2 * line.size]
    return statistics.median_low(usual) if usual else 0.0


def _begins(
    last: Paragraph,
    before: Stretch | None,
    line: Stretch,
    words: str,
    pitch: float,
    edge: float,
    body_size: float,
) -> bool:
    """Whether a line begins a paragraph. before: the line above in the same column; None at the column's beginning."""
    if abs(line.size - last.size) > 0.6 or line.is_bold != last.is_bold or line.is_row or last.is_row:
        return True
    if BULLETS.match(words) or _ENUMERATED.match(words):
        return True
    is_display = line.is_bold or line.size > 1.12 * body_size
    if is_display and number_and_words(words)[0]:
        return True
    if before is None:
        # Over the end of a column or page only a sentence that stands open goes on.
        return _ENDS.search(last.words) is not None or not words[:1].islower()
    step = before.bottom - line.bottom
    if step > 1.25 * max(pitch, line.size) or step < 0:
        return True
    is_short = before.right < edge - 0.2 * max(edge - before.left, 1.0)
    if is_short and _ENDS.search(last.words) and not words[:1].islower():
        return True
    return is_display and is_short and len(last.words) < LONGEST_HEADING and words[:1].isupper() and line.is_bold
