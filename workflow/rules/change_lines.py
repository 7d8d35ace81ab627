"""What differs between two versions in a few lines, for a mail: headings, and words old → new where they are short. Of
the same differences as the page and the papers. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from django.utils.translation import gettext, ngettext

from workflow.rules.compared_words import Fate, Words
from workflow.rules.differences import SectionDifference, in_words
from workflow.rules.document_differences import DocumentDifference

MOST_LINES: Final = 8
"""So many changes are named; of more the number is said."""

MOST_IN_SECTION: Final = 2
"""A section with more changes of words than this is named alone."""

LONGEST: Final = 60
"""Characters of old or new words that are quoted; longer ones are to be read where there is room."""

_LONGEST_HEADING: Final = 80
_MARKS: Final = re.compile(r"[*_`#|>\\]+|\[\^[^\]]*\]")  # of Markdown, which a mail would show


def change_lines(documents: Iterable[DocumentDifference]) -> list[str]:
    """The changes in the language spoken now, a line each, in the order of the text; empty where nothing that is read
    differs."""
    found = list(documents)
    lines = [line for document in found for line in _of_document(document, is_one_of=len(found) > 1)]
    over = len(lines) - MOST_LINES
    if over <= 0:
        return lines
    more = ngettext("and %(count)d more change", "and %(count)d more changes", over)
    return [*lines[:MOST_LINES], more % {"count": over}]


def _of_document(document: DocumentDifference, *, is_one_of: bool) -> Iterator[str]:
    if document.fate is Fate.ADDED:
        yield gettext("new document: %(title)s") % {"title": _plain(document.name)}
        return
    if document.fate is Fate.REMOVED:
        yield gettext("document no longer there: %(title)s") % {"title": _plain(document.name)}
        return
    sections = [section for section in document.all_sections if section.is_to_be_seen]
    for section in sections:
        heading = _heading(section)
        where = f"{_plain(document.name)}, {heading}" if is_one_of else heading
        yield f"{where}: {_said_of(section)}"
    if document.has_other_file and not sections:
        yield gettext("%(title)s: the file is another") % {"title": _plain(document.name)}


def _heading(section: SectionDifference) -> str:
    heading = _plain(section.title)
    if not heading:
        return gettext("before the first heading")
    return heading if len(heading) <= _LONGEST_HEADING else f"{heading[:_LONGEST_HEADING].rstrip()} …"


def _said_of(section: SectionDifference) -> str:
    """What became of a section; its words where few and short ones changed."""
    became = section.became
    if section.fate is not Fate.CHANGED:
        return ", ".join(became)
    changes = list(_changes(in_words(section).text))
    if not changes:
        return ", ".join(became) or gettext("changed")
    is_short = len(changes) <= MOST_IN_SECTION and all(max(map(len, change)) <= LONGEST for change in changes)
    words = [_quoted(*change) for change in changes] if is_short else [gettext("changed")]
    return ", ".join([*became, *words])


def _changes(text: Sequence[Words]) -> Iterator[tuple[str, str]]:
    """Old and new words that stand in each other's place."""
    old, new = "", ""
    for run in (*text, Words(Fate.SAME, "")):
        if run.fate is Fate.REMOVED:
            old += run.text
        elif run.fate is Fate.ADDED:
            new += run.text
        elif _plain(run.text) or run.text == "":
            pair = (_plain(old), _plain(new))
            if any(pair) and pair[0] != pair[1]:
                yield pair
            old, new = "", ""
        else:
            # A blank between two changed words parts nothing.
            old, new = old + run.text, new + run.text


def _quoted(old: str, new: str) -> str:
    if not old:
        return gettext("“%(new)s” added") % {"new": new}
    if not new:
        return gettext("“%(old)s” taken out") % {"old": old}
    return gettext("“%(old)s” → “%(new)s”") % {"old": old, "new": new}


def _plain(text: str) -> str:
    """On one line, without signs of markup."""
    return " ".join(_MARKS.sub("", text).split())
