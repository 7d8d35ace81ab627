"""Who may act for a body, and when. Actions and pages come in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from notifications.rules import folded_address, may_mail
from workflow.dates import short_date
from workflow.rules.refusals import Refusal

if TYPE_CHECKING:
    from workflow.models import Substitute


def may_name_substitute(
    name: str,
    email: str,
    from_on: date,
    until_on: date,
    today: date,
    *,
    contact_email: str,
    others: Sequence[Substitute],
) -> Refusal | None:
    """A named person with a possible address that is not the body's own, for days in their order of which the last has
    not passed, and none of which another acts on (`others`, those not ended)."""
    if not name.strip():
        return Refusal("name_missing", _("Write who acts for the body."))
    if refusal := may_mail(email):
        return refusal
    if contact_email and folded_address(email) == folded_address(contact_email):
        return Refusal("substitute_is_contact", _("Mail goes to that address already. Write the substitute's own."))
    if until_on < from_on:
        return Refusal("days_reversed", _("The last day lies before the first. Write them in their order."))
    if until_on < today:
        return Refusal("day_past", _("The day has already passed. Choose today or a later day."))
    for other in others:
        if other.from_on <= until_on and from_on <= other.until_on:
            text = _("%(name)s acts for the body from %(first)s to %(last)s. End that first, or choose other days.")
            days = {"first": short_date(other.from_on), "last": short_date(other.until_on)}
            return Refusal("substitute_overlaps", text % {"name": other.name, **days})
    return None


def may_end_substitute(substitute: Substitute, today: date) -> Refusal | None:
    """One whose last day has not passed, once."""
    if substitute.ended_at is not None or substitute.until_on < today:
        return Refusal("substitute_over", _("The substitute does not act for the body any more."))
    return None
