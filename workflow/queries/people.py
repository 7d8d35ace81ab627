"""What an account may do today: its roles in offices and the bodies it belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from workflow.actors import Actor
from workflow.dates import local_day
from workflow.models import Body, Membership, Office, User
from workflow.rules.validity import is_valid_on
from workflow.states import STAFF_ROLES, Role


@dataclass(frozen=True, slots=True)
class Places:
    """The offices an account serves, by role, and the bodies it belongs to, each with the office that says so."""

    officer_of: tuple[Office, ...] = ()
    auditor_of: tuple[Office, ...] = ()
    admin_of: tuple[Office, ...] = ()
    member_of: tuple[tuple[Office, Body], ...] = ()

    @property
    def reads_of(self) -> tuple[Office, ...]:
        """The offices whose processes and record the account may read."""
        return tuple(dict.fromkeys((*self.officer_of, *self.auditor_of, *self.admin_of)))

    @property
    def is_staff(self) -> bool:
        """Whether the account has any role in an office, and so must sign in with a second factor."""
        return bool(self.reads_of)


def places_of_account(user: User, now: datetime) -> Places:
    """The places an account holds on the day of `now` (each office's own zone); none for a closed account."""
    if not user.is_active:
        return Places()
    rows = [
        row
        for row in Membership.objects.filter(user=user)
        .filter(Q(role__in=STAFF_ROLES) | Q(body__isnull=False))
        .select_related("office", "body")
        .order_by("office__name", "id")
        if _is_valid(row, now)
    ]
    return Places(
        officer_of=tuple(row.office for row in rows if row.role == Role.SECRETARIAT),
        auditor_of=tuple(row.office for row in rows if row.role == Role.AUDITOR),
        admin_of=tuple(row.office for row in rows if row.role == Role.ADMIN),
        member_of=tuple((row.office, row.body) for row in rows if row.body is not None),
    )


def staff_of(office: Office, role: Role, now: datetime) -> list[User]:
    """The open accounts that have this role in the office today, in the order they were given it."""
    rows = Membership.objects.filter(office=office, role=role, user__is_active=True)
    return [row.user for row in rows.select_related("user", "office").order_by("id") if _is_valid(row, now)]


def is_administrator(actor: Actor, office: Office | None, now: datetime) -> bool:
    """Whether the actor has an account that administers this office today, or any office when none is named."""
    if actor.kind != "user" or actor.public_id is None:
        return False
    user = User.objects.filter(public_id=actor.public_id).first()
    if user is None:
        return False
    places = places_of_account(user, now)
    return bool(places.admin_of) if office is None else office in places.admin_of


def _is_valid(row: Membership, now: datetime) -> bool:
    return is_valid_on(row, local_day(now, row.office.time_zone))
