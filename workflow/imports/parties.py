"""A list of parties as it is copied from a spreadsheet or a mail, read into lines; all its mistakes at once.

The page of a round in preparation comes in, and the page by which an office takes in its contacts.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Final

from django.utils.translation import gettext as _

from notifications.rules import folded_address, may_mail
from workflow.imports.cells import Problem, Row, read_rows
from workflow.imports.columns import Layout, is_heading, is_pure_address, layout_of
from workflow.imports.strays import is_lettered, sorted_out, without_lettering, without_marks
from workflow.rules.names import folded_name, private_in_name

MOST_LINES: Final = 5000
LONGEST_NAME: Final = 200  # characters, of a party and of a person

_ADDRESS: Final = re.compile(r"[^\s<>()\[\]\",;]*@[^\s<>()\[\]\",;]*")
_IN_BRACKETS: Final = re.compile(r"(?P<words>[^<>@]*)<[^<>\s]*@[^<>\s]*>")
_BULLET: Final = re.compile(r"[•·▪◦‣*–-]\s+")
_NUMBERED: Final = re.compile(r"\d{1,4}[.)]\s+(?=\S)")
_MISREAD: Final = re.compile(r"[ÂÃ][^\x00-\x7f]|â€.")
"""Letters outside ASCII as they come out when UTF-8 is read as Windows-1252: “Ã¸” for “ø”."""
_QUOTES: Final = ('""', "''", "“”", "”“", "»«", "«»")


@dataclass(frozen=True, slots=True)
class PartyLine:
    """One party as it was pasted. line: counted from 1. email and contact_name may be "". doubt: why it may be none."""

    line: int
    name: str
    email: str
    contact_name: str
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class PastedList:
    """What was read. passed_over: rows that are no party, titles and headings. unused: columns nothing is taken from,
    by their heading or their first cell. headings: the line that names the columns, None where there is none."""

    parties: list[PartyLine]
    problems: list[Problem]
    passed_over: list[Row] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)
    headings: int | None = None


def read_parties(text: str) -> PastedList:
    """The parties in a pasted text, one to a row, and everything that is wrong with it.

    Columns are known by their headings, in Danish or English; without headings the name comes first, then address and
    person in either order. Columns of numbers are passed over. “Name address” and “Name <address>” are read as well.
    What comes along from a mail or a page is taken off or passed over; what may be no party is marked as doubtful.
    Named with its line is: a second address, something else where an address belongs, a name that stands there twice,
    letters that were read wrongly, quotation marks without a partner.
    """
    rows, problems = read_rows(without_marks(text), is_telling=lambda cell: is_pure_address(cell) or is_heading(cell))
    rows, strays, doubts = sorted_out(rows)
    layout = layout_of(rows)
    lines = []
    for row in layout.rows:
        line, wrong = _party(row, layout)
        lines.append(line)
        problems += [Problem(row.line, words) for words in wrong]
    lines = _in_doubt(_without_numbers(lines), doubts)
    problems += _twice(lines)
    if len(lines) > MOST_LINES:
        words = _("These are %(count)d parties; paste at most %(most)d at a time.")
        problems.append(Problem(lines[MOST_LINES].line, words % {"count": len(lines), "most": MOST_LINES}))
    problems.sort(key=lambda problem: problem.line)
    passed_over = sorted([*layout.passed_over, *strays], key=lambda row: row.line)
    headings = layout.headings.line if layout.headings else None
    return PastedList(lines, problems, passed_over, list(layout.unused.values()), headings)


def lines_left(text: str, read: PastedList, wrong: Collection[int]) -> str:
    """Of a pasted text the rows that begin in these lines, as they were pasted, under the headings of its columns."""
    lines = without_marks(text).split("\n")
    begins = {party.line for party in read.parties} | {problem.line for problem in read.problems}
    rows = sorted(begins | {row.line for row in read.passed_over} | {len(lines) + 1})
    wanted = {*wrong, read.headings}
    left = [lines[line - 1 : following - 1] for line, following in pairwise(rows) if line in wanted]
    return "\n".join(line for row in left for line in row if line.strip())


def _party(row: Row, layout: Layout) -> tuple[PartyLine, list[str]]:
    words: dict[int, str] = {}
    addresses: list[str] = []
    problems = []
    for at, cell in enumerate(row.cells):
        if corrected := _correctly_read(cell):
            problems.append(
                _("“%(cell)s” has letters that were read wrongly (“%(meant)s”?). Copy it anew from where it comes.")
                % {"cell": cell, "meant": corrected}
            )
        if "@" in cell:
            beside, addresses_in_cell = _words_and_addresses(cell)
            addresses += [
                address
                for address in addresses_in_cell
                if folded_address(address) not in map(folded_address, addresses)
            ]
            if beside and at not in (layout.name, layout.contact) and not _IN_BRACKETS.fullmatch(cell):
                problems.append(_("“%(cell)s” is more than an e-mail address.") % {"cell": cell})
            elif beside:
                words[at] = beside
        elif cell and at not in layout.unused:
            words[at] = cell
    name, contact_name, wrong = _name_and_person(words, addresses, layout)
    problems += wrong
    email = addresses[0] if addresses else ""
    if len(addresses) > 1:
        problems.append(
            _("There are several addresses (%(addresses)s). Write one address per party.")
            % {"addresses": ", ".join(addresses)}
        )
    elif email and (refusal := may_mail(email)):
        problems.append(f"{email}: {refusal.text}")
    if not name:
        problems.append(_("Write the party's name."))
    elif refusal := private_in_name(name):
        problems.append(str(refusal.text))
    for long in (name, contact_name):
        if len(long) > LONGEST_NAME:
            problems.append(
                _("“%(name)s…” is %(count)d characters long; a name may have %(most)d.")
                % {"name": long[:40], "count": len(long), "most": LONGEST_NAME}
            )
    return PartyLine(row.line, name, email, contact_name), problems


def _name_and_person(words: dict[int, str], addresses: Sequence[str], layout: Layout) -> tuple[str, str, list[str]]:
    """Name and person from the cells beside the address, and what is wrong with these cells."""
    cells_left = dict(words)
    problems = []
    stray = cells_left.pop(layout.email, "") if layout.email is not None else ""
    name = cells_left.pop(layout.name, "") if layout.name is not None else ""
    contact_name = cells_left.pop(layout.contact, "") if layout.contact is not None else ""
    rest = [cells_left[at] for at in sorted(cells_left)]
    if stray and addresses and layout.headings is None:
        rest.insert(0, stray)  # the person stands before the address, or beside it as “Name <address>”
    elif stray and addresses and not contact_name:
        contact_name = stray
    elif stray:
        problems.append(_("“%(cell)s” stands where the e-mail address belongs, and is none.") % {"cell": stray})
    if not name and rest and layout.headings is None:
        name = rest.pop(0)
    if not contact_name and rest and layout.headings is None:
        contact_name = rest.pop(0)
    if rest and layout.headings is None:
        problems.append(
            _("There are more than three cells. Keep name, address and person, or put headings above the columns.")
        )
    elif rest:
        problems.append(_("“%(cell)s” stands under no heading.") % {"cell": rest[0]})
    return _unquoted(name), _unquoted(contact_name), problems


def _words_and_addresses(cell: str) -> tuple[str, list[str]]:
    """The words of a cell, and the addresses in it, each once."""
    addresses: list[str] = []
    for piece in _ADDRESS.findall(cell):
        address = re.sub(r"^mailto:|\?.*$", "", piece, flags=re.IGNORECASE).strip("'’:.")
        if folded_address(address) not in map(folded_address, addresses):
            addresses.append(address)
    beside = _ADDRESS.sub(" ", cell)
    return " ".join(re.sub(r"[<>\[\]()]", " ", beside).split()).strip(" :;,–-"), addresses


def _unquoted(name: str) -> str:
    name = _BULLET.sub("", name, count=1) if _BULLET.match(name) else name
    is_quoted = len(name) > 2 and name[0] + name[-1] in _QUOTES and name[0] not in name[1:-1]
    return name[1:-1].strip() if is_quoted else name


def _without_numbers(lines: list[PartyLine]) -> list[PartyLine]:
    """Names without the numbers or letters that a counted list puts before every one of them."""
    bare = without_lettering([line.name for line in lines])
    if bare is not None:
        return [replace(line, name=name) for line, name in zip(lines, bare, strict=True)]
    if len(lines) < 2 or not all(_NUMBERED.match(line.name) for line in lines):
        return lines
    return [replace(line, name=_NUMBERED.sub("", line.name, count=1)) for line in lines]


def _in_doubt(lines: Sequence[PartyLine], doubts: Mapping[int, str]) -> list[PartyLine]:
    counted = _("It begins like a line of a counted list.")
    return [
        replace(line, doubt=doubts.get(line.line, "") or (counted if is_lettered(line.name) else "")) for line in lines
    ]


def _twice(lines: Sequence[PartyLine]) -> list[Problem]:
    lines_by_name: dict[str, int] = {}
    problems = []
    for line in lines:
        earlier = lines_by_name.setdefault(folded_name(line.name), line.line) if line.name else line.line
        if earlier != line.line:
            words = _("%(name)s stands in line %(line)d already.") % {"name": line.name, "line": earlier}
            problems.append(Problem(line.line, words))
    return problems


def _correctly_read(cell: str) -> str:
    """What a cell was before a program read its letters wrongly; "" where nothing shows that one did."""
    if "\ufffd" in cell:
        return cell.replace("\ufffd", "?")
    corrected = _MISREAD.sub(_read_anew, cell)
    return corrected if corrected != cell else ""


def _read_anew(match: re.Match[str]) -> str:
    try:
        corrected = match[0].encode("cp1252").decode("utf-8")
    except UnicodeError:
        return match[0]
    return corrected if corrected.isprintable() else match[0]
