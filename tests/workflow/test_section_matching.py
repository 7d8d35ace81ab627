"""Sections of a text that was worked on elsewhere find the sections they carry on."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.rules.section_matching import Match, Part, matched
from workflow.states import Kinship

pytestmark = pytest.mark.sqlite

VISION = "Borgeren skal møde et sammenhængende forløb, uanset hvem der har ansvaret for den enkelte del af det."
GOALS = "Vi vil have ti procent færre genindlæggelser blandt ældre medicinske patienter inden udgangen af 2027."
ECONOMY = "Parterne afholder hver sine udgifter, og ingen opgave flyttes, før det er aftalt, hvem der betaler for den."
FOLLOW_UP = (
    "Samarbejdsudvalget drøfter de fælles tal to gange om året og offentliggør dem sammen med en kort vurdering."
)


def lineage(number: int) -> UUID:
    return UUID(int=number)


def earlier(*parts: Part) -> list[tuple[UUID, Part]]:
    return [(lineage(place), part) for place, part in enumerate(parts, start=1)]


def sure(number: int, kinship: Kinship = Kinship.SAME) -> Match:
    return Match(kinship, (lineage(number),), True)


def test_match_sections_one_put_in_between_keeps_all_by_their_headings() -> None:
    before = earlier(Part("1", "Vision", VISION), Part("2", "Økonomi", ECONOMY))
    after = [Part("1", "Vision", VISION), Part("2", "Opfølgning", FOLLOW_UP), Part("3", "Økonomi", ECONOMY)]

    matching = matched(before, after)

    assert matching.matches == (sure(1), Match(Kinship.NEW, (), True), sure(2))
    assert matching.gone == ()


def test_match_sections_the_same_heading_under_two_themes_goes_by_the_theme() -> None:
    before = earlier(Part("1", "Ældre"), Part("1.1", "Mål", level=2), Part("2", "Børn"), Part("2.1", "Mål", level=2))
    after = [Part("1", "Børn"), Part("1.1", "Mål", level=2), Part("2", "Ældre"), Part("2.1", "Mål", level=2)]

    matching = matched(before, after)

    assert matching.matches == (sure(3), sure(4), sure(1), sure(2))


def test_match_sections_a_renamed_one_is_known_by_its_words() -> None:
    before = earlier(Part("1", "Vision", VISION), Part("2", "Økonomi", ECONOMY))
    after = [Part("1", "Vision", VISION), Part("2", "Hvem betaler", ECONOMY)]

    assert matched(before, after).matches[1] == sure(2, Kinship.RENAMED)


def test_match_sections_another_under_the_same_number_is_not_taken_for_it() -> None:
    before = earlier(Part("1", "Vision", VISION), Part("2", "Økonomi", ECONOMY))
    after = [Part("1", "Vision", VISION), Part("2", "Opfølgning", FOLLOW_UP)]

    matching = matched(before, after)

    assert matching.matches[1] == Match(Kinship.NEW, (), False)
    assert matching.gone == (lineage(2),)


def test_match_sections_one_split_in_two_names_where_the_other_half_came_from() -> None:
    before = earlier(Part("1", "Vision og mål", f"{VISION}\n\n{GOALS}"))
    after = [Part("1", "Vision og mål", VISION), Part("2", "Mål", GOALS)]

    matching = matched(before, after)

    assert matching.matches == (sure(1), Match(Kinship.SPLIT, (lineage(1),), False))
    assert matching.matches[1].lineage_id is None
    assert matching.gone == ()


def test_match_sections_two_joined_name_both() -> None:
    before = earlier(Part("1", "Vision", VISION), Part("2", "Mål", GOALS))
    after = [Part("1", "Vision", f"{VISION}\n\n{GOALS}")]

    matching = matched(before, after)

    assert matching.matches == (Match(Kinship.JOINED, (lineage(1), lineage(2)), False),)
    assert matching.matches[0].lineage_id == lineage(1)
    assert matching.gone == ()


PARTS = st.lists(
    st.builds(
        Part,
        number=st.sampled_from(["", "1", "2", "2.1"]),
        heading=st.sampled_from(["", "Vision", "Mål", "Økonomi", "Hvem betaler"]),
        text=st.sampled_from(["", VISION, GOALS, ECONOMY, f"{VISION} {GOALS}", "Kort."]),
        level=st.integers(1, 3),
    ),
    max_size=8,
)


@given(PARTS, PARTS)
def test_match_sections_of_any_texts_keeps_no_lineage_twice_and_loses_none(
    before: list[Part], after: list[Part]
) -> None:
    matching = matched(earlier(*before), after)

    kept = [match.lineage_id for match in matching.matches if match.lineage_id]
    carried = {origin for match in matching.matches for origin in match.origins}
    assert len(matching.matches) == len(after)
    assert len(kept) == len(set(kept))
    assert carried | set(matching.gone) == {lineage(place) for place in range(1, len(before) + 1)}
    assert not carried & set(matching.gone)


@given(PARTS)
def test_match_sections_of_an_unchanged_text_keeps_every_one(parts: list[Part]) -> None:
    matching = matched(earlier(*parts), parts)

    assert [match.lineage_id for match in matching.matches] == [lineage(place) for place in range(1, len(parts) + 1)]
    assert matching.gone == ()
