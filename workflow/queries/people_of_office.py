"""The people of an office, as its administrator sees them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef

from workflow.dates import local_day
from workflow.models import Membership, Office, ProviderIdentity, User
from workflow.rules.validity import is_valid_on


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a place in an office. places: those in this office, each with whether it holds today.
    has_second_factor: whether signing in takes a second step. is_linked: whether a sign-in provider knows the account.
    """

    user: User
    places: tuple[tuple[Membership, bool], ...]
    has_second_factor: bool
    is_linked: bool

    @property
    def is_invited(self) -> bool:
        """Whether the person has not chosen a password yet, nor come through the sign-in provider."""
        return not self.user.has_usable_password() and not self.is_linked


def people_of(office: Office, now: datetime, user: User | None = None) -> list[Person]:
    """Those who have a place in the office, by name; only this one where one is named. Two queries."""
    today = local_day(now, office.time_zone)
    linked = Exists(ProviderIdentity.objects.filter(user=OuterRef("user")))
    rows = Membership.objects.filter(office=office, user__erased_at=None).annotate(is_linked=linked)
    rows = rows.select_related("user", "body", "office")
    if user is not None:
        rows = rows.filter(user=user)
    places = defaultdict[User, list[Membership]](list)
    known_to_provider = set()
    for row in rows.order_by("id"):
        places[row.user].append(row)
        if row.is_linked:
            known_to_provider.add(row.user_id)
    with_second = set(
        Authenticator.objects.filter(user__in=list(places), type=Authenticator.Type.TOTP).values_list("user", flat=True)
    )
    people = [
        Person(
            each,
            tuple((row, is_valid_on(row, today)) for row in theirs),
            has_second_factor=each.pk in with_second,
            is_linked=each.pk in known_to_provider,
        )
        for each, theirs in places.items()
    ]
    return sorted(people, key=lambda person: (str(person.user).casefold(), person.user.pk))
