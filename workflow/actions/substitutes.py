"""Who acts for a body while its own contact is away: named and ended by the office. A bounce comes in too."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from notifications.models import MailEvent, OutgoingMail
from workflow.actions.once import Once
from workflow.actions.rights import insist_officer
from workflow.actors import SYSTEM, Actor
from workflow.audit import record
from workflow.dates import local_day
from workflow.models import Asked, Body, Office, Substitute, by
from workflow.queries.bodies import contact_of
from workflow.queries.substitutes import substitutes_of
from workflow.rules import insist
from workflow.rules.substitutes import may_end_substitute, may_name_substitute
from workflow.states import Verb

KEPT_FOR: Final = timedelta(days=180)
"""So long after its last day a substitute's name and address are kept: until what it was sent has been settled."""


@transaction.atomic
def name_substitute(
    office: Office,
    body: Body,
    *,
    name: str,
    email: str,
    from_on: date,
    until_on: date,
    actor: Actor,
    now: datetime,
    key: str = "",
) -> Substitute:
    """Mail of the office to the body goes to this person instead, on these local days of the office, both included.

    It applies to whatever leaves on those days: questions, reminders, receipts, with link and code. The links stay as
    they are, also the body's own. Sends nothing by itself. Refuses what `may_name_substitute` says.
    """
    insist_officer(actor, office, now)
    once = Once(f"name_substitute:{office.pk}:{body.public_id}", key, (name, email, from_on, until_on))
    if earlier := once.made:
        return Substitute.objects.get(public_id=earlier)
    # Of two who name one at once the second sees the first.
    Body.objects.select_for_update().get(pk=body.pk)
    contact = contact_of(office, body)
    email, name = email.strip(), name.strip()
    today, own, others = (
        local_day(now, office.time_zone),
        contact.email if contact else "",
        substitutes_of(office, body),
    )
    insist(may_name_substitute(name, email, from_on, until_on, today, contact_email=own, others=others))
    substitute = Substitute.objects.create(
        office=office,
        body=body,
        name=name,
        email=email,
        from_on=from_on,
        until_on=until_on,
        named_at=now,
        erase_on=until_on + KEPT_FOR,
        **by(actor),
    )
    codes = {"body": body.public_id, "from_on": from_on, "until_on": until_on}
    detail = {"name": name, "email": email}
    record(Verb.NAME_SUBSTITUTE, substitute, actor=actor, now=now, office=office, codes=codes, detail=detail)
    once.keep(substitute.public_id, now)
    return substitute


@transaction.atomic
def end_substitute(substitute: Substitute, *, actor: Actor, now: datetime, key: str = "") -> Substitute:
    """Mail goes to the body itself again at once, also what waits to be sent. Refuses one whose days are over."""
    insist_officer(actor, substitute.office, now)
    substitute = (
        Substitute.objects.select_for_update(of=("self",)).select_related("office", "body").get(pk=substitute.pk)
    )
    once = Once(f"end_substitute:{substitute.public_id}", key)
    if once.made:
        return substitute
    insist(may_end_substitute(substitute, local_day(now, substitute.office.time_zone)))
    substitute.ended_at = now
    substitute.save(update_fields=["ended_at"])
    codes = {"body": substitute.body.public_id}
    record(Verb.END_SUBSTITUTE, substitute, actor=actor, now=now, office=substitute.office, codes=codes)
    once.keep(substitute.public_id, now)
    return substitute


def hear_bounce_of_substitute(asked: Asked, mail: OutgoingMail, event: MailEvent, now: datetime) -> None:
    """A mail about who is asked did not reach the substitute of its body: mail goes to the body itself again."""
    rows = Substitute.objects.select_for_update(of=("self",)).filter(
        office=asked.process.office, body=asked.body_id, email__iexact=mail.to_address, ended_at=None, bounced_at=None
    )
    for substitute in rows.select_related("body"):
        substitute.bounced_at = event.occurred_at
        substitute.save(update_fields=["bounced_at"])
        codes = {"body": substitute.body.public_id, "mail": mail.public_id, "event": event.kind}
        office = asked.process.office
        record(Verb.SUBSTITUTE_BOUNCED, substitute, actor=SYSTEM, now=now, office=office, codes=codes)
