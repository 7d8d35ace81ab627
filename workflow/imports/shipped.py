"""The lists of bodies that ship with the product, each mistake in them named by its line; loading them comes in."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from workflow.imports.cells import Problem, Row, read_rows
from workflow.states import BodyKind

MUNICIPALITIES_PATH = Path(__file__).parent.parent / "data" / "municipalities.csv"
ORGANISATIONS_PATH = Path(__file__).parent.parent / "data" / "organisations.csv"

COLUMNS = ("kommunekode", "kortnavn", "navn", "region_2007_2026", "iso", "eget_navn")
ORGANISATION_COLUMNS = ("key", "kind", "name", "name_en", "region")

REGION_SIZES = {
    "Region Sjælland": 17,
    "Region Hovedstaden": 29,
    "Region Midtjylland": 19,
    "Region Syddanmark": 22,
    "Region Nordjylland": 11,
}
"""Municipalities in each region 2007–2026; 98 in all."""


@dataclass(frozen=True, slots=True)
class MunicipalityRow:
    """A municipality: its four-digit code, short and full name, its region 2007–2026 with its ISO 3166-2 code, and
    what its council calls itself, in the definite form ("byrådet")."""

    code: str
    short_name: str
    name: str
    region: str
    region_iso: str
    own_name: str


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """An authority, organisation or hospital: its key, kind and names; `region` is empty for the whole country."""

    key: str
    kind: str
    name: str
    name_en: str
    region: str


class ImportRefused(Exception):
    """A file that cannot be taken in; `problems` are all that is wrong with it, line by line."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in problems))


def read_municipalities(text: str) -> list[MunicipalityRow]:
    """The municipalities of a CSV text with the columns of `COLUMNS`, in the order of the file.

    Refuses other columns, a missing value, a code that is not four digits, a code that occurs twice, an unknown region.
    """
    codes: dict[str, int] = {}

    def problem(row: Row) -> str:
        if len(row.cells) != len(COLUMNS) or not all(row.cells):
            return _("The row needs a value in each of its columns.")
        code, region = row.cells[0], row.cells[3]
        if len(code) != 4 or not (code.isascii() and code.isdigit()):
            return _("“%(code)s” is no four-digit municipality code.") % {"code": code}
        if codes.setdefault(code, row.line) != row.line:
            return _("The code %(code)s stands twice.") % {"code": code}
        return "" if region in REGION_SIZES else _("There is no region “%(region)s”.") % {"region": region}

    return [MunicipalityRow(*row.cells) for row in _sound_rows(text, COLUMNS, problem)]


def shipped_municipalities() -> list[MunicipalityRow]:
    """The 98 municipalities that come with the product. Refuses a shipped file whose counts per region are wrong."""
    rows = read_municipalities(MUNICIPALITIES_PATH.read_text(encoding="utf-8"))
    counts = Counter(row.region for row in rows)
    if counts != REGION_SIZES:
        text = _("The municipalities per region are %(counts)s.") % {"counts": dict(counts)}
        raise ImportRefused([Problem(len(rows) + 1, text)])
    return rows


def read_organisations(text: str) -> list[OrganisationRow]:
    """The organisations of a CSV text with the columns of `ORGANISATION_COLUMNS`, in the order of the file.

    Refuses other columns, a missing value (the region may be missing), a key that occurs twice, an unknown kind or
    region.
    """
    keys: dict[str, int] = {}

    def problem(row: Row) -> str:
        if len(row.cells) != len(ORGANISATION_COLUMNS) or not all(row.cells[:-1]):
            return _("The row needs a key, a kind and both names.")
        key, kind, *_names, region = row.cells
        if keys.setdefault(key, row.line) != row.line:
            return _("The key %(key)s stands twice.") % {"key": key}
        if kind not in BodyKind.values:
            return _("There is no kind of body “%(kind)s”.") % {"kind": kind}
        return _("There is no region “%(region)s”.") % {"region": region} if region not in ("", *REGION_SIZES) else ""

    return [OrganisationRow(*row.cells) for row in _sound_rows(text, ORGANISATION_COLUMNS, problem)]


def shipped_organisations() -> list[OrganisationRow]:
    """The national authority, organisations and hospitals that come with the product."""
    return read_organisations(ORGANISATIONS_PATH.read_text(encoding="utf-8"))


def _sound_rows(text: str, columns: Sequence[str], problem: Callable[[Row], str]) -> list[Row]:
    """The rows under the columns named; refuses with everything that is wrong, at once."""
    rows, problems = read_rows(text, is_telling=lambda cell: cell in columns)
    if not rows or rows[0].cells != tuple(columns):
        words = _("The columns must be: %(columns)s.") % {"columns": ",".join(columns)}
        raise ImportRefused([Problem(1, words)])
    problems += [Problem(row.line, words) for row in rows[1:] if (words := problem(row))]
    if problems:
        raise ImportRefused(sorted(problems, key=lambda item: item.line))
    return rows[1:]
