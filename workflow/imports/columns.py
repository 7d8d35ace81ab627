"""Which column of a pasted list holds the names, which the addresses, which the persons: by headings, else by content.

Reading parties comes in.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

from workflow.imports.cells import Row


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PARTY: Final = _words(
    "høringspart høringsparter høringspartens organisationsnavn foreningsnavn hearingparty hearingparties "
    "consultationparty consultationparties consultedparty consultedparties"
)
KIND_OF_PARTY: Final = _words(
    "part parter organisation organisationer organ forening foreninger myndighed institution modtager party parties "
    "organization body authority association recipient"
)
"""Words that head a column of parties, and that somebody may be called by as well."""
NAME: Final = _words("navn navne name names partensnavn partsnavn nameofparty navnpåhøringspart")
EMAIL: Final = _words(
    "email emails emailadresse emailadresser mail mails mailadresse mailadresser epost epostadresse postkasse "
    "hovedpostkasse hovedmail kontaktmail emailaddress mailaddress mailbox"
)
ADDRESS: Final = _words("adresse adresser address addresses")
CONTACT: Final = _words(
    "att attn attention kontakt kontaktperson kontaktpersoner person contact contactperson contactname"
)
NUMBER: Final = _words("nr no nummer number løbenr løbenummer lbnr rækkenr id")
"""What columns are headed, in small letters and without blanks and signs."""

_SURE: Final = PARTY | NAME | EMAIL
_HEADINGS: Final = _SURE | KIND_OF_PARTY | ADDRESS | CONTACT | NUMBER
_NUMBER: Final = re.compile(r"[#(+]?\d[\d ./\-]*[.)]?")
_SEEN_FOR_HEADINGS: Final = 10
"""Headings stand among the first rows that hold anything, or nowhere."""


@dataclass(slots=True)
class Layout:
    """How a list is laid out. Columns count from 0; None where the list has no such column.

    headings: the row that names the columns, None where there is none. passed_over: rows that name no party.
    unused: columns nothing is taken from. rows: the others.
    """

    name: int | None = None
    email: int | None = None
    contact: int | None = None
    headings: Row | None = None
    unused: dict[int, str] = field(default_factory=dict)
    passed_over: list[Row] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)


def layout_of(rows: Sequence[Row]) -> Layout:
    """How these rows are laid out."""
    at = _headings_at(rows)
    layout = Layout()
    if at is None:
        layout.rows = list(rows)
        _by_content(layout)
        return layout
    layout.headings = rows[at]
    headings = [_bare(cell) for cell in rows[at].cells]
    layout.passed_over = list(rows[: at + 1])
    for row in rows[at + 1 :]:
        is_repeated = [_bare(cell) for cell in row.cells] == headings  # as on the next page of a print
        (layout.passed_over if is_repeated else layout.rows).append(row)
    _by_headings(layout, headings)
    return layout


def is_heading(cell: str) -> bool:
    """Whether a cell reads like the heading of a column: a known word, or words with one for an address among them."""
    return _bare(cell) in _HEADINGS or _is_of_addresses(cell)


def _is_of_addresses(cell: str) -> bool:
    return _bare(cell).rstrip("0123456789") in EMAIL or any(_bare(word) in EMAIL for word in cell.split())


def is_pure_address(cell: str) -> bool:
    """Whether a cell holds one address and nothing else, however wrong."""
    return bool(re.fullmatch(r"<?(mailto:)?[^\s@<>;,]+@[^\s<>;,]+>?", cell, re.IGNORECASE))


def _bare(cell: str) -> str:
    return "".join(letter for letter in cell.casefold() if letter.isalnum())


def _headings_at(rows: Sequence[Row]) -> int | None:
    """The row of headings: the first, or one with two of them at least below titles. An address ends the search."""
    place = None
    for at, row in enumerate(rows[:_SEEN_FOR_HEADINGS]):
        if any("@" in cell for cell in row.cells):
            break
        cells = [cell for cell in row.cells if cell]
        headings = [cell for cell in cells if is_heading(cell)]
        is_sure = any(_bare(cell) in _SURE or _is_of_addresses(cell) for cell in headings)
        if len(headings) > 1 or (at == 0 and (is_sure or len(headings) == len(cells))):
            place = at
    return place


def _by_headings(layout: Layout, headings: Sequence[str]) -> None:
    filled = {at for row in layout.rows for at, cell in enumerate(row.cells) if cell}
    addressed = {at for row in layout.rows for at, cell in enumerate(row.cells) if "@" in cell}
    assert layout.headings is not None
    cells = layout.headings.cells
    layout.email = _first(headings, EMAIL)
    if layout.email is None:
        layout.email = next((at for at, cell in enumerate(cells) if _is_of_addresses(cell)), None)
    if layout.email is None:
        at = _first(headings, ADDRESS)
        # Without one address in it, the column is of streets and towns.
        layout.email = at if at is not None and (at in addressed or not filled & {at}) else None
    layout.contact = _first(headings, CONTACT)
    layout.name = _first(headings, PARTY | KIND_OF_PARTY)
    person = _first(headings, NAME)
    if layout.name is None:
        layout.name = person
    elif layout.contact is None:
        layout.contact = person
    columns_taken = {layout.name, layout.email, layout.contact}
    if layout.name is None:
        layout.name = next(
            (
                at
                for at in range(len(headings))
                if at in filled - columns_taken and headings[at] not in NUMBER and at not in addressed
            ),
            None,
        )
        columns_taken.add(layout.name)
    for at in sorted((filled - columns_taken) & set(range(len(headings)))):
        first = next(row.cells[at] for row in layout.rows if len(row.cells) > at and row.cells[at])
        layout.unused[at] = cells[at] or first


def _first(headings: Sequence[str], words: Collection[str]) -> int | None:
    return next((at for at, word in enumerate(headings) if word in words), None)


def _by_content(layout: Layout) -> None:
    columns: dict[int, list[str]] = {}
    for row in layout.rows:
        for at, cell in enumerate(row.cells):
            if cell:
                columns.setdefault(at, []).append(cell)
    texts = [at for at, cells in sorted(columns.items()) if not all(_NUMBER.fullmatch(cell) for cell in cells)]
    if texts:
        layout.unused = {at: columns[at][0] for at in sorted(columns) if at not in texts}
    pure = {at: sum(map(is_pure_address, columns[at])) for at in texts}
    best = max(texts, key=lambda at: (pure[at], -at), default=None)
    layout.email = best if best is not None and pure[best] else None
    layout.name = next((at for at in texts if at != layout.email), None)
    if layout.email is None and layout.name is not None and not any("@" in cell for cell in columns[layout.name]):
        # Nobody has an address: the next column is where one would stand.
        layout.email = layout.name + 1
    layout.contact = next((at for at in texts if at not in (layout.name, layout.email)), None)
