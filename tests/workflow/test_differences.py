"""What differs between two versions of a text, as people read it."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.rules.differences import (
    Fate,
    ReadDocument,
    ReadSection,
    Words,
    compared,
    document_differences,
    section_differences,
)

ONE, TWO, THREE = (UUID(int=number) for number in (1, 2, 3))
TEXTS = st.text(alphabet="ab æ\n.", max_size=60)


@given(TEXTS, TEXTS)
def test_compare_any_two_texts_the_runs_together_give_either(before: str, after: str) -> None:
    runs = compared(before, after)

    assert "".join(run.text for run in runs if run.fate is not Fate.ADDED) == before
    assert "".join(run.text for run in runs if run.fate is not Fate.REMOVED) == after


def test_compare_words_names_those_that_differ_and_no_others() -> None:
    runs = compared("Sammenhæng for borgeren.", "Sammenhæng for borgerne.")

    assert runs == [
        Words(Fate.SAME, "Sammenhæng for "),
        Words(Fate.REMOVED, "borgeren."),
        Words(Fate.ADDED, "borgerne."),
    ]


def test_compare_sections_leaves_out_the_same_and_finds_one_again_wherever_it_stands() -> None:
    goal, duty = ReadSection(ONE, "1 Mål", "Som før."), ReadSection(TWO, "2 Ansvar", "Hver sit.")
    moved, new = ReadSection(TWO, "1 Ansvar", "Hver sit."), ReadSection(THREE, "3 Slut", "Nyt.")

    found = section_differences([goal, duty], [moved, new])

    assert [difference.fate for difference in found] == [Fate.CHANGED, Fate.ADDED, Fate.REMOVED]
    assert found[0].heading[0] == Words(Fate.REMOVED, "2 ")
    assert found[0].text == (Words(Fate.SAME, "Hver sit."),)
    assert found[2].text == (Words(Fate.REMOVED, "Som før."),)


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
