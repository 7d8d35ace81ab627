"""Where a body is asked: at another address, otherwise than by mail, and what is heard of mail to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from notifications import outbox
from notifications.models import MailEvent, OutgoingMail
from notifications.rules import folded_address, may_mail
from notifications.states import UNDELIVERED_EVENTS
from workflow.actions.approvals.reminding import next_check
from workflow.actions.approvals.requests import lock_request
from workflow.actions.contacts import correct_contact, note_bounce
from workflow.actions.links import renew
from workflow.actions.locking import lock_process, process_of
from workflow.actions.once import Once
from workflow.actions.rights import insist_officer
from workflow.actors import SYSTEM, Actor
from workflow.audit import record
from workflow.mails import ASKING, REQUEST, decision_receipts, request_letters
from workflow.models import ApprovalRequest, Stage
from workflow.rules import insist
from workflow.rules.approvals import is_unreached, may_contact_otherwise, may_readdress
from workflow.rules.overwriting import address_changed_since
from workflow.states import Channel, DecisionState, RequestState, Verb


@transaction.atomic
def readdress_request(
    request: ApprovalRequest,
    *,
    email: str,
    name: str = "",
    for_later: bool = True,
    shown_address: str | None = None,
    actor: Actor,
    now: datetime,
    key: str = "",
) -> ApprovalRequest:
    """Send a waiting question to another address: the old link stops working, a mail with a new one goes out.

    A body that has decided is not asked again: it gets its receipt with the new link, and sees that its decision is
    here. What was not sent yet, such as a receipt, follows. for_later: the office's contact of the body is corrected
    with it. shown_address: the one the officer had before the eyes. Refuses everybody but the office, an address no
    mail can reach, one that somebody else has changed since it was seen, and a body whose question was withdrawn or
    fell.
    """
    process, request = lock_request(request)
    insist_officer(actor, process.office, now)
    once = Once(f"readdress_request:{request.public_id}", key, (email, name, for_later))
    if once.made:
        return request
    email = email.strip()
    insist(may_readdress(request) or may_mail(email) or address_changed_since(shown_address, request.email, email))
    old = request.email
    renew(request.link, now)
    request.email, request.contact_name, request.bounced_at = email, name, None
    request.channel = Channel.EMAIL
    request.remind_from_at = now
    request.next_check_at = next_check(request, now) if request.state == RequestState.ASKED else None
    request.save(update_fields=["email", "contact_name", "channel", "bounced_at", "remind_from_at", "next_check_at"])
    # Only now: what a sweep queued meanwhile to the old address goes as well.
    outbox.withdraw([request.public_id], kinds=ASKING, reason="readdressed", now=now)
    to_name = name or request.body.name
    outbox.readdress(request.public_id, to=email, to_name=to_name, language=request.language, now=now)
    # Part of the mail's key: under the same occasion the new letter would be taken for one that was queued before.
    occasion = f"v{request.link.version}"
    decision = request.decisions.filter(state=DecisionState.VALID).first()
    if request.state == RequestState.DECIDED and decision is not None:
        letters = decision_receipts(decision, request, process, occasion=occasion)
    else:
        letters = request_letters(REQUEST, [request], process, occasion=occasion)
    outbox.enqueue(letters, now)
    detail = {"email": email, "name": name}
    codes = {"link": request.link.public_id, "version": request.link.version, "for_later": for_later}
    record(Verb.READDRESS_REQUEST, request, actor=actor, now=now, process=process, codes=codes, detail=detail)
    once.keep(request.public_id, now)
    if for_later:
        correct_contact(process.office, request.body, old=old, email=email, actor=actor, now=now)
    return request


@transaction.atomic
def contact_bodies_otherwise(
    stage: Stage,
    requests: Sequence[ApprovalRequest] | None = None,
    *,
    actor: Actor,
    now: datetime,
    key: str = "",
) -> list[ApprovalRequest]:
    """Ask bodies otherwise than by mail: those whose questions are named, else all in a stage that mail cannot reach.

    Their questions wait as before, without mail and without reminders; the officer records what they decide. Returns
    them; a repeated `key` concerns nobody more. Refuses everybody but the office, and where nobody is concerned.
    """
    process = lock_process(process_of(stage))
    request_ids = [request.public_id for request in requests or []]
    once = Once(f"contact_bodies_otherwise:{stage.public_id}", key, request_ids)
    if once.made:
        return []
    insist_officer(actor, process.office, now)
    requests_by_mail = ApprovalRequest.objects.filter(
        stage=stage, stage__process=process, state=RequestState.ASKED, channel=Channel.EMAIL
    ).order_by("id")
    if requests is not None:
        concerned = list(requests_by_mail.filter(pk__in=[request.pk for request in requests]))
    else:
        concerned = [request for request in requests_by_mail if is_unreached(request)]
    insist(may_contact_otherwise(concerned))
    ids = [request.public_id for request in concerned]
    # The link stays as it is: a body that finds the old mail can still decide by it.
    ApprovalRequest.objects.filter(pk__in=[request.pk for request in concerned]).update(
        channel=Channel.NONE, email="", bounced_at=None, next_check_at=None
    )
    outbox.withdraw(ids, kinds=ASKING, reason="no_address", now=now)
    codes = {"stage": stage.key, "requests": ids}
    record(Verb.CONTACT_BODIES_OTHERWISE, stage, actor=actor, now=now, process=process, codes=codes)
    once.keep(stage.public_id, now)
    return concerned


def hear_bounce(mail: OutgoingMail, event: MailEvent, now: datetime) -> None:
    """Note on the request that its address does not work, and stop reminding it.

    The mail floor calls, in a transaction.

    A bounce of a mail to an address that has been replaced since changes nothing.
    """
    if event.kind not in UNDELIVERED_EVENTS:
        return
    request = (
        # Not under the process's lock, or the mail service's reports would queue behind the deeds of the matter.
        ApprovalRequest.objects.select_for_update(of=("self",))
        .select_related("stage__process__office")
        .filter(public_id=mail.subject_id, bounced_at__isnull=True)
        .first()
    )
    if request is None or folded_address(request.email) != folded_address(mail.to_address):
        return
    request.bounced_at = event.occurred_at
    request.next_check_at = None
    request.save(update_fields=["bounced_at", "next_check_at"])
    note_bounce(request.stage.process.office, request.body_id, request.email, event.occurred_at)
    codes = {"mail": mail.public_id, "event": event.kind}
    record(Verb.HEAR_BOUNCE, request, actor=SYSTEM, now=now, process=request.stage.process, codes=codes)
