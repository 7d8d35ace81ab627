"""Tracked changes and comments of a Word file: where they stand, and the words that changed, no more."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from tests.workflow.readers.word_files import a_paragraph, a_run, deleted, inserted, read
from workflow.readers.document import FoundDocument

pytestmark = pytest.mark.sqlite

AT = "2026-03-04T10:00:00Z"


def changes(found: FoundDocument) -> list[tuple[int, int, str, str, str, str]]:
    return [(c.section, c.start, c.kind, c.before, c.after, c.author) for c in found.changes]


def a_mark(kind: str, author: str = "Kirsten") -> str:
    """Properties by which a paragraph's end was put in or taken out."""
    return f'<w:rPr><w:{kind} w:id="2" w:author="{author}" w:date="{AT}"/></w:rPr>'


def test_read_changes_words_beside_each_other_by_one_author_are_one_replacement() -> None:
    body = a_paragraph("Fristen er ", deleted("otte"), inserted("ti"), " uger", inserted(" i alt"), ".")

    taken, kept = read(body), read(body, original=True)

    assert taken.sections[0].text == "Fristen er ti uger i alt."
    assert changes(taken) == [(0, 11, "replaced", "otte", "ti", "Kirsten"), (0, 19, "inserted", "", "i alt", "Kirsten")]
    assert kept.sections[0].text == "Fristen er otte uger."
    assert changes(kept) == [(0, 11, "replaced", "otte", "ti", "Kirsten"), (0, 20, "inserted", "", "i alt", "Kirsten")]
    assert {change.at for change in taken.changes} == {AT}


def test_read_changes_by_two_authors_side_by_side_are_two() -> None:
    body = a_paragraph("Fristen er ", deleted("otte", "Ole"), inserted("ti"), " uger.")

    assert changes(read(body)) == [(0, 11, "deleted", "otte", "", "Ole"), (0, 11, "inserted", "", "ti", "Kirsten")]


def test_read_blanks_that_were_put_in_alone_stand_where_they_are() -> None:
    body = a_paragraph("nær", inserted(" "), "hospital ", inserted("<w:r><w:br/></w:r>"), "og")

    found = read(body)

    assert found.sections[0].text == "nær hospital \\\nog"
    assert [(c.start, c.after) for c in found.changes] == [(3, " "), (13, "\n")]


def test_read_words_that_were_moved_are_a_deletion_and_an_insertion() -> None:
    moved = inserted("Først.").replace("w:ins", "w:moveTo")
    away = deleted("Først.").replace("w:del ", "w:moveFrom ").replace("</w:del>", "</w:moveFrom>")
    body = a_paragraph(away) + a_paragraph("Så. ", moved)

    found = read(body)

    assert [(c.kind, c.before, c.after) for c in found.changes] == [
        ("deleted", "Først.", ""),
        ("inserted", "", "Først."),
    ]
    assert found.sections[0].text == "Så. Først."


def test_read_words_one_put_in_and_another_took_out_stand_in_neither_reading() -> None:
    inner = deleted("måske", "Ole")
    body = a_paragraph("Vi ", f'<w:ins w:id="1" w:author="Kirsten" w:date="{AT}">{inner}</w:ins>', "gør det.")

    assert read(body).sections[0].text == read(body, original=True).sections[0].text == "Vi gør det."
    assert changes(read(body)) == [(0, 3, "deleted", "måske", "", "Ole")]


def test_read_paragraph_taken_out_with_its_end_leaves_its_place_behind_the_one_before() -> None:
    body = (
        a_paragraph("Vision", style="Overskrift1")
        + a_paragraph("Først.")
        + a_paragraph(deleted("Væk."), properties=a_mark("del"))
        + a_paragraph("Mål", style="Overskrift1")
    )

    found, kept = read(body), read(body, original=True)

    assert [(s.heading, s.text) for s in found.sections] == [("Vision", "Først."), ("Mål", "")]
    assert changes(found) == [(0, 6, "deleted", "Væk.", "", "Kirsten")]
    assert kept.sections[0].text == "Først.\n\nVæk."
    assert changes(kept) == [(0, 8, "deleted", "Væk.", "", "Kirsten")]


def test_read_paragraphs_put_together_or_in_two_say_so() -> None:
    apart = a_paragraph("Først.", properties=a_mark("ins")) + a_paragraph("Så.")
    together = a_paragraph("Først.", properties=a_mark("del")) + a_paragraph(" Så.")

    assert read(apart).sections[0].text == "Først.\n\nSå."
    assert changes(read(apart)) == [(0, 6, "inserted", "", "\n\n", "Kirsten")]
    assert read(apart, original=True).sections[0].text == "Først.Så."
    assert read(together).sections[0].text == "Først. Så."
    assert changes(read(together)) == [(0, 6, "deleted", "\n\n", "", "Kirsten")]


def test_read_paragraph_whose_end_was_taken_out_before_a_table_stays_before_it() -> None:
    table = f"<w:tbl><w:tr><w:tc>{a_paragraph('a')}</w:tc><w:tc>{a_paragraph('b')}</w:tc></w:tr></w:tbl>"
    body = a_paragraph("Vision", style="Overskrift1", properties=a_mark("del")) + table + a_paragraph("Så.")

    [section] = read(body).sections

    assert (section.heading, section.text) == ("Vision", "| a | b |\n| --- | --- |\n\nSå.")


