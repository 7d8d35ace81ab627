"""Who acts for a body now. Mails, actions and pages come in."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from notifications.statements import Among, Read
from workflow.dates import local_day
from workflow.models import Asked, Body, Office, Substitute

_NAMED: Final = Read(lambda: Substitute.objects.filter(Among("body_id", "bodies"), erased_at=None).order_by("id"))


def substitutes_of(office: Office, body: Body) -> list[Substitute]:
    """Everyone an office has named for a body and not ended or erased, by their first days."""
    return list(Substitute.objects.filter(office=office, body=body, ended_at=None, erased_at=None))


def named_for(asked: Collection[Asked]) -> dict[int, list[Substitute]]:
    """By the keys of these rows of one table whom their offices have ever named for their bodies, for a mail may wait
    with one whose time is over. The rows have their process and office with them. One query, none where no body is
    asked."""
    bodies = {row.body_id for row in asked if row.body_id}
    by_place: dict[tuple[int, int], list[Substitute]] = {}
    for substitute in _NAMED(bodies=bodies) if bodies else ():
        by_place.setdefault((substitute.office_id, substitute.body_id), []).append(substitute)
    return {row.pk: by_place.get((row.process.office_id, row.body_id), []) for row in asked} if by_place else {}


def acting_for(asked: Asked, now: datetime) -> Substitute | None:
    """Who acts now for the body that is asked; None where it acts itself. One query."""
    today = local_day(now, asked.process.office.time_zone)
    return next((one for one in named_for([asked]).get(asked.pk, ()) if one.acts_on(today)), None)


def acting_now(
    offices: Collection[Office], bodies: Collection[int], now: datetime
) -> dict[tuple[int, int], Substitute]:
    """By office and body, who acts now. One query."""
    days = {office.pk: local_day(now, office.time_zone) for office in offices}
    rows = [one for one in _NAMED(bodies=set(bodies)) if one.office_id in days] if bodies else []
    return {(one.office_id, one.body_id): one for one in rows if one.acts_on(days[one.office_id])}
