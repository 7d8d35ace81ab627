"""What is done alike to all who are asked by a personal link, in whichever table they are. Deeds and mail come in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from notifications import outbox
from notifications.models import MailEvent, OutgoingMail
from notifications.outbox import Letter
from notifications.rules import folded_address, may_mail
from notifications.states import UNDELIVERED_EVENTS
from workflow.actions.contacts import correct_contact, note_bounce
from workflow.actions.links import renew
from workflow.actions.once import Once
from workflow.actions.rights import insist_officer
from workflow.actions.substitutes import hear_bounce_of_substitute
from workflow.actors import SYSTEM, Actor
from workflow.asked_kinds import asked_kinds
from workflow.audit import following, record
from workflow.models import Asked, Process
from workflow.rules import Refusal, insist
from workflow.rules.asked import unreached_among
from workflow.rules.overwriting import address_changed_since
from workflow.states import Channel, Verb


@dataclass(frozen=True, slots=True)
class Readdressing:
    """How one sort of question goes to another address.

    verb     of the deed, in the record
    lock     the process locked, and who is asked as they are now
    may      why it may not go there: (process, who is asked)
    asking   the kinds of mail that the new letter stands in for
    letters  the letter that brings the new link: (who is asked, process, what tells it from those before)
    plan     reckons anew when to look again, and names the columns it wrote
    then     what follows where they are only listed as yet: (who is asked, process, the system, now)
    """

    verb: Verb
    lock: Callable[[Any], tuple[Process, Any]]
    may: Callable[[Process, Any], Refusal | None]
    asking: tuple[str, ...]
    letters: Callable[[Any, Process, str], list[Letter]]
    plan: Callable[[Any, datetime], list[str]] = lambda _asked, _now: []
    then: Callable[[Any, Process, Actor, datetime], None] = lambda _asked, _process, _system, _now: None


@transaction.atomic
def readdress(
    how: Readdressing,
    asked: Asked,
    *,
    email: str,
    name: str = "",
    for_later: bool = True,
    shown_address: str | None = None,
    actor: Actor,
    now: datetime,
    key: str = "",
) -> Asked:
    """Send what somebody is asked to another address: the old link stops working, a mail with a new one goes out.

    What was not sent yet, such as a receipt, follows, and so does what else lies under the link. for_later: the
    office's contact of the body is corrected with it. shown_address: the one the officer had before the eyes. Refuses
    everybody but the office, an address no mail can reach, and one that somebody else has changed since it was seen.
    """
    process, asked = how.lock(asked)
    insist_officer(actor, process.office, now)
    once = Once(f"{how.verb}:{asked.public_id}", key, (email, name, for_later))
    if once.made:
        return asked
    email, old = email.strip(), asked.email
    insist(how.may(process, asked) or may_mail(email) or address_changed_since(shown_address, old, email))
    renew(asked.link, now)
    columns = reach_at(asked, email, name)
    asked.save(update_fields=[*columns, *how.plan(asked, now)])
    # Nothing may leave for the address before with the new link.
    rows: QuerySet[Any] = type(asked)._default_manager.all()
    under_it = rows.filter(link=asked.link)
    under_it.exclude(pk=asked.pk).update(**{column: getattr(asked, column) for column in columns})
    everything = list(under_it.values_list("public_id", flat=True))
    # Only now: what a sweep queued meanwhile to the old address goes as well.
    outbox.withdraw(everything, kinds=how.asking, reason="readdressed", now=now)
    let_mail_follow(asked, now)
    # Part of the mail's key: under the same occasion the new letter would be taken for one that was queued before.
    outbox.enqueue(how.letters(asked, process, f"v{asked.link.version}"), now)
    codes = {"link": asked.link.public_id, "version": asked.link.version, "for_later": for_later}
    detail = {"email": email, "name": name}
    entry = record(how.verb, asked, actor=actor, now=now, process=process, codes=codes, detail=detail)
    how.then(asked, process, following(entry), now)
    once.keep(asked.public_id, now)
    if for_later:
        correct_contact(process.office, asked.body, old=old, email=email, actor=actor, now=now)
    return asked


def reach_at(asked: Asked, email: str, name: str) -> list[str]:
    """They are asked at this address from now on, by mail, and an earlier bounce is forgotten; the columns written."""
    asked.email, asked.contact_name, asked.channel = email, name, Channel.EMAIL
    asked.bounced_at, asked.bounce_reason = None, ""
    return ["email", "contact_name", "channel", "bounced_at", "bounce_reason"]


def let_mail_follow(asked: Asked, now: datetime, *, only_at: str = "") -> None:
    """What was not sent yet goes to the address they have now. only_at: of that alone which was to go there."""
    name, language = asked.contact_name or asked.who, asked.language
    outbox.readdress(asked.public_id, to=asked.email, to_name=name, language=language, now=now, only_at=only_at)


def stop_mail(
    rows: QuerySet[Any],
    chosen: Sequence[Asked] | None,
    may: Callable[[list[Any]], Refusal | None],
    *,
    kinds: Sequence[str],
    now: datetime,
    **columns: str,
) -> list[Any]:
    """Those chosen among the rows, else all whom mail cannot reach, get no mail from now on, not even one that waits.

    may: why they may not be reached otherwise. columns: what else is written. Returns them, and leaves their link as it
    is: whoever finds the old mail can still answer by it.
    """
    if chosen is not None:
        rows = rows.filter(pk__in=[asked.pk for asked in chosen])
    concerned = list(rows) if chosen is not None else unreached_among(rows)
    insist(may(concerned))
    rows_concerned = rows.model._default_manager.filter(pk__in=[asked.pk for asked in concerned])
    rows_concerned.update(channel=Channel.NONE, bounced_at=None, bounce_reason="", next_check_at=None, **columns)
    outbox.withdraw([asked.public_id for asked in concerned], kinds=kinds, reason="no_address", now=now)
    return concerned


@transaction.atomic
def hear_bounce(mail: OutgoingMail, event: MailEvent, now: datetime) -> None:
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
        if asked is None:
            continue
        if folded_address(asked.email) != folded_address(mail.to_address):
            if asked.body_id is not None:
                hear_bounce_of_substitute(asked, mail, event, now)
            continue
        asked.bounced_at, asked.bounce_reason, asked.next_check_at = event.occurred_at, event.detail[:300], None
        asked.save(update_fields=["bounced_at", "bounce_reason", "next_check_at"])
        if kind.reminders:
            outbox.withdraw([asked.public_id], kinds=kind.reminders, reason="bounced", now=now)
        if asked.body_id is not None:
            note_bounce(asked.process.office, asked.body_id, asked.email, event.occurred_at)
        codes = {"mail": mail.public_id, "event": event.kind}
        record(kind.bounced, asked, actor=SYSTEM, now=now, process=asked.process, codes=codes)
