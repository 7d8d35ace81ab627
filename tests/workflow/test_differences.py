"""What differs between two versions of a text, as people read it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflow.document_factories import a_document
from tests.workflow.factories import a_process, an_office
from workflow.actions.documents import add_version
from workflow.actors import SYSTEM
from workflow.queries.comparisons import compared_versions
from workflow.rules.compared_words import Fate, Words, compared
from workflow.rules.differences import ReadSection, SectionDifference, compared_sections, shortened
from workflow.rules.document_differences import ReadDocument, document_differences, summary
from workflow.rules.documents import SectionText

ONE, TWO, THREE, FOUR = (UUID(int=number) for number in (1, 2, 3, 4))
TEXTS = st.text(alphabet="abæ 12.,|-\n", max_size=80)
LINES = st.lists(
    st.sampled_from(["Parterne skal mødes.", "- et mål", "| a | b |", "| a | c |", "", "Prisen er 1.250 kr.", "Slut"]),
    max_size=9,
).map("\n".join)


@st.composite
def versions(draw: st.DrawFn) -> tuple[list[ReadSection], list[ReadSection]]:
    """Two versions: sections that stay, go, come, move, are split off others and joined from several."""
    lineages = [UUID(int=number) for number in range(6)]
    before = [
        ReadSection(lineage, draw(st.sampled_from(["Mål", "Ansvar"])), draw(LINES | TEXTS), str(place))
        for place, lineage in enumerate(draw(st.lists(st.sampled_from(lineages), unique=True, max_size=5)))
    ]
    after = [
        ReadSection(
            lineage,
            draw(st.sampled_from(["Mål", "Ansvar"])),
            draw(LINES | TEXTS),
            str(place),
            tuple(draw(st.lists(st.sampled_from(lineages), max_size=2))),
        )
        for place, lineage in enumerate(draw(st.lists(st.sampled_from(lineages), unique=True, max_size=5)))
    ]
    return before, after


def section_differences(before: Sequence[ReadSection], after: Sequence[ReadSection]) -> list[SectionDifference]:
    """Those that differ in more than their number, with what stands around the changes, as pages show them."""
    return [shortened(row) for row in compared_sections(before, after) if row.is_to_be_seen]


def earlier_texts(differences: Sequence[SectionDifference]) -> dict[UUID, str]:
    """Of each earlier section its text, put together from what was the same and what was removed."""
    found = sorted(
        (block.origin.int, block.place, "".join(run.text for run in block.runs if run.fate is not Fate.ADDED))
        for row in differences
        for block in row.blocks
        if block.origin is not None
    )
    texts: dict[UUID, str] = {}
    for origin, _place, text in found:
        texts[UUID(int=origin)] = texts.get(UUID(int=origin), "") + text
    return texts


@given(versions())
def test_compare_any_two_versions_the_difference_gives_either(
    both: tuple[list[ReadSection], list[ReadSection]],
) -> None:
    before, after = both

    found = compared_sections(before, after)

    later = [
        (row.lineage_id, "".join(run.text for run in row.text if run.fate is not Fate.REMOVED))
        for row in found
        if row.fate is not Fate.REMOVED
    ]
    assert later == [(section.lineage_id, section.text) for section in after]
    assert earlier_texts(found) == {section.lineage_id: section.text for section in before if section.text}
    assert found == compared_sections(before, after)
    assert all(run.text for row in found for run in (*row.heading, *row.text))


@given(versions())
def test_compare_a_version_with_itself_nothing_differs(both: tuple[list[ReadSection], list[ReadSection]]) -> None:
    before = both[0]

    assert section_differences(before, before) == []
    assert all(run.fate is Fate.SAME for row in compared_sections(before, before) for run in row.text)


@given(TEXTS, TEXTS)
def test_compare_any_two_texts_the_runs_together_give_either(before: str, after: str) -> None:
    runs = compared(before, after)

    assert "".join(run.text for run in runs if run.fate is not Fate.ADDED) == before
    assert "".join(run.text for run in runs if run.fate is not Fate.REMOVED) == after


def test_compare_words_names_those_that_differ_and_no_others() -> None:
    runs = compared("Sammenhæng for borgeren.", "Sammenhæng for borgerne.")

    assert runs == [
        Words(Fate.SAME, "Sammenhæng for "),
        Words(Fate.REMOVED, "borgeren"),
        Words(Fate.ADDED, "borgerne"),
        Words(Fate.SAME, "."),
    ]


def test_compare_sections_leaves_out_the_same_and_finds_one_again_wherever_it_stands() -> None:
    goal, duty = ReadSection(ONE, "Mål", "Som før.", "1"), ReadSection(TWO, "Ansvar", "Hver sit.", "2")
    moved, new = ReadSection(TWO, "Ansvaret", "Hver sit.", "1"), ReadSection(THREE, "Slut", "Nyt.", "2")

    found = section_differences([goal, duty], [moved, new])

    assert [(row.fate, row.title) for row in found] == [
        (Fate.REMOVED, "1 Mål"),
        (Fate.CHANGED, "1 Ansvaret"),
        (Fate.ADDED, "2 Slut"),
    ]
    assert found[0].text == (Words(Fate.REMOVED, "Som før."),)
    assert found[1].heading[0] == Words(Fate.REMOVED, "2 ", is_figure=True)
    assert found[1].is_renamed


def test_compare_sections_that_only_have_another_number_are_not_changed() -> None:
    goal, duty = ReadSection(ONE, "Mål", "Som før.", "1"), ReadSection(TWO, "Ansvar", "Hver sit.", "2")

    found = compared_sections(
        [goal, duty], [ReadSection(THREE, "Nyt", "", "1"), ReadSection(ONE, "Mål", "Som før.", "2")]
    )

    assert [(row.title, row.fate, row.is_renumbered) for row in found] == [
        ("1 Nyt", Fate.ADDED, False),
        ("2 Mål", Fate.SAME, True),
        ("2 Ansvar", Fate.REMOVED, False),
    ]
    assert not found[1].is_to_be_seen


def test_compare_a_section_moved_names_it_and_none_of_those_it_passed() -> None:
    rows = [ReadSection(UUID(int=place), f"Afsnit {place}", "Tekst") for place in range(1, 6)]

    found = section_differences(rows, [rows[4], *rows[:4]])

    assert [(row.title, row.is_moved, row.fate) for row in found] == [("Afsnit 5", True, Fate.SAME)]


def test_compare_a_section_split_in_two_shows_neither_half_as_new() -> None:
    before = ReadSection(ONE, "Mål", "Vi vil mødes hver måned.\n\nVi vil betale 100 kr.")
    one = ReadSection(ONE, "Mål", "Vi vil mødes hver måned.")
    other = ReadSection(TWO, "Betaling", "Vi vil betale 200 kr.", origins=(ONE,))

    found = compared_sections([before], [one, other])

    assert [(row.title, row.fate, row.origins) for row in found] == [
        ("Mål", Fate.SAME, ()),
        ("Betaling", Fate.CHANGED, ("Mål",)),
    ]
    assert [run for run in found[1].text if run.fate is not Fate.SAME] == [
        Words(Fate.REMOVED, "100 ", is_figure=True),
        Words(Fate.ADDED, "200 ", is_figure=True),
    ]


def test_compare_sections_joined_in_one_shows_neither_as_gone() -> None:
    one, other = ReadSection(ONE, "Mål", "Vi vil mødes."), ReadSection(TWO, "Betaling", "Vi betaler.")
    joined = ReadSection(ONE, "Mål og betaling", "Vi vil mødes.\n\nVi betaler.", origins=(ONE, TWO))

    [found] = compared_sections([one, other], [joined])

    assert found.is_joined
    assert found.origins == ("Mål", "Betaling")
    assert [run.text for run in found.text if run.fate is not Fate.SAME and run.text.strip()] == []


def test_compare_a_paragraph_mostly_new_is_shown_old_and_new_whole() -> None:
    before = "Parterne mødes to gange om året i Aarhus."
    after = "Den nye styregruppe holder to gange orden på regnskabet for 2027."

    [found] = section_differences([ReadSection(ONE, "Mål", before)], [ReadSection(ONE, "Mål", after)])

    assert [block.fate for block in found.blocks] == [Fate.REMOVED, Fate.ADDED]
    assert "".join(run.text for run in found.blocks[0].runs) == before
    assert [run.text for run in found.text if run.is_figure] == ["2027"]


def test_compare_tables_by_rows_and_cells_marks_the_cell_that_changed() -> None:
    table = "| Mål | Frist |\n|---|---|\n| Færre indlæggelser | 1. marts 2027 |\n| Flere hjemme | 2028 |"
    later = table.replace("marts 2027", "april 2027") + "\n| Nyt mål | 2029 |"

    [found] = section_differences([ReadSection(ONE, "Mål", table)], [ReadSection(ONE, "Mål", later)])

    [block] = found.blocks
    assert block.is_table
    rows = block.rows
    assert [len(row) for row in rows] == [2, 2, 2, 2]
    assert [(run.fate, run.text, run.is_figure) for run in rows[1][1] if run.fate is not Fate.SAME] == [
        (Fate.REMOVED, "marts ", True),
        (Fate.ADDED, "april ", True),
    ]
    assert {run.fate for cell in rows[3] for run in cell} == {Fate.ADDED}


def test_compare_a_table_with_another_column_shows_rows_whole() -> None:
    [found] = section_differences(
        [ReadSection(ONE, "Mål", "| a | b |\n| 1 | 2 |")], [ReadSection(ONE, "Mål", "| a | b | c |\n| 1 | 2 | 3 |")]
    )

    assert {run.fate for run in found.text} == {Fate.REMOVED, Fate.ADDED}


def test_sum_up_counts_sections_moves_and_numbers() -> None:
    rows = [ReadSection(UUID(int=place), f"Afsnit {place}", f"Højst {place} dage.") for place in range(1, 5)]
    later = [
        rows[3],
        ReadSection(ONE, "Afsnit 1", "Højst 30 dage."),
        ReadSection(UUID(int=9), "Nyt", "Ord."),
        *rows[1:3],
    ]
    before, after = ReadDocument("Aftale", uuid4(), "", tuple(rows)), ReadDocument("Aftale", uuid4(), "", tuple(later))

    found = summary(document_differences({"aftale": before}, {"aftale": after}))

    assert found == ["1 afsnit ændret", "1 nyt afsnit", "1 afsnit flyttet", "1 tal ændret"]


def test_compare_a_long_section_shows_what_stands_around_the_change() -> None:
    before = " ".join(f"ord{number}" for number in range(400))

    [found] = section_differences(
        [ReadSection(ONE, "1", before)], [ReadSection(ONE, "1", before.replace("ord200", "andet"))]
    )

    shown = "".join(run.text for run in found.text)
    assert shown.startswith("[…] ord175 ")
    assert shown.endswith("ord225 […]")
    assert Words(Fate.ADDED, "andet ") in found.text


@pytest.mark.parametrize("words", [3_000, 60_000])
def test_compare_a_section_of_many_words_is_done_in_little_time(words: int) -> None:
    before = "\n".join(f"og ord{number} og" for number in range(words // 3))

    runs = compared(before, before.replace("ord500 ", "ord "))

    assert {run.fate for run in runs} == {Fate.SAME, Fate.REMOVED, Fate.ADDED}


def test_compare_documents_names_new_gone_and_other_files() -> None:
    section = (ReadSection(ONE, "1 Mål", "Som før."),)
    agreement, annex = ReadDocument("Aftale", uuid4(), "a" * 64, section), ReadDocument("Bilag", uuid4(), "", ())
    again = ReadDocument("Aftale", uuid4(), "b" * 64, section)

    found = document_differences({"aftale": agreement, "bilag": annex}, {"aftale": again, "nyt": annex})
    same = document_differences({"aftale": agreement}, {"aftale": agreement})

    assert [(difference.fate, difference.has_other_file) for difference in found] == [
        (Fate.CHANGED, True),
        (Fate.ADDED, False),
        (Fate.REMOVED, False),
    ]
    assert same == []


@pytest.mark.django_db
def test_add_version_with_origins_keeps_those_the_version_before_has_and_compares_by_them(now: datetime) -> None:
    process = a_process(an_office(), now)
    document = a_document(process, now)
    text = "# 1 Mål\n\nVi vil mødes.\n\nVi vil betale 100 kr."
    first = add_version(document, markdown=text, actor=SYSTEM, now=now)
    lineage = first.sections.get().lineage_id
    sections = [
        SectionText("1", "Mål", "Vi vil mødes.", lineage),
        SectionText("2", "Betaling", "Vi vil betale 100 kr.", origins=(lineage, uuid4())),
    ]

    second = add_version(document, sections=sections, actor=SYSTEM, now=now)

    assert [origin.lineage_id for origin in second.sections.get(number="2").origins.all()] == [lineage]
    assert summary([compared_versions(first, second, "da")]) == ["1 afsnit udskilt"]
