"""A pasted list of parties: read as it comes out of spreadsheets and mails, each mistake named by its line."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from consultations.imports import PartyLine, read_parties


@pytest.mark.parametrize(
    ("line", "name", "email", "contact_name"),
    [
        ("Danske Patienter", "Danske Patienter", "", ""),
        ("Danske Patienter\tpost@dp.example\tAnna Due", "Danske Patienter", "post@dp.example", "Anna Due"),
        ("Danske Patienter; Anna Due; post@dp.example", "Danske Patienter", "post@dp.example", "Anna Due"),
        ('"Danske Patienter";"post@dp.example"', "Danske Patienter", "post@dp.example", ""),
        ("Danske Patienter <post@dp.example>", "Danske Patienter", "post@dp.example", ""),
        ("Danske Patienter post@dp.example", "Danske Patienter", "post@dp.example", ""),
        ("KL, Sundhed og Ældre\tkl@kl.example", "KL, Sundhed og Ældre", "kl@kl.example", ""),
    ],
)
def test_read_line_in_any_of_the_usual_shapes_gives_the_party(
    line: str, name: str, email: str, contact_name: str
) -> None:
    assert read_parties(line) == ([PartyLine(1, name, email, contact_name)], [])


def test_read_list_passes_over_headings_and_empty_lines_and_counts_the_lines_as_pasted() -> None:
    rows, problems = read_parties("Navn;E-mail\n\nÆldre Sagen;a@b.example\n;;\nKL\n")

    assert [(row.line, row.name) for row in rows] == [(3, "Ældre Sagen"), (5, "KL")]
    assert problems == []


def test_read_list_with_mistakes_names_every_line_and_what_is_wrong() -> None:
    pasted = "KL;kl@@kl.example\n;post@dp.example\nDanske Patienter\nDanske patienter\nA;b@c.dk;d;e\n"

    with override("en"):
        _rows, problems = read_parties(pasted)

    assert [problem.split(":")[0] for problem in problems] == ["Line 1", "Line 2", "Line 4", "Line 5"]
    assert "several e-mail addresses" in problems[0]
    assert problems[1] == "Line 2: Write the party's name."
    assert problems[2] == "Line 4: Danske patienter stands in line 3 already."
    assert "more than three cells" in problems[3]


def test_read_list_that_is_too_long_is_refused_with_its_number() -> None:
    with override("en"):
        _rows, problems = read_parties("\n".join(f"Part {number}" for number in range(501)))

    assert problems == ["These are 501 parties; paste at most 500 at a time."]
