"""A role, a seat and a body hold from their first day to their last, whoever asks."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from tests.workflow.factories import an_office, an_officer
from workflow.actors import Actor
from workflow.models import Membership
from workflow.queries.people import places_of_account, staff_of
from workflow.queries.processes import is_officer
from workflow.rules.validity import is_valid_on
from workflow.states import Role

pytestmark = pytest.mark.django_db
DAYS = [(None, None, True), (0, 0, True), (-1, None, True), (None, 1, True), (1, None, False), (None, -1, False)]
"""First day and last, counted from today, and whether it holds."""


@pytest.mark.parametrize(("first", "last", "holds"), DAYS)
def test_hold_a_role_from_its_first_day_to_its_last_pages_and_deeds_agree(
    now: datetime, first: int | None, last: int | None, holds: bool
) -> None:
    def day(count: int | None) -> date | None:
        return None if count is None else now.date() + timedelta(days=count)

    office = an_office()
    officer = an_officer(office)
    Membership.objects.filter(user=officer).update(valid_from=day(first), valid_to=day(last))

    assert is_valid_on(Membership.objects.get(user=officer), now.date()) is holds
    assert (office in places_of_account(officer, now).officer_of) is holds
    assert (officer in staff_of(office, Role.SECRETARIAT, now)) is holds
    assert is_officer(Actor.of_user(officer), office, now) is holds
