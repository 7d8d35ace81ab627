"""Spreadsheets read as lists: cells as they read, formulas as their values, what is no list refused in words."""

from __future__ import annotations

import io
import zipfile
from datetime import date, time
from typing import Any

import openpyxl
import pytest

from workflow.imports.files import decoded, rows_as_text
from workflow.imports.parties import read_parties
from workflow.readers import Unreadable, read_sheet, words

pytestmark = pytest.mark.sqlite


def a_book(*rows: tuple[Any, ...], **sheets: list[tuple[Any, ...]]) -> bytes:
    """An Excel file; the rows stand on its first sheet, the others behind it."""
    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    first.title = "Kontakter"
    for row in rows:
        first.append(row)
    for title, content in sheets.items():
        sheet = book.create_sheet(title)
        for row in content:
            sheet.append(row)
    return saved(book)


def saved(book: Any) -> bytes:
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def with_value(content: bytes, formula: str, value: str) -> bytes:
    """The file as Excel saves it: with the value of the formula beside it."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(written, "w") as after:
        for name in before.namelist():
            part = before.read(name)
            if name == "xl/worksheets/sheet1.xml":
                empty, counted = f"<f>{formula}</f><v/>", f"<f>{formula}</f><v>{value}</v>"
                text = part.decode().replace(f"<f>{formula}</f><v></v>", empty)
                assert empty in text
                part = text.replace(empty, counted).replace('<c r="B2">', '<c r="B2" t="str">').encode()
            after.writestr(name, part)
    return written.getvalue()


def test_read_sheet_gives_cells_as_they_read_and_keeps_empty_rows() -> None:
    content = a_book(
        ("Navn", None, "Nr."),
        (),
        ("KL", "kl@kl.example", 7.0),
        ("Linje\nto", True, date(2026, 12, 31)),
        (1.5, time(3, 4), None),
    )

    sheet = read_sheet("liste.xlsx", io.BytesIO(content))

    assert sheet.title == "Kontakter"
    assert [[cell for cell in row if cell] for row in sheet.rows] == [
        ["Navn", "Nr."],
        [],
        ["KL", "kl@kl.example", "7"],
        ["Linje to", "True", "2026-12-31"],
        ["1.5", "03:04:00"],
    ]
    assert (sheet.others, sheet.uncounted) == ([], [])


def test_read_sheet_takes_the_first_that_is_shown_and_names_the_others() -> None:
    book = openpyxl.load_workbook(io.BytesIO(a_book(("skjult",), Tom=[], Parter=[("KL",)], Noter=[("x",)])))
    book["Kontakter"].sheet_state = "hidden"

    sheet = read_sheet("liste.xlsx", io.BytesIO(saved(book)))

    assert (sheet.title, sheet.rows, sheet.others) == ("Parter", [["KL"]], ["Kontakter", "Noter"])


def test_read_formula_gives_its_value_or_names_the_row_without_one() -> None:
    content = a_book(("Navn", "E-mail"), ("KL", '=LOWER("KL@KL.example")'))

    uncounted = read_sheet("liste.xlsx", io.BytesIO(content))
    counted = read_sheet("liste.xlsx", io.BytesIO(with_value(content, 'LOWER("KL@KL.example")', "kl@kl.example")))

    assert (uncounted.rows[1], uncounted.uncounted) == (["KL"], [2])
    assert (counted.rows[1], counted.uncounted) == (["KL", "kl@kl.example"], [])


def a_bomb() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)
    return written.getvalue()


def with_macros() -> bytes:
    written = io.BytesIO(a_book(("KL",)))
    with zipfile.ZipFile(written, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    return written.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"PK\x03\x04 torn", "damaged"),
        (a_book(("KL",))[:-400], "damaged"),
        (a_book(), "empty"),
        (a_bomb(), "bomb"),
        (with_macros(), "macros"),
        (a_book(*[("KL",)] * 20_001), "too_many_rows"),
    ],
    ids=["torn", "cut off", "empty", "bomb", "macros", "too long"],
)
def test_read_sheet_that_is_no_list_is_refused_in_a_sentence(content: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_sheet("liste.xlsx", io.BytesIO(content))

    refusal = words.sheet_refusal(refused.value)
    assert refusal.code == f"sheet_{code}"
    assert "liste.xlsx" in str(refusal.text)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "cp1252", "utf-16"])
def test_read_csv_in_the_encodings_of_excel_gives_the_letters(encoding: str) -> None:
    assert decoded("Ældrerådet i Åbenrå;post@å.example".encode(encoding)) == "Ældrerådet i Åbenrå;post@å.example"


def test_read_rows_as_text_gives_the_reader_of_lists_each_cell_with_its_row() -> None:
    rows = [
        ["", "Navn", "E-mail"],
        [],
        ["", 'Foreningen "Sind"', "post@sind.example"],
        ["", "KL; Sundhed", "kl@kl.example"],
    ]

    read = read_parties(rows_as_text(rows))

    assert read.problems == []
    assert [(line.line, line.name, line.email) for line in read.parties] == [
        (3, 'Foreningen "Sind"', "post@sind.example"),
        (4, "KL; Sundhed", "kl@kl.example"),
    ]
