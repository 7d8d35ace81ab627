"""Files from outside read into plain rows, each mistake named by its line; actions and commands come in.

Nothing here touches the database.
"""

import csv
import io
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from workflow.states import BodyKind

MUNICIPALITIES_PATH = Path(__file__).parent / "data" / "municipalities.csv"
ORGANISATIONS_PATH = Path(__file__).parent / "data" / "organisations.csv"

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


class ImportRefused(Exception):
    """A file that cannot be taken in; `line` is where, the text says what to do."""

    def __init__(self, line: int, text: str) -> None:
        self.line = line
        super().__init__(_("Line %(line)d: %(text)s") % {"line": line, "text": text})


def read_municipalities(text: str) -> list[MunicipalityRow]:
    """The municipalities of a CSV text with the columns of `COLUMNS`, in the order of the file.

    Refuses other columns, a missing value, a code that is not four digits, a code that occurs twice, an unknown region.
    """
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise ImportRefused(1, _("The columns must be: %(columns)s.") % {"columns": ",".join(COLUMNS)})
    rows: list[MunicipalityRow] = []
    codes: set[str] = set()
    for record in reader:
        line = reader.line_num
        values = [record[column] for column in COLUMNS]
        if None in record or not all(values):
            raise ImportRefused(line, _("The row needs a value in each of its columns."))
        row = MunicipalityRow(*(value.strip() for value in values))
        if len(row.code) != 4 or not (row.code.isascii() and row.code.isdigit()):
            raise ImportRefused(line, _("“%(code)s” is no four-digit municipality code.") % {"code": row.code})
        if row.code in codes:
            raise ImportRefused(line, _("The code %(code)s stands twice.") % {"code": row.code})
        if row.region not in REGION_SIZES:
            raise ImportRefused(line, _("There is no region “%(region)s”.") % {"region": row.region})
        codes.add(row.code)
        rows.append(row)
    return rows


def shipped_municipalities() -> list[MunicipalityRow]:
    """The 98 municipalities that come with the product. Refuses a shipped file whose counts per region are wrong."""
    rows = read_municipalities(MUNICIPALITIES_PATH.read_text(encoding="utf-8"))
    counts = Counter(row.region for row in rows)
    if counts != REGION_SIZES:
        raise ImportRefused(
            len(rows) + 1, _("The municipalities per region are %(counts)s.") % {"counts": dict(counts)}
        )
    return rows


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """An authority, organisation or hospital: its key, kind and names; `region` is empty for the whole country."""

    key: str
    kind: str
    name: str
    name_en: str
    region: str


def read_organisations(text: str) -> list[OrganisationRow]:
    """The organisations of a CSV text with the columns of `ORGANISATION_COLUMNS`, in the order of the file.

    Refuses other columns, a missing value (the region may be missing), a key that occurs twice, an unknown kind or
    region.
    """
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    if tuple(reader.fieldnames or ()) != ORGANISATION_COLUMNS:
        raise ImportRefused(1, _("The columns must be: %(columns)s.") % {"columns": ",".join(ORGANISATION_COLUMNS)})
    rows: list[OrganisationRow] = []
    keys: set[str] = set()
    for record in reader:
        line = reader.line_num
        if None in record or not all(record[column] for column in ORGANISATION_COLUMNS[:-1]):
            raise ImportRefused(line, _("The row needs a key, a kind and both names."))
        row = OrganisationRow(*((record[column] or "").strip() for column in ORGANISATION_COLUMNS))
        if row.key in keys:
            raise ImportRefused(line, _("The key %(key)s stands twice.") % {"key": row.key})
        if row.kind not in BodyKind.values:
            raise ImportRefused(line, _("There is no kind of body “%(kind)s”.") % {"kind": row.kind})
        if row.region and row.region not in REGION_SIZES:
            raise ImportRefused(line, _("There is no region “%(region)s”.") % {"region": row.region})
        keys.add(row.key)
        rows.append(row)
    return rows


def shipped_organisations() -> list[OrganisationRow]:
    """The national authority, organisations and hospitals that come with the product."""
    return read_organisations(ORGANISATIONS_PATH.read_text(encoding="utf-8"))