def test_read_change_in_a_heading_stands_at_the_beginning_of_its_section() -> None:
    body = a_paragraph("Fælles ", deleted("mål"), inserted("vision"), style="Overskrift1") + a_paragraph("Tekst.")

    found = read(body)

    assert (found.sections[0].heading, found.title) == ("Fælles vision", "Fælles vision")
    assert changes(found) == [(0, 0, "replaced", "mål", "vision", "Kirsten")]


def test_read_rows_put_in_or_taken_out_are_one_change_each() -> None:
    def row(*cells: str, kind: str = "") -> str:
        change = f'<w:trPr><w:{kind} w:id="3" w:author="Kirsten" w:date="{AT}"/></w:trPr>' if kind else ""
        wrap = {"ins": inserted, "del": deleted}.get(kind, str)
        return f"<w:tr>{change}{''.join(f'<w:tc>{a_paragraph(wrap(cell))}</w:tc>' for cell in cells)}</w:tr>"

    body = f"<w:tbl>{row('Mål', 'År')}{row('Færre', '2026', kind='del')}{row('Flere', '2027', kind='ins')}</w:tbl>"

    found, kept = read(body), read(body, original=True)

    assert found.sections[0].text == "| Mål | År |\n| --- | --- |\n| Flere | 2027 |"
    assert [(c.kind, c.before, c.after) for c in found.changes] == [
        ("deleted", "Færre | 2026", ""),
        ("inserted", "", "Flere | 2027"),
    ]
    assert found.sections[0].text[found.changes[1].start :].startswith("Flere | 2027")
    assert kept.sections[0].text == "| Mål | År |\n| --- | --- |\n| Færre | 2026 |"


def test_read_formatting_that_changed_is_named_and_kept_as_the_reading_asks() -> None:
    change = f'<w:rPrChange w:id="1" w:author="Kirsten" w:date="{AT}"><w:rPr/></w:rPrChange>'
    body = a_paragraph("Vi ", a_run("skal", f"<w:b/>{change}"), ".")

    assert read(body).sections[0].text == "Vi **skal**."
    assert read(body, original=True).sections[0].text == "Vi skal."
    assert read(body).lost == ["formatting_changes 1"]


# ── Comments ──────────────────────────────────────────────────────────────────────────────────────────────────
def a_comment(key: int, words: str, author: str = "Ole", date: str = f' w:date="{AT}"', paragraph: str = "") -> str:
    return (
        f'<w:comment w:id="{key}" w:author="{author}"{date}><w:p w14:paraId="{paragraph}"><w:r><w:t>{words}</w:t></w:r>'
        "</w:p></w:comment>"
    )


def begin(key: int) -> str:
    return f'<w:commentRangeStart w:id="{key}"/>'


def end(key: int) -> str:
    return f'<w:commentRangeEnd w:id="{key}"/><w:r><w:commentReference w:id="{key}"/></w:r>'


def test_read_comments_quote_the_words_they_are_about_and_replies_name_theirs() -> None:
    comments = a_comment(0, "Hvorfor ti?", paragraph="0A") + a_comment(1, "Ferien.", "Kirsten", paragraph="0B")
    extended = '<w15:commentEx w15:paraId="0A"/><w15:commentEx w15:paraId="0B" w15:paraIdParent="0A"/>'
    body = a_paragraph("Overskrift", style="Overskrift1") + a_paragraph(
        "Fristen er ", begin(0), begin(1), "ti ", a_run("uger", "<w:b/>"), end(0), end(1), "."
    )

    found = read(body, comments=comments, commentsExtended=extended)

    assert [asdict(comment) for comment in found.comments] == [
        {
            "section": 0,
            "start": 11,
            "quote": "ti uger",
            "author": "Ole",
            "at": AT,
            "text": "Hvorfor ti?",
            "reply_to": None,
        },
        {
            "section": 0,
            "start": 11,
            "quote": "ti uger",
            "author": "Kirsten",
            "at": AT,
            "text": "Ferien.",
            "reply_to": 0,
        },
    ]


def test_read_comments_without_a_range_a_date_or_a_place_are_all_there() -> None:
    comments = a_comment(0, "Her.", date="") + a_comment(1, "Ingen steder.")
    body = a_paragraph("Fristen", '<w:r><w:commentReference w:id="0"/></w:r>', " er ti uger.")

    found = read(body, comments=comments)

    assert [(c.start, c.quote, c.at, c.text) for c in found.comments] == [
        (0, "", AT, "Ingen steder."),
        (7, "", None, "Her."),
    ]


def test_read_comment_across_sections_begins_in_the_first() -> None:
    body = (
        a_paragraph("Vision", style="Overskrift1")
        + a_paragraph("Vi ", begin(0), "vil.")
        + a_paragraph("Mål", style="Overskrift1")
        + a_paragraph("Vi skal", end(0), ".")
    )

    [comment] = read(body, comments=a_comment(0, "?")).comments

    assert (comment.section, comment.start, comment.quote) == (0, 3, "vil.\nMål\nVi skal")


def test_read_comment_on_words_taken_out_quotes_them() -> None:
    body = a_paragraph("Fristen ", begin(0), deleted("er otte uger"), end(0), ".")

    [comment] = read(body, comments=a_comment(0, "?")).comments

    assert (comment.start, comment.quote) == (8, "er otte uger")
