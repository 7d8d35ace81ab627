"""Sending a package to an authority, and a stage outside the house opened, left, or sent to another address."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from notifications import outbox
from notifications.models import MailEvent, OutgoingMail
from notifications.rules import folded_address, may_mail
from notifications.states import UNDELIVERED_EVENTS
from workflow.actions.contacts import correct_contact, note_bounce
from workflow.actions.links import renew
from workflow.actions.locking import lock_process, process_of, stage_in
from workflow.actions.once import Once
from workflow.actions.rights import insist_officer
from workflow.actors import SYSTEM, Actor
from workflow.audit import record
from workflow.links import new_link
from workflow.mails import (
    SUBMISSION,
    Address,
    address_of,
    submission_letter,
)
from workflow.models import (
    ExternalRequest,
    Package,
    Process,
    Stage,
)
from workflow.queries.processes import body_of, stage_spec
from workflow.queries.submissions import (
    latest_external_request,
    live_external_request,
    odd_in_sending_now,
    primary_contacts,
)
from workflow.rules import insist
from workflow.rules.overwriting import address_changed_since
from workflow.rules.processes import may_act
from workflow.rules.submissions import may_send
from workflow.states import Channel, ExternalState, LinkPurpose, Verb


@transaction.atomic
def send_submission(
    stage: Stage, package: Package, *, reason: str = "", actor: Actor, now: datetime, key: str = ""
) -> ExternalRequest:
    """Give the authority a link to the package and write to it; a supplement comes under the link it has already. The
    stage keeps the set of documents for ever.

    Refuses a package of another stage, one sent already, a second one that is not a supplement, and without a reason a
    set that was sent already, in whatever stage, and one more than 90 days before the stage's deadline.
    """
    process = lock_process(process_of(stage), must_run=False)
    once = Once(f"send_submission:{package.public_id}", key, (reason,))
    if earlier := once.made:
        return ExternalRequest.objects.get(public_id=earlier)
    insist(may_act(process))
    insist_officer(actor, process.office, now)
    stage = stage_in(process, stage)
    package = Package.objects.select_related("file", "bundle", "supplements").get(pk=package.pk)
    request = live_external_request(stage)
    odd = odd_in_sending_now(stage, package.bundle, now)
    insist(may_send(stage, package, request, odd=odd, reason=reason))
    supplement_to = package.supplements.number if package.supplements else None
    if request is None:
        request = _new_request(stage, package, now)
        stage.bundle = package.bundle
        stage.save(update_fields=["bundle"])
    request.stage = stage
    package.sent_at = now
    package.save(update_fields=["sent_at"])
    letters = submission_letter(
        # The occasion is part of the mail's key: one letter for each package.
        request,
        process,
        occasion=str(package.public_id),
        supplement_to=supplement_to,
        package=str(package.public_id),
    )
    outbox.enqueue(letters, now)
    codes = {"package": package.public_id, "sha256": package.file.sha256, "supplement_to": supplement_to or ""}
    detail = {"reason": reason.strip()} if odd else {}
    record(Verb.SEND_SUBMISSION, request, actor=actor, now=now, process=process, codes=codes, detail=detail)
    once.keep(request.public_id, now)
    return request


def await_ruling(stage: Stage, actor: Actor, now: datetime) -> None:
    """When a stage opens in which an authority is to rule on what it has received: ask it under the link it has.

    A stage that waits for a receipt asks nobody yet; the package is sent by `send_submission`.
    """
    terms = stage_spec(stage).external
    if terms is None or terms.awaits != "ruling":
        return
    before = latest_external_request(stage.process, before=stage)
    request = _new_request(stage, before.package if before else None, now, before)
    outbox.enqueue(submission_letter(request, stage.process, occasion="ruling"), now)
    codes = {"stage": stage.key, "package": request.package.public_id if request.package else ""}
    record(Verb.AWAIT_RULING, request, actor=actor, now=now, process=stage.process, codes=codes)


def withdraw_submission(stage: Stage, actor: Actor, now: datetime) -> None:
    """Take back what was sent in a stage that is sent back or left out, and the mails still waiting."""
    request = live_external_request(stage)
    if request is None or request.state == ExternalState.RULED:
        return
    request.withdraw()
    request.closed_at = now
    request.save(update_fields=["state", "closed_at"])
    outbox.withdraw([request.public_id], kinds=[SUBMISSION], reason="stage_left", now=now)
    record(Verb.WITHDRAW_SUBMISSION, request, actor=actor, now=now, process=stage.process)


@transaction.atomic
def readdress_submission(
    request: ExternalRequest,
    *,
    email: str,
    name: str = "",
    for_later: bool = True,
    shown_address: str | None = None,
    actor: Actor,
    now: datetime,
    key: str = "",
) -> ExternalRequest:
    """Send a submission that waits for an answer to another address, under a new link; the old one stops working.

    for_later: the office's contact of the authority is corrected with it. shown_address: the one the officer had before
    the eyes; refused when somebody else has changed it since.
    """
    process, request = lock_external(request)
    once = Once(f"readdress_submission:{request.public_id}", key, (email, name, for_later))
    if once.made:
        return request
    insist_officer(actor, process.office, now)
    email = email.strip()
    refusal = may_mail(email)
    insist(refusal or may_act(process))
    insist(address_changed_since(shown_address, request.email, email))
    old = request.email
    renew(request.link, now)
    request.email, request.contact_name, request.bounced_at = email, name, None
    request.channel = Channel.EMAIL
    request.save(update_fields=["email", "contact_name", "channel", "bounced_at"])
    # What else lies under the link goes with it: nothing may leave for the address before with the new link.
    under_it = ExternalRequest.objects.filter(link=request.link).exclude(pk=request.pk)
    under_it.update(email=email, contact_name=name, channel=Channel.EMAIL, bounced_at=None)
    everything = [request.public_id, *under_it.values_list("public_id", flat=True)]
    outbox.withdraw(everything, kinds=[SUBMISSION], reason="readdressed", now=now)
    to_name = name or request.body.name
    outbox.readdress(request.public_id, to=email, to_name=to_name, language=request.language, now=now)
    outbox.enqueue(submission_letter(request, process, occasion=f"v{request.link.version}"), now)
    codes = {"link": request.link.public_id, "version": request.link.version, "for_later": for_later}
    detail = {"email": email, "name": name}
    record(Verb.READDRESS_SUBMISSION, request, actor=actor, now=now, process=process, codes=codes, detail=detail)
    once.keep(request.public_id, now)
    if for_later:
        correct_contact(process.office, request.body, old=old, email=email, actor=actor, now=now)
    return request


def hear_bounce(mail: OutgoingMail, event: MailEvent, now: datetime) -> None:
    """Note on the submission that its address does not work (the mail floor calls, in a transaction)."""
    if event.kind not in UNDELIVERED_EVENTS:
        return
    request = (
        # Not under the process's lock, or the mail service's reports would queue behind the deeds of the matter.
        ExternalRequest.objects.select_for_update(of=("self",))
        .select_related("stage__process__office")
        .filter(public_id=mail.subject_id, bounced_at__isnull=True)
        .first()
    )
    if request is None or folded_address(request.email) != folded_address(mail.to_address):
        return
    request.bounced_at = event.occurred_at
    request.save(update_fields=["bounced_at"])
    note_bounce(request.stage.process.office, request.body_id, request.email, event.occurred_at)
    codes = {"mail": mail.public_id, "event": event.kind}
    record(Verb.HEAR_BOUNCE, request, actor=SYSTEM, now=now, process=request.stage.process, codes=codes)


def lock_external(request: ExternalRequest) -> tuple[Process, ExternalRequest]:
    """The process locked, whatever its state, and the submission as it is now; the lock of the process is its too."""
    process = lock_process(process_of(request.stage), must_run=False)
    locked_request = ExternalRequest.objects.select_related("stage", "body", "link", "package").get(pk=request.pk)
    locked_request.stage.process = process
    return process, locked_request


def _new_request(
    stage: Stage, package: Package | None, now: datetime, before: ExternalRequest | None = None
) -> ExternalRequest:
    """A request with a link to the authority; `before` lends its link when it went to the same body, and its address
    when that arrived."""
    process = stage.process
    terms = stage_spec(stage).external
    assert terms is not None
    body = body_of(process, terms.body)
    to = address_of(primary_contacts(process.office, [body.pk]).get(body.pk), body)
    is_same = before is not None and before.body_id == body.pk and before.link.revoked_at is None
    if before is not None and is_same:
        link = before.link
    else:
        link = new_link(process.office, LinkPurpose.AUTHORITY, now)
        link.save(force_insert=True)
    if before is not None and before.body_id == body.pk and before.email and before.bounced_at is None:
        to = Address(before.email, before.contact_name, before.language)
    return ExternalRequest.objects.create(
        stage=stage,
        body=body,
        package=package,
        link=link,
        email=to.email,
        contact_name=to.name,
        language=to.language,
        channel=to.channel,
        bounced_at=to.bounced_at,
        sent_at=now,
    )
