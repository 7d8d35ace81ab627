"""A pasted list of parties: read as it comes out of spreadsheets and mails, all its mistakes named by their lines."""

from __future__ import annotations

import csv
import io
import time

import pytest
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.imports.parties import MOST_LINES, PartyLine, PastedList, read_parties

FORENING = [("Frivilligcenter", "post@fc.example")]
NORD = [("Frivilligcenter Nord", "post@fc.example")]
TWO = [("Frivilligcenter", "post@fc.example"), ("Bedre Liv", "post@bl.example")]


def pairs(read: PastedList) -> list[tuple[str, str]]:
    return [(party.name, party.email) for party in read.parties]


def said(text: str) -> list[str]:
    """What is wrong with a list, in English."""
    with override("en"):
        return [str(problem) for problem in read_parties(text).problems]


@pytest.mark.parametrize(
    ("line", "name", "email", "contact_name"),
    [
        ("Danske Patienter", "Danske Patienter", "", ""),
        ("Danske Patienter\tpost@dp.example\tAnna Due", "Danske Patienter", "post@dp.example", "Anna Due"),
        ("Danske Patienter; Anna Due; post@dp.example", "Danske Patienter", "post@dp.example", "Anna Due"),
        ("Danske Patienter;;Anna Due", "Danske Patienter", "", "Anna Due"),
        ('"Danske Patienter";"post@dp.example"', "Danske Patienter", "post@dp.example", ""),
        ("Danske Patienter <post@dp.example>", "Danske Patienter", "post@dp.example", ""),
        ("Danske Patienter <mailto:post@dp.example>", "Danske Patienter", "post@dp.example", ""),
        ("Danske Patienter\tmailto:post@dp.example?subject=H%C3%B8ring", "Danske Patienter", "post@dp.example", ""),
        ("Danske Patienter;post@dp.example<mailto:post@dp.example>", "Danske Patienter", "post@dp.example", ""),
        ("Danske Patienter; Anna Due <post@dp.example>", "Danske Patienter", "post@dp.example", "Anna Due"),
        ("Danske Patienter post@dp.example", "Danske Patienter", "post@dp.example", ""),
        ("post@dp.example;Danske Patienter", "Danske Patienter", "post@dp.example", ""),
        ("KL, Sundhed og Ældre\tkl@kl.example", "KL, Sundhed og Ældre", "kl@kl.example", ""),
        ("KL, Sundhed og Ældre", "KL, Sundhed og Ældre", "", ""),
        ("KL, kl@kl.example, Bo Bak", "KL", "kl@kl.example", "Bo Bak"),
        ('"Sind, Roskilde" <post@sind.example>', "Sind, Roskilde", "post@sind.example", ""),
        ('"Sind" Roskilde\tpost@sind.example', '"Sind" Roskilde', "post@sind.example", ""),
        ("Sct. Hans' Venner;o'brien@sh.example", "Sct. Hans' Venner", "o'brien@sh.example", ""),
        ("• Danske Patienter;post@dp.example", "Danske Patienter", "post@dp.example", ""),
    ],
)
def test_read_line_in_any_of_the_usual_shapes_gives_the_party(
    line: str, name: str, email: str, contact_name: str
) -> None:
    read = read_parties(line)

    assert (read.parties, read.problems) == ([PartyLine(1, name, email, contact_name)], [])


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("\ufeffNavn;E-mail\nFrivilligcenter;post@fc.example", FORENING),
        ("ï»¿Navn;E-mail\nFrivilligcenter;post@fc.example", FORENING),
        ("ÿþ" + "\0".join("Navn;E-mail\nFrivilligcenter;post@fc.example") + "\0", FORENING),
        ("Høringspart\tMailadresse\nFrivilligcenter\tpost@fc.example", FORENING),
        ("Frivilligcenter, post@fc.example", FORENING),
        ('"Frivilligcenter\nNord"\tpost@fc.example', NORD),
        ('"Frivilligcenter\r\nNord"\tpost@fc.example\r\n', NORD),
        ('"Frivilligcenter; Nord";post@fc.example', [("Frivilligcenter; Nord", "post@fc.example")]),
        ('"Frivilligcenter ""Nord""";post@fc.example', [('Frivilligcenter "Nord"', "post@fc.example")]),
        ("1;Frivilligcenter;post@fc.example\n2;Bedre Liv;post@bl.example", TWO),
        ("1.\tFrivilligcenter\tpost@fc.example\n2.\tBedre Liv\tpost@bl.example", TWO),
        ("1. Frivilligcenter <post@fc.example>\n2. Bedre Liv <post@bl.example>", TWO),
        ("Nr.;Navn;E-mail\n1;Frivilligcenter;post@fc.example", FORENING),
        ("Frivilligcenter;33 70 33 70;post@fc.example\nBedre Liv;44703370;post@bl.example", TWO),
        ("Frivilligcenter\u00a0Nord;post@fc.example", NORD),
        ("Frivillig\u00adcenter;post@fc.example", FORENING),
        ("Frivillig\u200bcenter;post@\u2060fc.example", FORENING),
        ("A\u030alborg Forening;post@fc.example", [("Ålborg Forening", "post@fc.example")]),
        ("Høringsliste 2027\nNavn;E-mail\nFrivilligcenter;post@fc.example", FORENING),
        ("Høringsliste, juni 2027\nNavn,E-mail\nFrivilligcenter,post@fc.example", FORENING),
        ("Høringsparter\n\n;;\nNavn;E-mail\nFrivilligcenter;post@fc.example", FORENING),
        ("Navn;Adresse;E-mail\nFrivilligcenter;Torvet 1;post@fc.example", FORENING),
        ("Navn;Adresse\nFrivilligcenter;post@fc.example", FORENING),
        ("Organisation;Navn;Mail\nFrivilligcenter;Anna Due;post@fc.example", FORENING),
        ("Forening;Primær mail\nFrivilligcenter;post@fc.example", FORENING),
        ("Party;E-mail address;Attention\nFrivilligcenter;post@fc.example;Anna", FORENING),
        ("Navn;E-mail\nFrivilligcenter;post@fc.example\nNavn;E-mail\nBedre Liv;post@bl.example", TWO),
        ("Frivilligcenter;post@fc.example;;;\nBedre Liv;post@bl.example;;;", TWO),
        ("\tFrivilligcenter\t\t \tpost@fc.example\t\n\n\tBedre Liv\t\t \tpost@bl.example\t", TWO),
        ("Frivilligcenter\tpost@fc.example\nBedre Liv; post@bl.example", TWO),
        (
            "Navn;Telefon;Mail;" + ";".join(f"Spalte {number}" for number in range(17)) + "\n"
            "Frivilligcenter;33 70 33 70;post@fc.example;" + ";".join("abcdefghijklmnopq"),
            FORENING,
        ),
        (
            "Danske Patienter;hoering@patienter.example\nFOA;post@foa.example",
            [("Danske Patienter", "hoering@patienter.example"), ("FOA", "post@foa.example")],
        ),
    ],
)
def test_read_list_as_programs_copy_it_gives_names_and_addresses(text: str, rows: list[tuple[str, str]]) -> None:
    read = read_parties(text)

    assert (pairs(read), read.problems) == (rows, [])


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("Forening;a@fc.example;b@fc.example", 1, "several addresses (a@fc.example, b@fc.example)"),
        ("Forening;a@fc.example, b@fc.example", 1, "several addresses"),
        ('Forening;"a@fc.example\nb@fc.example"', 1, "several addresses"),
        ("A <a@fc.example>; B <b@fc.example>", 1, "several addresses"),
        ("Navn;E-mail;E-mail 2\nForening;a@fc.example;b@fc.example", 2, "several addresses"),
        ("Forening;ikke-en-mail", 1, "“ikke-en-mail” stands where the e-mail address belongs"),
        ("FOA;a@foa.example\nForening;Anna Due", 2, "“Anna Due” stands where the e-mail address belongs"),
        ("Navn;E-mail\nForening;ingen", 2, "“ingen” stands where the e-mail address belongs"),
        ("Forening;post@fc.example (hovedpostkasse)", 1, "is more than an e-mail address"),
        ("Forening;post@fc", 1, "post@fc: "),
        ('"Forening;a@fc.example\nFOA;b@foa.example', 1, "quotation mark has no partner"),
        ("KÃ¸benhavns Ældreråd;a@fc.example", 1, "“KÃ¸benhavns Ældreråd” has letters"),
        ("KÃ¸benhavns Forening;a@fc.example", 1, "(“Københavns Forening”?)"),
        ("K\ufffdbenhavn;a@fc.example", 1, "has letters that were read wrongly"),
        (f"{'x' * 201};a@fc.example", 1, "is 201 characters long; a name may have 200"),
        ("Navn;E-mail\nForening;a@fc.example;mere", 2, "“mere” stands under no heading"),
        ("Forening;a@fc.example;Anna;Bo", 1, "more than three cells"),
        ("post@fc.example", 1, "Write the party's name."),
    ],
)
def test_read_list_with_a_mistake_names_its_line_and_what_is_wrong(text: str, line: int, words: str) -> None:
    problems = said(text)

    assert problems[0].startswith(f"Line {line}: ")
    assert words in problems[0]


