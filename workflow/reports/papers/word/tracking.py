"""Tracked changes in a Word file: what was added and removed can be accepted or rejected there, one by one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from docx.document import Document
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

from workflow.reports.papers.word.parts import element, runs_of
from workflow.rules.compared_words import Fate

_TAGS: Final = {Fate.ADDED: "w:ins", Fate.REMOVED: "w:del"}
_LONGEST_NAME: Final = 255


class Tracking:
    """Marks changes by an author at an instant (UTC)."""

    def __init__(self, document: Document, author: str, at: datetime) -> None:
        self._document = document
        self._author = author[:_LONGEST_NAME]
        self._at = f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        self._count = 0

    def _mark(self, fate: Fate) -> Any:
        self._count += 1
        return element(_TAGS[fate], id=self._count, author=self._author, date=self._at)

    def words(self, run: Any, fate: Fate) -> None:
        """The words of a run (its element) were added, or removed."""
        if fate not in _TAGS:
            return
        mark = self._mark(fate)
        run.addprevious(mark)
        mark.append(run)
        if fate is Fate.REMOVED:
            for text in run.findall(qn("w:t")):
                text.tag = qn("w:delText")

    def paragraph(self, paragraph: Paragraph, fate: Fate) -> None:
        """The paragraph came, or went, as a whole: its end too."""
        if fate not in _TAGS:
            return
        properties: Any = paragraph._p.get_or_add_pPr()
        own = element("w:rPr")
        own.append(self._mark(fate))
        # Word reads no file in which anything but a section or an earlier format stands behind it.
        behind = next((each for each in properties if each.tag in (qn("w:sectPr"), qn("w:pPrChange"))), None)
        if behind is None:
            properties.append(own)
        else:
            behind.addprevious(own)

    def row(self, row: Any, fate: Fate) -> None:
        """A row of a table came, or went."""
        if fate in _TAGS:
            row._tr.get_or_add_trPr().append(self._mark(fate))

    def remark(self, paragraph: Paragraph, text: str) -> None:
        """A comment to a paragraph, in the name of the author."""
        runs = runs_of(paragraph)
        if text and runs:
            comment = self._document.add_comment(runs, text, author=self._author, initials="")
            # The library takes the clock.
            comment._comment_elm.set(qn("w:date"), self._at)
