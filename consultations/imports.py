"""A list of parties as it is copied from a spreadsheet or a mail, read into rows; each mistake is named by its line.

The page of a round in preparation comes in. Nothing here touches the database.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from consultations.rules.parties import address_refusal
from workflow.rules import danish_sort_key

MOST_LINES = 500

_IN_BRACKETS = re.compile(r"^(?P<name>[^<>]+)<(?P<email>[^<>\s]+@[^<>\s]+)>$")
_AT_THE_END = re.compile(r"^(?P<name>.*\S)\s+(?P<email>\S+@\S+)$")


@dataclass(frozen=True, slots=True)
class PartyLine:
    """One party as it was pasted. line: counted from 1. email and contact_name may be ""."""

    line: int
    name: str
    email: str
    contact_name: str


def read_parties(text: str) -> tuple[list[PartyLine], list[str]]:
    """The parties in a pasted text, one to a line, and what is wrong with it, line by line.

    Cells are parted by tabulator or semicolon: the name first, then address and person in either order. “Name address”
    and “Name <address>” are read as well. Empty lines and a line of headings are passed over.
    """
    rows: list[PartyLine] = []
    problems: list[str] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        cells = [cell for cell in _cells(line) if cell]
        if not cells or (not rows and _is_heading(cells)):
            continue
        row = _row(number, cells)
        if problem := _problem(row, cells, seen):
            problems.append(_("Line %(line)d: %(problem)s") % {"line": number, "problem": problem})
        seen.setdefault(danish_sort_key(row.name), number)
        rows.append(row)
    if len(rows) > MOST_LINES:
        problems.append(_("These are %(count)d parties; paste at most 500 at a time.") % {"count": len(rows)})
    return rows, problems


def _cells(line: str) -> list[str]:
    parted = "\t" if "\t" in line else ";"
    cells = [cell.strip().strip('"').strip() for cell in line.split(parted)]
    found = _IN_BRACKETS.match(cells[0]) or _AT_THE_END.match(cells[0])
    return [found["name"].strip(), found["email"], *cells[1:]] if found else cells


def _is_heading(cells: list[str]) -> bool:
    words = {cell.casefold() for cell in cells}
    return bool(words & {"navn", "name", "part", "party"}) and not any("@" in cell for cell in cells)


def _row(number: int, cells: list[str]) -> PartyLine:
    emails = [cell for cell in cells if "@" in cell]
    others = [cell for cell in cells if "@" not in cell]
    name, contact_name = [*others, "", ""][:2]
    return PartyLine(number, name, emails[0] if emails else "", contact_name)


def _problem(row: PartyLine, cells: list[str], seen: Mapping[str, int]) -> str:
    if not row.name:
        return _("Write the party's name.")
    if len(cells) > 3:
        return _("There are more than three cells. Keep name, address and person, parted by tabulator or semicolon.")
    if row.email and (refusal := address_refusal(row.email)):
        return str(refusal.text)
    earlier = seen.get(danish_sort_key(row.name))
    return _("%(name)s stands in line %(line)d already.") % {"name": row.name, "line": earlier} if earlier else ""