def test_read_list_passes_over_headings_and_empty_lines_and_counts_the_lines_as_pasted() -> None:
    read = read_parties("\n\nNavn;E-mail;Telefon\n\nÆldre Sagen;a@b.example;12345678\n;;\nKL\n")

    assert [(row.line, row.name) for row in read.parties] == [(5, "Ældre Sagen"), (7, "KL")]
    assert [row.line for row in read.passed_over] == [3]
    assert read.unused == ["Telefon"]
    assert read.problems == []


def test_read_list_with_mistakes_names_every_line_and_what_is_wrong() -> None:
    problems = said("KL;kl@@kl.example\n;post@dp.example\nDanske Patienter\nDanske patienter\nA;b@c.dk;d;e\n")

    assert [problem.split(":")[0] for problem in problems] == ["Line 1", "Line 2", "Line 4", "Line 5"]
    assert "several e-mail addresses" in problems[0]
    assert problems[1] == "Line 2: Write the party's name."
    assert problems[2] == "Line 4: Danske patienter stands in line 3 already."
    assert "more than three cells" in problems[3]


def test_read_list_with_names_that_only_sort_alike_takes_both() -> None:
    read = read_parties("Åby Ældreråd;a@b.example\nAaby Ældreråd;c@d.example")

    assert (len(read.parties), read.problems) == (2, [])


