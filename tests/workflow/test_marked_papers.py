"""What changed between two versions as a paper: accepted the Word file is the later text, rejected the earlier one."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from tests.workflow.papers import a_paper
from workflow.dates import in_language
from workflow.reports.papers.html import as_html
from workflow.reports.papers.markdown import blocks_of
from workflow.reports.papers.marking import marked_section
from workflow.reports.papers.model import Block, Heading, Line, Table, Words, line
from workflow.reports.papers.pdf import write_pdf
from workflow.reports.papers.word import write_docx
from workflow.rules.compared_words import Fate
from workflow.rules.differences import ReadSection, compared_sections

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LINEAGES = [UUID(int=number) for number in range(1, 9)]

BEFORE = [
    ("1", "Mål", "Vi vil nå **tre mål** inden 2028, og det koster 12 mio. kr. om året[^1].\n\n[^1]: Fordelt ligeligt."),
    (
        "1.1",
        "Børn og unge",
        "Indsatsen omfatter:\n\n1. det første\n2. det andet\n   - herunder\n   - og herunder\n\nOg videre frem.",
    ),
    ("2", "Tal", "| Mål | Antal |\n|---|---|\n| Færre indlæggelser | 12 |\n| Bedre overgange | 1.200 |"),
    ("3", "Udgår", "Dette afsnit går ud af aftalen."),
    ("", "Ikrafttræden", "Aftalen gælder fra den 1. januar 2027.\n\n- et punkt\n- et andet\n- et tredje"),
]
AFTER = [
    (
        "1",
        "Mål og midler",
        "Vi vil nå **fire mål** inden 2029, og det koster 14 mio. kr. om året[^1].\n\nEt nyt afsnit helt for sig selv."
        "\n\n[^1]: Fordelt efter indbyggertal.",
    ),
    (
        "1.1",
        "Børn og unge",
        "Indsatsen omfatter:\n\n1. det første\n2. det andet, der er rettet\n   - herunder noget mere\n"
        "3. det sidste\n\nOg videre frem.",
    ),
    (
        "2",
        "Tal",
        "| Mål | Antal |\n|---|---|\n| Færre indlæggelser | 15 |\n| Helt nyt mål for alle | 7 |\n"
        "| Bedre overgange | 1.200 |",
    ),
    ("", "Ikrafttræden", "Aftalen gælder fra den 1. juli 2027.\n\n- et punkt\n- et tredje"),
    ("4", "Nyt", "Et afsnit, der *ikke* var der før."),
]
AFTER_PLACES = (0, 1, 2, 4, 5)


def read(sections: list[tuple[str, str, str]], places: tuple[int, ...] | range) -> list[ReadSection]:
    return [
        ReadSection(_LINEAGES[place], heading, text, number, level=number.count(".") + 1)
        for place, (number, heading, text) in zip(places, sections, strict=True)
    ]


def marked(before: list[ReadSection], after: list[ReadSection]) -> list[Block]:
    with in_language("da"):
        return [block for section in compared_sections(before, after) for block in marked_section(section, "da")]


def read_back(tmp_path: Path, content: bytes, *, original: bool) -> dict[str, object]:
    path, out = tmp_path / f"{uuid4()}.docx", io.StringIO()
    path.write_bytes(content)
    call_command("read_document", str(path), "--json", *(["--original"] if original else []), stdout=out)
    found: dict[str, object] = json.loads(out.getvalue())
    return found


@pytest.mark.sqlite
@pytest.mark.parametrize(("original", "expected"), [(False, AFTER), (True, BEFORE)], ids=["accepted", "rejected"])
def test_read_word_file_with_changes_it_is_the_later_text_accepted_and_the_earlier_one_rejected(
    tmp_path: Path, *, original: bool, expected: list[tuple[str, str, str]]
) -> None:
    blocks = marked(read(BEFORE, range(5)), read(AFTER, AFTER_PLACES))

    found = read_back(tmp_path, write_docx(a_paper(*blocks)), original=original)

    sections: list[dict[str, str]] = found["sections"]  # type: ignore[assignment]
    assert [f"{each['number']} {each['heading']}".strip() for each in sections] == [
        f"{number} {heading}".strip() for number, heading, _text in expected
    ]
    for section, (_number, heading, text) in zip(sections, expected, strict=True):
        assert blocks_of(section["text"]) == blocks_of(text), heading


ODD: list[tuple[str, str]] = [
    ("| A | B |\n| c | d |", "| A | B |\n|---|---|\n| c | d |"),
    ("| A | B |\n|---|---|\n| - | - |\n| c | d |", "| A | B |\n|---|---|\n| - | - |\n| c | e |"),
    ("Ord et[^n].\n\n[^n]: Første.\n\n    Andet afsnit.\n\nSlut.", "Ord et[^n].\n\n[^n]: Første.\n\n    Nyt.\n\nSlut."),
    ("Ord a her\nslut igen", "Ord a her\n- punkt"),
    ("Se [siden][1] nu.\n\n[1]: https://a.example", "Se [siden][1] så.\n\n[1]: https://a.example"),
    ("- a en\n- b to\n  - c tre\n    - d fire\n- e fem", "- a en\n  - b to\n    - c tre\n- d fire\n- e fem"),
    ("- første punkt", "1. første punkt"),
    ("3. tre\n4. fire", "5. tre\n6. fire"),
    ("Vi vil nå målet i år og næste år.", "- Vi vil nå målet i år og næste år."),
    ("- barn et\n- barn to", "- far ny\n  - barn et\n  - barn to"),
    ("Før.\n\n```\nx = 1\n\n- y = 2\n```\n\nEfter.", "Før.\n\n```\nx = 1\n\n- y = 3\n```\n\nEfter."),
    (">\n\n- a et\n- b to\n\nSlut.", ">\n\n1. a et\n2. b to\n\nSlut."),
    ("1. første ting\n2. anden ting", "1. ny ting helt\n2. første ting\n3. anden ting"),
]
"""Texts whose paragraphs, cut apart, say something else than the whole."""


@pytest.mark.slow
@pytest.mark.sqlite
@pytest.mark.parametrize(("before", "after"), ODD)
def test_read_word_file_with_odd_changes_it_is_either_text_as_that_would_be_read_alone(
    tmp_path: Path, before: str, after: str
) -> None:
    sections = [[ReadSection(_LINEAGES[0], "Mål", text, "1")] for text in (before, after)]
    content = write_docx(a_paper(*marked(*sections)))

    for original, text in ((True, before), (False, after)):
        alone = write_docx(a_paper(Heading(1, line("1 Mål")), *blocks_of(text, below=1)))
        expected = read_back(tmp_path, alone, original=False)
        assert read_back(tmp_path, content, original=original)["sections"] == expected["sections"]


def test_write_word_file_with_changes_each_bears_the_office_and_the_day_and_the_same_bytes_come_twice() -> None:
    blocks = marked(read(BEFORE, range(5)), read(AFTER, AFTER_PLACES))

    content = write_docx(a_paper(*blocks))

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        root = etree.fromstring(archive.read("word/document.xml"))
        comments = archive.read("word/comments.xml").decode()
    marks = [*root.iter(f"{_W}ins"), *root.iter(f"{_W}del")]
    assert len({mark.get(f"{_W}id") for mark in marks}) == len(marks) > 10
    assert {mark.get(f"{_W}author") for mark in marks} == {"Sekretariatet for sundhedsaftalen"}
    assert {mark.get(f"{_W}date") for mark in marks} == {"2026-03-03T23:30:00Z"}
    # Word shows no text of a removal that is not written as removed.
    assert not [text for mark in root.iter(f"{_W}del") for text in mark.iter(f"{_W}t")]
    assert "nyt afsnit" in comments
    assert write_docx(a_paper(*blocks)) == content


def changes_in(lines: list[Line]) -> list[tuple[str, str]]:
    """The words with a fate, run together, without the space around them."""
    found: list[tuple[str, str]] = []
    for words in lines:
        for inline in words:
            if isinstance(inline, Words) and inline.fate is not Fate.SAME and inline.text.strip():
                found.append((inline.fate.value, " ".join(inline.text.split())))
    return found


def lines_of(blocks: list[Block]) -> list[Line]:
    lines: list[Line] = []
    for block in blocks:
        if isinstance(block, Table):
            lines += [cell for row in (block.head, *block.rows) for cell in row]
        elif hasattr(block, "words"):
            lines.append(block.words)
    return lines


_SENTENCES = st.lists(
    st.sampled_from(
        ["Regionen betaler", "Kommunen skal", "12 mio. kr.", "inden 2028", "alle borgere", "kan", "straks"]
    ),
    min_size=1,
    max_size=9,
).map(" ".join)
_TEXTS = st.lists(_SENTENCES, min_size=1, max_size=4).map("\n\n".join)


@settings(max_examples=60, deadline=None)
@given(_TEXTS, _TEXTS)
def test_mark_any_two_texts_page_pdf_and_word_file_show_the_same_changes(before: str, after: str) -> None:
    [difference] = compared_sections(
        [ReadSection(_LINEAGES[0], "Mål", before)], [ReadSection(_LINEAGES[0], "Mål", after)]
    )
    shown = [
        (run.fate.value, " ".join(run.text.split()))
        for block in difference.blocks
        for run in block.runs
        if run.fate is not Fate.SAME and run.text.strip()
    ]
    blocks = list(marked_section(difference, "da"))
    paper = a_paper(*blocks)

    assert _together(changes_in(lines_of(blocks))) == _together(shown)
    html = re.findall(r"<(ins|del)>(.*?)</\1>", as_html(paper))
    words = [({"ins": "added", "del": "removed"}[tag], re.sub(r"<[^>]+>", "", text).strip()) for tag, text in html]
    assert _together(words) == _together(shown)
    with zipfile.ZipFile(io.BytesIO(write_docx(paper))) as archive:
        root = etree.fromstring(archive.read("word/document.xml"))
    tracked = [
        ("added" if mark.tag == f"{_W}ins" else "removed", "".join(mark.itertext()).strip())
        for mark in root.iter(f"{_W}ins", f"{_W}del")
    ]
    assert _together(tracked) == _together(shown)


def _together(changes: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Neighbours of one fate as one, for a number that changed is told apart from the words beside it."""
    found: list[tuple[str, str]] = []
    for fate, text in changes:
        if not text:
            continue
        if found and found[-1][0] == fate:
            found[-1] = (fate, f"{found[-1][1]} {text}")
        else:
            found.append((fate, text))
    return [(fate, "".join(text.split())) for fate, text in found]


