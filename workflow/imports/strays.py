"""What comes along when a list is copied from a mail or a page: marks of HTML, greetings, headers of mails, lettering,
titles of groups. Reading parties comes in.

What can be told from a party for certain is taken away or passed over; what cannot is left, and said to be doubtful.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from django.utils.translation import gettext as _

from workflow.imports.cells import Row

_TAG: Final = re.compile(
    r"</?(?:table|thead|tbody|tfoot|tr|td|th|caption|colgroup|col|ul|ol|li|p|br|div|span|a|b|i|strong|em|font|html|body)"
    r"(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_OF_A_LIST: Final = re.compile(r"</?(?:tr|td|th|li|br)\b[^<>]*>", re.IGNORECASE)
_ROW_BEGINS: Final = re.compile(r"<tr\b[^<>]*>", re.IGNORECASE)
_ROW_ENDS: Final = re.compile(r"</tr\s*>", re.IGNORECASE)
_CELL_ENDS: Final = re.compile(r"</t[dh]\s*>", re.IGNORECASE)
_LINE_ENDS: Final = re.compile(r"(?:</li\s*>|</p\s*>|</div\s*>|<br\s*/?>)(?!\s*\n)", re.IGNORECASE)

_TO: Final = re.compile(r"(?:til|to|cc|bcc|kopi(?: til)?)\s*:\s*", re.IGNORECASE)
_HEADER: Final = re.compile(r"(?:fra|from|emne|subject|sendt|sent|dato|date|vedr|vedrørende|re|sv)\s*:", re.IGNORECASE)
_GREETING: Final = re.compile(
    r"(?:(?:med )?(?:de )?(?:bedste|venlige?|kærlige?) hils(?:en|ner)|mvh|vh|d\.?v\.?h"
    r"|(?:with )?(?:kind|best|warm) regards|regards|yours (?:sincerely|faithfully))\b[ .,!]*$",
    re.IGNORECASE,
)
_SIGNED_BY: Final = 6
"""So many rows after a greeting may belong to the signature."""

_ROMAN: Final = (
    *("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"),
    *("xi", "xii", "xiii", "xiv", "xv", "xvi", "xvii", "xviii", "xix", "xx"),
)
_LETTERS: Final = tuple("abcdefghijklmnopqrstuvwxyzæøå")
_LETTERED: Final = re.compile(
    r"(?:§\s*(?P<paragraph>\d{1,3})\.?|\(?(?P<letter>[a-zæøå]|[ivx]{1,5})(?P<mark>[.)]))\s+(?=\S)", re.I
)


def without_marks(text: str) -> str:
    """A text copied with the marks of HTML, without them: a row of a table on one line, its cells parted by tabs; lines
    keep their numbers where each row begins a line. Any other text comes back as it is."""
    if not _OF_A_LIST.search(text):
        return text
    # By what ends a row and a cell: a pattern over a whole row takes for ever in a long text without the ends.
    pieces = _ROW_ENDS.split(text)
    text = "".join(_as_line(row, after) for row, after in pairwise(pieces)) + pieces[-1]
    text = _LINE_ENDS.sub("\n", text)
    return html.unescape(_TAG.sub("", text))


def _as_line(row: str, after: str) -> str:
    """What stands before a row's mark as it is, then its cells; as many line ends as it had, one where none follows."""
    begins = list(_ROW_BEGINS.finditer(row))
    if not begins:
        return row
    before, inner = row[: begins[-1].start()], row[begins[-1].end() :]
    cells = [" ".join(_TAG.sub(" ", cell).split()) for cell in _CELL_ENDS.split(inner)]
    ends = inner.count("\n") or (0 if after.lstrip(" \t\r").startswith("\n") else 1)
    return before + "\t".join(cells).rstrip("\t") + "\n" * ends


def sorted_out(rows: Sequence[Row]) -> tuple[list[Row], list[Row], dict[int, str]]:
    """The rows that may be parties, those that are none, and why some of the first are doubtful, by their line.

    None are the header lines of a mail, a greeting, and the title of a group, which ends with a colon. “Til:” and “Cc:”
    are taken off, and whoever stands after them gets a row each.
    """
    party_rows: list[Row] = []
    passed_over: list[Row] = []
    doubts: dict[int, str] = {}
    signed = 0
    for row in rows:
        filled = [cell for cell in row.cells if cell]
        first, has_address = filled[0], any("@" in cell for cell in filled)
        if _GREETING.match(first) and not has_address:
            passed_over.append(row)
            signed = _SIGNED_BY
            continue
        if _HEADER.match(first) or (len(filled) == 1 and first.endswith(":") and not has_address):
            passed_over.append(row)
            signed = 0
            continue
        if signed:
            doubts[row.line] = _("It stands below a greeting and may be a signature.")
            signed -= 1
        elif ": " in first and not has_address and not _TO.match(first):
            doubts[row.line] = _("It may be a title with names after it.")
        party_rows += _after_to(row)
    return party_rows, passed_over, doubts


def _after_to(row: Row) -> list[Row]:
    at = next(at for at, cell in enumerate(row.cells) if cell)
    if not _TO.match(row.cells[at]):
        return [row]
    cells = (*row.cells[:at], _TO.sub("", row.cells[at], count=1), *row.cells[at + 1 :])
    filled = [cell for cell in cells if cell]
    if len(filled) > 1 and all("@" in cell for cell in filled):
        return [Row(row.line, (cell,)) for cell in filled]
    return [Row(row.line, cells)] if filled else []


def without_lettering(names: Sequence[str]) -> list[str] | None:
    """Names without the letters, Roman numbers or paragraphs before every one of them, where these count on from one
    to the next or begin anew; None where they do not, and what looks like them may belong to a name."""
    matches = [_lettering(name) for name in names]
    if len(names) < 2 or not all(matches):
        return None
    for series in (_LETTERS, _ROMAN, tuple(str(number) for number in range(1, 1000))):
        marks = [(match["paragraph"] or match["letter"]).lower() for match in matches if match]
        is_of_paragraphs = series[0] == "1"
        if any(bool(match["paragraph"]) != is_of_paragraphs for match in matches if match):
            continue
        places = [series.index(mark) if mark in series else -1 for mark in marks]
        if places[0] == 0 and all(place in (0, before + 1) for before, place in pairwise(places)):
            return [name[match.end() :] for name, match in zip(names, matches, strict=True) if match]
    return None


def is_lettered(name: str) -> bool:
    """Whether a name begins like a line of a list that is counted: “a)”, “iv.”, “§ 1”. “A. P. Møller” does not."""
    match = _lettering(name)
    return bool(match and (match["paragraph"] or match["mark"] == ")" or (match["letter"] or "").lower() in _ROMAN[1:]))


def _lettering(name: str) -> re.Match[str] | None:
    """What a name begins with like a line of a counted list; a capital with a point is an initial."""
    match = _LETTERED.match(name)
    return None if match and match["mark"] == "." and match["letter"].isupper() else match