def test_read_list_of_5000_lines_with_40_faults_names_all_forty() -> None:
    lines = [f"Forening {number};post{number}@fc.example" for number in range(1, MOST_LINES + 1)]
    faults = ("Forening;intet", '"Forening;a@b.example', "Forening;a@b.example;c@d.example", ";a@b.example")
    wrong = [125 * number for number in range(1, 41)]
    for number in wrong:
        lines[number - 1] = faults[number % 4].replace("Forening", f"Forening {number}")

    problems = read_parties("\n".join(lines)).problems

    assert [problem.line for problem in problems] == wrong


def test_read_list_that_is_too_long_is_refused_with_its_number() -> None:
    assert said("\n".join(f"Part {number}" for number in range(MOST_LINES + 1))) == [
        "Line 5001: These are 5001 parties; paste at most 5000 at a time."
    ]


NAMES = st.text("abcÆØÅæøåéü 019.,;\t\n'\"&/-()", max_size=30)


@settings(max_examples=60, deadline=None)
@given(st.lists(NAMES, min_size=1, max_size=6), st.sampled_from("\t;,"), st.sampled_from(["\n", "\r\n"]))
def test_read_what_csv_wrote_with_any_delimiter_gives_the_rows_back(
    names: list[str], delimiter: str, line_end: str
) -> None:
    rows = [(f"Forening {number} {name}", f"post{number}@fc.example") for number, name in enumerate(names)]
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter, lineterminator=line_end).writerows(rows)

    read = read_parties(written.getvalue())

    assert pairs(read) == [(" ".join(name.split()), email) for name, email in rows]
    assert read.problems == []


