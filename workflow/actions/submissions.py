"""Packages for an authority, what it acknowledges and what it rules. Officers come in; the authority by its link."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import date, datetime
from typing import BinaryIO, cast

from django.db import transaction
from django.db.models import Max

from notifications import outbox
from notifications.models import MailEvent, OutgoingMail
from notifications.rules import may_mail
from notifications.states import UNDELIVERED_EVENTS
from workflow.actions.files import open_file, store_file
from workflow.actions.keys import earlier_result, keep_result
from workflow.actions.links import renew
from workflow.actions.locking import lock_process, lock_stage
from workflow.actions.record import seal_audit
from workflow.actions.stages import advance
from workflow.actors import SYSTEM, Actor
from workflow.audit import record
from workflow.dates import in_language
from workflow.definitions import GateName, ancestors
from workflow.gates import gate_statuses
from workflow.gates.approvals import lacking_decisions
from workflow.links import new_link
from workflow.mails import (
    RECEIPT_NOTICE,
    RULING_NOTICE,
    SUBMISSION,
    address_of,
    notice_letters,
    submission_letter,
)
from workflow.models import (
    Body,
    Bundle,
    Contact,
    Decision,
    ExternalReceipt,
    ExternalRequest,
    ExternalRuling,
    GateOverride,
    Package,
    Process,
    Stage,
    StoredFile,
    by,
)
from workflow.queries.approvals import with_what_belongs
from workflow.queries.documents import current_bundle, standing_bundles
from workflow.queries.processes import body_of, definition_of, live_stages, stage_spec
from workflow.queries.submissions import (
    is_submitted,
    latest_external_request,
    live_external_request,
    primary_contacts,
    those_told,
)
from workflow.reports.package import write_package
from workflow.reports.parts import Contents
from workflow.rules import Refusal, insist
from workflow.rules.processes import may_act
from workflow.rules.submissions import may_acknowledge, may_make_package, may_rule, may_send
from workflow.states import DecisionState, ExternalState, LinkPurpose, StageKindName

IN_MEMORY = 8 * 1024 * 1024
"""Bytes of a package kept in memory while it is written; a larger one goes through a temporary file."""


# ── The package ───────────────────────────────────────────────────────────────────────────────────────────────
def make_package(
    stage: Stage,
    *,
    is_provisional: bool = False,
    reason: str = "",
    supplements: Package | None = None,
    actor: Actor,
    now: datetime,
    key: str = "",
) -> Package:
    """Seal the record, then make a numbered ZIP of the latest locked bundle, the decisions on it, and what the floors
    above add, with a manifest of checksums that names the record's head.

    Refuses while a gate other than the authority's own answer is shut or an approval on this bundle is missing, unless
    it is made as provisional, with a reason. A supplement names the first package by its SHA-256.
    """
    head = seal_audit(now=now).head
    with transaction.atomic():
        process = lock_process(Process(pk=stage.process_id), must_run=False)
        scope = f"make_package:{stage.public_id}"
        if earlier := earlier_result(scope, key):
            return Package.objects.get(public_id=earlier)
        insist(may_act(process))
        stage = lock_stage(process, stage)
        bundle = current_bundle(process)
        with in_language(process.language):
            missing = missing_for(stage, bundle, now) if bundle else []
        insist(
            may_make_package(
                stage, bundle, missing, is_provisional=is_provisional, reason=reason, supplements=supplements
            )
        )
        assert bundle is not None
        if not missing:
            is_provisional, reason = False, ""
        number = (process.packages.aggregate(last=Max("number"))["last"] or 0) + 1
        facts: dict[str, object] = {
            "case_number": process.case_number,
            "title": process.title,
            "office": process.office.name,
            "definition": {"key": process.definition.key, "sha256": process.definition.sha256},
            "stage": stage.key,
            "number": number,
            "made_at": now,
            "bundle": {"number": bundle.number, "sha256": bundle.sha256},
            "audit_head": head,
            "provisional": is_provisional,
            "provisional_reason": reason,
            "missing": missing if is_provisional else [],
            "supplements": {"number": supplements.number, "sha256": supplements.file.sha256} if supplements else None,
            "overrides": _overrides(process),
        }
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as spool:
            target = cast(BinaryIO, spool)
            manifest = write_package(
                target, Contents(process, stage, bundle), _decisions_on(process, bundle), facts, open_file
            )
            name = f"{process.case_number}-{number}.zip"
            file = store_file(process.office, name, target, now=now, is_ours=True)
        package = Package.objects.create(
            process=process,
            stage=stage,
            bundle=bundle,
            number=number,
            file=file,
            manifest=manifest,
            is_provisional=is_provisional,
            supplements=supplements,
            audit_head=head,
            created_at=now,
            **by(actor),
        )
        codes = {
            "number": number,
            "sha256": file.sha256,
            "bundle": bundle.sha256,
            "audit_head": head,
            "provisional": is_provisional,
            "supplements": supplements.file.sha256 if supplements else "",
        }
        detail = {"reason": reason, "missing": missing} if is_provisional else {}
        record("make_package", package, actor=actor, now=now, process=process, codes=codes, detail=detail)
        keep_result(scope, key, package.public_id, now)
        return package


def missing_for(stage: Stage, bundle: Bundle, now: datetime) -> list[str]:
    """What a package of this stage would lack, in sentences: shut gates, and approvals of the bundle not yet given.

    The authority's own receipt and ruling are not waited for. An approval that an earlier package has carried is not
    asked for again, so a status report two years later needs none.
    """
    answers = (GateName.EXTERNAL_RECEIPT, GateName.EXTERNAL_RULING)
    found = [
        sentence
        for status in gate_statuses(stage, now)
        if not status.is_open and not status.key.startswith(answers)
        for sentence in status.missing
    ]
    process = stage.process
    before = set(ancestors(definition_of(process), stage.key))
    approvals = [row for row in live_stages(process) if row.key in before and row.kind == StageKindName.APPROVAL]
    for approval in approvals:
        judged = _bundles_judged(process, approval.key)
        if not is_submitted(process, judged, before=stage):
            found += lacking_decisions(approval, standing_bundles(bundle))
    return found


def _bundles_judged(process: Process, stage_key: str) -> list[int]:
    decisions = Decision.objects.filter(
        request__stage__process=process, request__stage__key=stage_key, state=DecisionState.VALID
    )
    return [pk for pk in decisions.values_list("bundle_id", flat=True).distinct().order_by() if pk is not None]


def _decisions_on(process: Process, bundle: Bundle) -> list[Decision]:
    """The valid decisions on the bundle, or on one that differs only editorially, by stage and body."""
    found = Decision.objects.filter(
        request__stage__process=process, state=DecisionState.VALID, bundle_id__in=standing_bundles(bundle)
    ).select_related("request__stage", "body", "bundle", "minutes")
    return list(with_what_belongs(found).order_by("request__stage__position", "body__sort_key", "id"))


def _overrides(process: Process) -> list[dict[str, object]]:
    rows = GateOverride.objects.filter(stage__process=process).select_related("stage").order_by("at", "id")
    return [{"stage": row.stage.key, "gate": row.gate, "reason": row.reason, "at": row.at} for row in rows]


# ── Sending ───────────────────────────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def send_submission(stage: Stage, package: Package, *, actor: Actor, now: datetime, key: str = "") -> ExternalRequest:
    """Give the authority a link to the package and write to it; a supplement comes under the link it has already.

    Refuses a package of another stage, and a second one that is not a supplement.
    """
    process = lock_process(Process(pk=stage.process_id), must_run=False)
    scope = f"send_submission:{package.public_id}"
    if earlier := earlier_result(scope, key):
        return ExternalRequest.objects.get(public_id=earlier)
    insist(may_act(process))
    stage = lock_stage(process, stage)
    request = live_external_request(stage)
    insist(may_send(stage, package, request))
    supplement_to = package.supplements.number if package.supplements else None
    if request is None:
        request = _new_request(stage, package, now)
    request.stage = stage
    letters = submission_letter(
        request, process, occasion=str(package.public_id), supplement_to=supplement_to, package=str(package.public_id)
    )
    outbox.enqueue(letters, now)
    codes = {"package": package.public_id, "sha256": package.file.sha256, "supplement_to": supplement_to or ""}
    record("send_submission", request, actor=actor, now=now, process=process, codes=codes)
    keep_result(scope, key, request.public_id, now)
    return request


def await_ruling(stage: Stage, actor: Actor, now: datetime) -> None:
    """When a stage opens in which an authority is to rule on what it has received: give it a link of its own there.

    A stage that waits for a receipt asks nobody yet; the package is sent by `send_submission`.
    """
    terms = stage_spec(stage).external
    if terms is None or terms.awaits != "ruling":
        return
    before = latest_external_request(stage.process, before=stage)
    request = _new_request(stage, before.package if before else None, now, before)
    outbox.enqueue(submission_letter(request, stage.process, occasion="ruling"), now)
    codes = {"stage": stage.key, "package": request.package.public_id if request.package else ""}
    record("await_ruling", request, actor=actor, now=now, process=stage.process, codes=codes)


def withdraw_submission(stage: Stage, actor: Actor, now: datetime) -> None:
    """Take back what was sent in a stage that is sent back or left out, and the mails still waiting."""
    request = live_external_request(stage)
    if request is None or request.state == ExternalState.RULED:
        return
    request.withdraw()
    request.closed_at = now
    request.save(update_fields=["state", "closed_at"])
    outbox.withdraw([request.public_id], kinds=[SUBMISSION], reason="stage_left", now=now)
    record("withdraw_submission", request, actor=actor, now=now, process=stage.process)


@transaction.atomic
def readdress_submission(
    request: ExternalRequest, *, email: str, name: str = "", actor: Actor, now: datetime, key: str = ""
) -> ExternalRequest:
    """Send a submission that waits for an answer to another address, under a new link; the old one stops working."""
    process, request = _lock(request)
    scope = f"readdress_submission:{request.public_id}"
    if earlier_result(scope, key):
        return request
    refusal = may_mail(email)
    insist(Refusal(refusal.code, refusal.text) if refusal else may_act(process))
    outbox.withdraw([request.public_id], kinds=[SUBMISSION], reason="readdressed", now=now)
    renew(request.link, now)
    request.email, request.contact_name, request.bounced_at = email, name, None
    request.save(update_fields=["email", "contact_name", "bounced_at"])
    outbox.enqueue(submission_letter(request, process, occasion=f"v{request.link.version}"), now)
    codes = {"link": request.link.public_id, "version": request.link.version}
    detail = {"email": email, "name": name}
    record("readdress_submission", request, actor=actor, now=now, process=process, codes=codes, detail=detail)
    keep_result(scope, key, request.public_id, now)
    return request


def hear_mail_event(mail: OutgoingMail, event: MailEvent, now: datetime) -> None:
    """Note on the submission that its address does not work (the mail floor calls, in a transaction)."""
    if event.kind not in UNDELIVERED_EVENTS:
        return
    request = (
        ExternalRequest.objects.select_for_update(of=("self",))
        .select_related("stage__process")
        .filter(public_id=mail.subject_id, bounced_at__isnull=True)
        .first()
    )
    if request is None or request.email.lower() != mail.to_address.lower():
        return
    request.bounced_at = event.occurred_at
    request.save(update_fields=["bounced_at"])
    codes = {"mail": mail.public_id, "event": event.kind}
    record("hear_bounce", request, actor=SYSTEM, now=now, process=request.stage.process, codes=codes)


# ── What the authority answers ────────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def acknowledge(
    request: ExternalRequest,
    *,
    received_at: datetime,
    number: str = "",
    file: StoredFile | None = None,
    actor: Actor,
    now: datetime,
    key: str = "",
) -> ExternalReceipt:
    """Record the authority's receipt, tell region, councils and committee, and start the clock that runs from it.

    received_at (UTC): when the authority says it received the package. number: its own. By the authority's link, or by
    an officer on its behalf with what it was had from (`file`). Refuses a time that has not come, one before the day it
    was sent, a second receipt, and a submission that was withdrawn.
    """
    process, request = _lock(request)
    scope = f"acknowledge:{request.public_id}"
    if earlier := earlier_result(scope, key):
        return ExternalReceipt.objects.get(public_id=earlier)
    insist(may_act(process))
    insist(may_acknowledge(request, actor, now, received_at=received_at, zone=process.time_zone))
    receipt = ExternalReceipt.objects.create(
        request=request, number=number.strip(), received_at=received_at, recorded_at=now, file=file, **by(actor)
    )
    request.acknowledge()
    terms = stage_spec(request.stage).external
    if terms is None or terms.awaits == "receipt":
        request.closed_at = now
    request.save(update_fields=["state", "closed_at"])
    codes = {"received_at": received_at, "number": receipt.number, "file": file.sha256 if file else ""}
    record("acknowledge", receipt, actor=actor, now=now, process=process, codes=codes)
    # The notices name the deadline for the ruling, which moving on sets.
    keep_result(scope, key, receipt.public_id, now)
    advance(process, actor=actor, now=now)
    outbox.enqueue(notice_letters(RECEIPT_NOTICE, receipt, request, _told(process), process), now)
    return receipt


@transaction.atomic
def record_ruling(
    request: ExternalRequest,
    *,
    outcome: str,
    ruled_on: date,
    text: str = "",
    file: StoredFile | None = None,
    actor: Actor,
    now: datetime,
    key: str = "",
) -> ExternalRuling:
    """Record what the authority ruled, on which local day, and tell region, councils and committee.

    Approved, the gate opens. Objected, the stage stays open: the secretariat sends the matter back, or records why it
    goes on. Refuses a day that has not come, a second ruling, and where only a receipt is asked for.
    """
    process, request = _lock(request)
    scope = f"record_ruling:{request.public_id}"
    if earlier := earlier_result(scope, key):
        return ExternalRuling.objects.get(public_id=earlier)
    insist(may_act(process))
    terms = stage_spec(request.stage).external
    awaits = terms.awaits if terms else ""
    insist(may_rule(request, actor, now, ruled_on=ruled_on, text=text, awaits=awaits, zone=process.time_zone))
    ruling = ExternalRuling.objects.create(
        request=request, outcome=outcome, ruled_on=ruled_on, text=text, file=file, recorded_at=now, **by(actor)
    )
    request.rule()
    request.closed_at = now
    request.save(update_fields=["state", "closed_at"])
    outbox.withdraw([request.public_id], kinds=[SUBMISSION], reason="ruled", now=now)
    outbox.enqueue(notice_letters(RULING_NOTICE, ruling, request, _told(process), process), now)
    codes = {"outcome": outcome, "ruled_on": ruled_on, "file": file.sha256 if file else ""}
    record("record_ruling", ruling, actor=actor, now=now, process=process, codes=codes, detail={"text": text})
    keep_result(scope, key, ruling.public_id, now)
    advance(process, actor=actor, now=now)
    return ruling


def _lock(request: ExternalRequest) -> tuple[Process, ExternalRequest]:
    process = lock_process(Process(pk=request.stage.process_id), must_run=False)
    found = ExternalRequest.objects.select_related("stage", "body", "link", "package").get(pk=request.pk)
    found.stage.process = process
    return process, found


def _new_request(
    stage: Stage, package: Package | None, now: datetime, before: ExternalRequest | None = None
) -> ExternalRequest:
    """A request with a link to the authority; `before` lends its address when it went to the same body."""
    process = stage.process
    terms = stage_spec(stage).external
    assert terms is not None
    body = body_of(process, terms.body)
    to = address_of(primary_contacts(process.office, [body.pk]).get(body.pk), body)
    link = new_link(process.office, LinkPurpose.AUTHORITY, now)
    link.save(force_insert=True)
    takes_over = before is not None and before.body_id == body.pk and before.email
    return ExternalRequest.objects.create(
        stage=stage,
        body=body,
        package=package,
        link=link,
        email=before.email if before and takes_over else to.email,
        contact_name=before.contact_name if before and takes_over else to.name,
        language=before.language if before and takes_over else to.language,
        sent_at=now,
    )


def _told(process: Process) -> Sequence[tuple[Body, Contact]]:
    bodies = those_told(process)
    contacts = primary_contacts(process.office, [body.pk for body in bodies])
    return [(body, contacts[body.pk]) for body in bodies if body.pk in contacts]
