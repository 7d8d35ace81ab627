"""The people of an office, as its administrator sees them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator

from workflow.dates import local_day
from workflow.models import Membership, Office, User
from workflow.rules.validity import is_valid_on


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a place in an office. places: those in this office, each with whether it holds today.
    has_second_factor: whether signing in takes a second step."""

    user: User
    places: tuple[tuple[Membership, bool], ...]
    has_second_factor: bool

    @property
    def is_invited(self) -> bool:
        """Whether the person has not chosen a password yet."""
        return not self.user.has_usable_password()


def people_of(office: Office, now: datetime, user: User | None = None) -> list[Person]:
    """Those who have a place in the office, by name; only this one where one is named. Two queries."""
    today = local_day(now, office.time_zone)
    rows = Membership.objects.filter(office=office, user__erased_at=None).select_related("user", "body", "office")
    if user is not None:
        rows = rows.filter(user=user)
    places = defaultdict[User, list[Membership]](list)
    for row in rows.order_by("id"):
        places[row.user].append(row)
    with_second = set(
        Authenticator.objects.filter(user__in=list(places), type=Authenticator.Type.TOTP).values_list("user", flat=True)
    )
    people = [
        Person(each, tuple((row, is_valid_on(row, today)) for row in theirs), each.pk in with_second)
        for each, theirs in places.items()
    ]
    return sorted(people, key=lambda person: (str(person.user).casefold(), person.user.pk))