def test_mark_a_note_that_changed_under_the_same_words_removes_the_one_and_adds_the_other() -> None:
    before = [ReadSection(_LINEAGES[0], "Mål", "Ord[^1].\n\n[^1]: Før.")]
    after = [ReadSection(_LINEAGES[0], "Mål", "Ord[^1].\n\n[^1]: Nu.")]

    [_heading, paragraph] = marked(before, after)

    assert [inline.fate for inline in paragraph.words] == [  # type: ignore[union-attr]
        Fate.SAME,
        Fate.REMOVED,
        Fate.ADDED,
        Fate.SAME,
    ]


def test_write_pdf_with_changes_marks_added_removed_and_figures() -> None:
    blocks = marked(read(BEFORE, range(5)), read(AFTER, AFTER_PLACES))
    html = as_html(a_paper(*blocks))

    assert '<del><b class="figure">12 </b></del><ins><b class="figure">14 </b></ins>' in html
    assert "(nyt afsnit)" in html
    assert write_pdf(a_paper(*blocks)).startswith(b"%PDF")


def test_write_heading_without_a_remark_leaves_no_comments_behind() -> None:
    with zipfile.ZipFile(io.BytesIO(write_docx(a_paper(Heading(1, line("Mål")))))) as archive:
        assert "word/comments.xml" not in archive.namelist()
