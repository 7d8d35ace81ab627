"""How far an office has come from its first administrator to its first process: read from what there is, and never
remembered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Exists, Max, Min, OuterRef, Q

from workflow.models import Body, Contact, DeedKey, Office, Process, ProcessDefinition

PUT_AWAY: Final = "put_first_steps_away"


@dataclass(frozen=True, slots=True)
class FirstSteps:
    """What an office has. is_reached: guests are told whom to ask. has_colleagues: somebody else works here."""

    is_reached: bool
    has_colleagues: bool
    has_bodies: bool
    has_contacts: bool
    has_definitions: bool
    has_process: bool

    @property
    def total(self) -> int:
        """How many there are."""
        return len(self.__slots__)

    @property
    def done(self) -> int:
        """How many of them are done."""
        return sum(getattr(self, name) for name in self.__slots__)


def steps_of(offices: Sequence[Office]) -> dict[int, FirstSteps]:
    """The steps of these offices by their primary keys. One query."""
    of_office = {"office": OuterRef("pk")}
    person, at_work = "memberships__user", Q(memberships__user__is_active=True)
    rows = Office.objects.filter(pk__in=[office.pk for office in offices]).annotate(
        # Two different ones: somebody may have several places.
        first_person=Min(person, filter=at_work),
        last_person=Max(person, filter=at_work),
        has_bodies=Exists(Body.objects.all()),
        has_contacts=Exists(Contact.objects.filter(**of_office, erased_at=None)),
        has_definitions=Exists(ProcessDefinition.objects.filter(**of_office)),
        has_process=Exists(Process.objects.filter(**of_office)),
    )
    return {
        office.pk: FirstSteps(
            is_reached=bool(office.telephone or office.contact_person),
            has_colleagues=office.first_person != office.last_person,
            has_bodies=office.has_bodies,
            has_contacts=office.has_contacts,
            has_definitions=office.has_definitions,
            has_process=office.has_process,
        )
        for office in rows
    }


def unfinished(offices: Sequence[Office]) -> list[tuple[Office, FirstSteps]]:
    """Those of the offices that have steps left and have not put them away. Two queries, one where nothing is left."""
    if not offices:
        return []
    steps = steps_of(offices)
    left = [office for office in offices if steps[office.pk].done < steps[office.pk].total]
    if not left:
        return []
    scopes = {scope_of(office): office for office in left}
    away = set(DeedKey.objects.filter(scope__in=scopes).values_list("scope", flat=True))
    return [(office, steps[office.pk]) for scope, office in scopes.items() if scope not in away]


def scope_of(office: Office) -> str:
    """By which it is known that an office has put its first steps away."""
    return f"{PUT_AWAY}:{office.public_id}"
