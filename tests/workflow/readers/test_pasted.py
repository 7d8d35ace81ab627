"""Text that was copied in a program, as it is read off the clipboard's HTML."""

from __future__ import annotations

import pytest

from tests.workflow.readers import pasted_html
from workflow.readers import Unreadable, pasted, read_pasted
from workflow.readers.document import FoundDocument
from workflow.rules.documents import SectionText, as_markdown

pytestmark = pytest.mark.sqlite


def as_text(found: FoundDocument) -> str:
    return as_markdown([SectionText(one.number, one.heading, one.text, level=one.level) for one in found.sections])


@pytest.mark.parametrize(
    ("html", "text", "lost"),
    [
        (pasted_html.LIKE_WORD, pasted_html.READ_LIKE_WORD, pasted_html.LOST_LIKE_WORD),
        (pasted_html.LIKE_GOOGLE_DOCS, pasted_html.READ_LIKE_GOOGLE_DOCS, []),
        (pasted_html.LIKE_LIBREOFFICE, pasted_html.READ_LIKE_LIBREOFFICE, ["nested_tables 1"]),
    ],
    ids=["like-word", "like-google-docs", "like-libreoffice"],
)
def test_read_pasted_html_of_a_program_keeps_headings_lists_tables_and_notes(
    html: str, text: str, lost: list[str]
) -> None:
    found = pasted.read(html.encode())

    assert as_text(found) == text
    assert found.lost == lost


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Et ord", "Et ord"),
        ("bare <b>ord</b>", "bare **ord**"),
        ("<ul><li>a<p>b</p></li></ul>", "- a\n\n  b"),
        ("<li>løst</li>", "- løst"),
        ("<ol type=a start=3><li>x</li><li value=28>y</li></ol>", "c. x\n\nab. y"),
        ("<ol type=I><li>x</li></ol>", "I. x"),
        ("<p role=heading aria-level=2>Over</p><p>Tekst</p>", "## Over\n\nTekst"),
        ("<p class=MsoTitle>Aftalen</p><p>Tekst</p>", "# Aftalen\n\nTekst"),
        ("<p class=MsoToc1>Formål 3</p><p>Tekst</p>", "Tekst"),
        ("<p># ikke en overskrift</p>", "\\# ikke en overskrift"),
        ("<a href='javascript:alert(1)'>tryk</a> <script>alert(1)</script>", "tryk"),
        ("<table><tr><td><h2>I en boks</h2><p>Ord</p></td></tr></table>", "## I en boks\n\nOrd"),
        ("<p>Se note<a href='#_ftn7'>[7]</a></p>", "Se note[7]"),
        ("<table><tr><td colspan=99999>x</td></tr><tr><td>y</td><td>z</td></tr></table>", None),
    ],
)
def test_read_pasted_html_of_odd_shapes_keeps_the_words(html: str, text: str | None) -> None:
    read = as_text(pasted.read(html.encode()))

    assert read == text or (text is None and read.startswith("| x |"))


@pytest.mark.parametrize("html", ["", " \n", "\x00", "<div>" * 300 + "ord", "<style>p {}</style>"])
def test_read_pasted_html_that_holds_nothing_or_too_much_is_refused(html: str) -> None:
    with pytest.raises(Unreadable):
        read_pasted(html)


def test_read_pasted_html_by_its_own_program_says_what_is_lost_in_words() -> None:
    found = read_pasted(pasted_html.LIKE_WORD)

    assert as_text(found) == pasted_html.READ_LIKE_WORD
    assert len(found.lost) == 4
    assert any("1" in words for words in found.lost)