@pytest.mark.parametrize("piece", [';"', "a@", "Navn;E-mail\n", 'x"\n', "a@b.example,", "\u0301", "<a@b"])
def test_read_endless_nonsense_takes_no_longer_than_its_length(piece: str) -> None:
    begun = time.process_time()

    read_parties(piece * (200_000 // len(piece)))

    assert time.process_time() - begun < 10


def doubts(read: PastedList) -> list[str]:
    return [party.name for party in read.parties if party.doubt]


@pytest.mark.parametrize(
    ("text", "names", "passed_over", "doubtful"),
    [
        ("Til: FOA <a@x.example>; Sind <b@x.example>\nCc: DA <c@x.example>", ["FOA", "Sind", "DA"], 0, []),
        ("Fra: Anna <anna@x.example>\nEmne: Høring\nFOA;a@x.example", ["FOA"], 2, []),
        ("a) FOA;a@x.example\nb) Sind;b@x.example", ["FOA", "Sind"], 0, []),
        ("i. FOA\nii. Sind\niii. DA\niv. DH", ["FOA", "Sind", "DA", "DH"], 0, []),
        ("§ 1 FOA\n§ 2 Sind", ["FOA", "Sind"], 0, []),
        ("a) FOA\nSind", ["a) FOA", "Sind"], 0, ["a) FOA"]),
        ("A. P. Møllers Fond;a@x.example\nB. Fonden;b@x.example", ["A. P. Møllers Fond", "B. Fonden"], 0, []),
        ("Kommuner:\na) Køge\nb) Greve\nForeninger:\na) FOA", ["Køge", "Greve", "FOA"], 2, []),
        ("Kommuner: Køge og Greve\nFOA", ["Kommuner: Køge og Greve", "FOA"], 0, ["Kommuner: Køge og Greve"]),
        ("FOA;a@x.example\nMed venlig hilsen\nAnna Due", ["FOA", "Anna Due"], 1, ["Anna Due"]),
        ("FOA\nMvh.\nAnna Due\nKonsulent", ["FOA", "Anna Due", "Konsulent"], 1, ["Anna Due", "Konsulent"]),
        ("Venlige Hilsners Forening;a@x.example", ["Venlige Hilsners Forening"], 0, []),
        ("<tr><td>FOA</td><td>a@x.example</td></tr><tr><td>Sind</td><td></td></tr>", ["FOA", "Sind"], 0, []),
        ("<table>\n<tr>\n<td>Børn &amp; Unge</td>\n<td>a@x.example</td>\n</tr>\n</table>", ["Børn & Unge"], 0, []),
        ("<ul><li>FOA</li><li>Sind</li></ul>", ["FOA", "Sind"], 0, []),
        ("FOA <a@x.example>\nSind <b@x.example>", ["FOA", "Sind"], 0, []),
    ],
)
def test_read_list_copied_from_a_mail_or_a_page_takes_off_what_is_no_party_and_marks_what_may_be_none(
    text: str, names: list[str], passed_over: int, doubtful: list[str]
) -> None:
    read = read_parties(text)

    assert read.problems == []
    assert [party.name for party in read.parties] == names
    assert (len(read.passed_over), doubts(read)) == (passed_over, doubtful)


def test_read_table_of_a_page_keeps_the_numbers_of_its_lines() -> None:
    [problem] = said(
        "<table>\n<tr>\n<td>FOA</td>\n<td>a@x.example</td>\n</tr>\n<tr>\n<td>Sind</td><td>b@@x</td>\n</tr>"
    )

    assert problem.startswith("Line 6: ")


@pytest.mark.parametrize("piece", ["<tr>", "<td>", "</tr>", "<tr><td", "</td>", "<li "])
def test_read_marks_without_their_ends_takes_no_longer_than_other_text(piece: str) -> None:
    began = time.thread_time()

    read_parties(piece * 100_000)

    assert time.thread_time() - began < 10
