"""Who fills a role on a day: bodies come and go with a day, and some are followed by others. No database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from workflow.rules.role_holders import who_fills

LAST = date(2024, 6, 30)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Planned:
    """A body as a scenario plans it."""

    key: str
    kind: str = "committee"
    region_code: str = "sjaelland"
    valid_from: date | None = None
    valid_to: date | None = None
    followed_by: str = ""
    belongs_to: str = ""

    @property
    def name(self) -> str:
        return self.key.capitalize()


def filling(*bodies: Planned, day: date, region: str = "sjaelland") -> list[str]:
    """The keys of those who fill the role of a committee on the day."""
    known = {body.key: body for body in bodies}
    found = who_fills(
        bodies,
        ["committee"],
        day,
        region,
        successor=lambda body: known.get(body.followed_by),
        parent=lambda body: known.get(body.belongs_to),
    )
    return [body.key for body in found]


@pytest.mark.parametrize(("day", "expected"), [(LAST, ["sku"]), (LAST + DAY, ["ssu"])])
def test_fill_role_on_the_last_day_of_a_body_is_still_done_by_it(day: date, expected: list[str]) -> None:
    before = Planned("sku", valid_to=LAST, followed_by="ssu")
    after = Planned("ssu", "cooperation", valid_from=LAST + DAY)

    assert filling(before, after, day=day) == expected


@pytest.mark.parametrize(("day", "expected"), [(LAST, []), (LAST + DAY, ["new"])])
def test_fill_role_on_the_first_day_of_a_body_is_done_by_it_and_not_before(day: date, expected: list[str]) -> None:
    assert filling(Planned("new", valid_from=LAST + DAY), day=day) == expected


def test_fill_role_after_a_body_that_nobody_follows_is_done_by_nobody() -> None:
    assert filling(Planned("sku", valid_to=LAST), day=LAST + DAY) == []


def test_fill_role_with_bodies_that_follow_each_other_in_a_circle_is_done_by_nobody() -> None:
    one = Planned("one", valid_to=LAST, followed_by="two")
    two = Planned("two", valid_to=LAST, followed_by="one")

    assert filling(one, two, day=LAST + DAY) == []


def test_fill_role_follows_more_than_one_change_of_name() -> None:
    first = Planned("first", valid_to=LAST, followed_by="second")
    second = Planned("second", "other", valid_to=LAST + DAY, followed_by="third")
    third = Planned("third", "other", valid_from=LAST + 2 * DAY)

    assert filling(first, second, third, day=LAST + 2 * DAY) == ["third"]


def test_fill_role_in_a_region_is_done_by_its_own_and_the_whole_countrys() -> None:
    own, far = Planned("own"), Planned("far", region_code="midtjylland")
    national = Planned("national", region_code="")
    part_of_far = Planned("part", region_code="", belongs_to="far")
    part_of_national = Planned("branch", region_code="", belongs_to="national")
    bodies = (own, far, national, part_of_far, part_of_national)

    assert filling(*bodies, day=LAST) == ["branch", "national", "own"]
    assert filling(*bodies, day=LAST, region="") == ["branch", "far", "national", "own", "part"]
