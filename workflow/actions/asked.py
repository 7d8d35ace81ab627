"""What is done alike to all who are asked by a personal link, in whichever table they are. Deeds and mail come in."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from notifications import outbox
from notifications.models import MailEvent, OutgoingMail
from notifications.rules import folded_address
from notifications.states import UNDELIVERED_EVENTS
from workflow.actions.contacts import note_bounce
from workflow.actors import SYSTEM
from workflow.asked_kinds import asked_kinds
from workflow.audit import record


@transaction.atomic
def hear_mail_event(mail: OutgoingMail, event: MailEvent, now: datetime) -> None:
    """A mail to somebody who is asked did not arrive: they and the office's contact are marked, and nothing reminds
    them. What is heard of an address that they no longer have changes nothing. The mail floor calls.
    """
    if event.kind not in UNDELIVERED_EVENTS:
        return
    for kind in asked_kinds():
        asked = (
            # Of the row alone, not under the process's lock, or the mail service's reports would queue behind the
            # deeds of the matter. Judged under it: the address may just have been corrected.
            kind.model._default_manager.select_for_update(of=("self",))
            .select_related(f"{kind.model.PROCESS}__office")
            .filter(public_id=mail.subject_id, bounced_at=None)
            .first()
        )
        if asked is None or folded_address(asked.email) != folded_address(mail.to_address):
            continue
        asked.bounced_at, asked.bounce_reason, asked.next_check_at = event.occurred_at, event.detail[:300], None
        asked.save(update_fields=["bounced_at", "bounce_reason", "next_check_at"])
        if kind.reminders:
            outbox.withdraw([asked.public_id], kinds=kind.reminders, reason="bounced", now=now)
        if asked.body_id is not None:
            note_bounce(asked.process.office, asked.body_id, asked.email, event.occurred_at)
        codes = {"mail": mail.public_id, "event": event.kind}
        record(kind.bounced, asked, actor=SYSTEM, now=now, process=asked.process, codes=codes)
