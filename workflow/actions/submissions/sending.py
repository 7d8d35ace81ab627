"""Sending a package to an authority, and a stage outside the house opened, left, or sent to another address."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from functools import partial

from django.db import transaction

from notifications import outbox
from workflow.actions.asked import Readdressing, readdress
from workflow.actions.locking import lock_process, process_of, stage_in
from workflow.actions.once import Once
from workflow.actions.rights import insist_officer
from workflow.actors import Actor
from workflow.audit import record
from workflow.links import new_link
from workflow.mails.authorities import SUBMISSION
from workflow.mails.letters import Address, address_of, letters_to
from workflow.models import (
    ExternalRequest,
    Package,
    Process,
    Stage,
)
from workflow.queries.bodies import primary_contacts
from workflow.queries.objections import open_objections
from workflow.queries.processes import body_of, stage_spec
from workflow.queries.submissions import (
    latest_external_request,
    live_external_request,
    odd_in_sending_now,
)
from workflow.rules import insist
from workflow.rules.asked import is_reached
from workflow.rules.objections import must_have_no_objection
from workflow.rules.processes import may_act
from workflow.rules.submissions import may_send
from workflow.states import ExternalState, LinkPurpose, Verb


@transaction.atomic
def send_submission(
    stage: Stage, package: Package, *, reason: str = "", actor: Actor, now: datetime, key: str = ""
) -> ExternalRequest:
    """Give the authority a link to the package and write to it; a supplement comes under the link it has already. The
    stage keeps the set of documents for ever.

    Refuses a package of another stage, one sent already, a second one that is not a supplement, any while an objection
    to a correction of the text is open, and without a reason a set that was sent already, in whatever stage, and one
    more than 90 days before the stage's deadline.
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
    insist(
        may_send(stage, package, request, odd=odd, reason=reason)
        or must_have_no_objection(open_objections(stage.line_id))
    )
    supplement_to = package.supplements.number if package.supplements else None
    if request is None:
        request = _new_request(stage, package, now)
        stage.bundle = package.bundle
        stage.save(update_fields=["bundle"])
    request.stage = stage
    package.sent_at = now
    package.save(update_fields=["sent_at"])
    facts = {"supplement_to": supplement_to, "package": str(package.public_id)}
    # One letter for each package.
    outbox.enqueue(letters_to(SUBMISSION, [request], process, about=str(package.public_id), facts=facts), now)
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
    outbox.enqueue(letters_to(SUBMISSION, [request], stage.process, about="ruling"), now)
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


def lock_external(request: ExternalRequest) -> tuple[Process, ExternalRequest]:
    """The process locked, whatever its state, and the submission as it is now; the lock of the process is its too."""
    process = lock_process(process_of(request.stage), must_run=False)
    locked_request = ExternalRequest.objects.select_related("stage", "body", "link", "package").get(pk=request.pk)
    locked_request.stage.process = process
    return process, locked_request


readdress_submission = partial(
    readdress,
    Readdressing(
        Verb.READDRESS_SUBMISSION,
        lock_external,
        lambda process, _request: may_act(process),
        (SUBMISSION,),
        lambda request, process, occasion: letters_to(SUBMISSION, [request], process, about=occasion),
    ),
)
"""Send a submission to another address; refused while the process is suspended or when it has ended."""


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
    if before is not None and before.body_id == body.pk and is_reached(before):
        to = Address.of(before)
    row = {"stage": stage, "body": body, "package": package, "link": link, "sent_at": now}
    return ExternalRequest.objects.create(**row, **asdict(to))
