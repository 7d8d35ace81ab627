"""Letters to an authority that was sent a package, and to the parties told of what it answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from notifications import kinds
from notifications.kinds import MailKind, OnEvent, always_wanted
from notifications.models import OutgoingMail
from notifications.outbox import Letter
from notifications.statements import Among, Read
from workflow.dates import deadline_words, in_language, weekday_date
from workflow.links import code_page
from workflow.mails.letters import Address, Facts, Secrets, address_of, letter, secrets_of
from workflow.models import (
    Body,
    Contact,
    ExternalQuestion,
    ExternalReceipt,
    ExternalRequest,
    ExternalRuling,
    Package,
    Process,
)
from workflow.queries.offices import sender_facts
from workflow.queries.processes import stage_spec
from workflow.queries.submissions import ruling_deadlines
from workflow.states import ExternalState

# Kinds and keys stand in the outbox: spelt otherwise, mails that were sent would be sent once more.
SUBMISSION = "authority_submission"
RECEIPT_NOTICE = "authority_receipt_notice"
RULING_NOTICE = "authority_ruling_notice"
QUESTION_RECEIPT = "authority_question_receipt"

_EXTERNAL_LINKS: Final = Read(
    lambda: ExternalRequest.objects.filter(Among("public_id", "subjects")).select_related("link")
)


def submission_letter(request: ExternalRequest, process: Process, *, occasion: str, **facts: object) -> list[Letter]:
    """To the authority: the package lies ready, or the matter waits for its ruling. None without an address
    that mail can reach."""
    if not request.email or request.bounced_at is not None:
        return []
    to = Address(request.email, request.contact_name, request.language)
    key = f"{SUBMISSION}:{request.public_id}:{occasion}"
    return [letter(SUBMISSION, key, to, request.body.name, request.public_id, process, facts)]


def notice_letters(
    kind: str,
    record: ExternalReceipt | ExternalRuling,
    request: ExternalRequest,
    recipients: Sequence[tuple[Body, Contact]],
    process: Process,
) -> list[Letter]:
    """To every party and committee: the authority has acknowledged, or ruled."""
    addresses = [(body, address_of(contact, body)) for body, contact in recipients]
    return [
        letter(
            kind,
            f"{kind}:{record.public_id}:{body.public_id}",
            address,
            body.name,
            request.public_id,
            process,
            {"body_name": body.name},
        )
        for body, address in addresses
        if address.email
    ]


def question_receipt(question: ExternalQuestion, request: ExternalRequest, process: Process) -> list[Letter]:
    """To the authority: its question has reached the office. None without an address that mail can reach."""
    if not request.email or request.bounced_at is not None:
        return []
    to = Address(request.email, request.contact_name, request.language)
    key = f"{QUESTION_RECEIPT}:{question.public_id}"
    return [
        letter(QUESTION_RECEIPT, key, to, request.body.name, request.public_id, process, {"question": question.text})
    ]


def _external_requests(mails: Sequence[OutgoingMail]) -> dict[UUID, ExternalRequest]:
    requests = ExternalRequest.objects.filter(public_id__in={mail.subject_id for mail in mails}).select_related(
        "stage__process__office", "stage__process__definition", "body", "package__file", "receipt", "ruling"
    )
    return {request.public_id: request for request in requests}


def _packages(mails: Sequence[OutgoingMail]) -> dict[str, Package]:
    """The packages that letters to an authority carry, by public id; a letter about what lies there names none."""
    public_ids = {str(mail.facts["package"]) for mail in mails if mail.facts.get("package")}
    packages = Package.objects.filter(public_id__in=public_ids).select_related("file") if public_ids else ()
    return {str(package.public_id): package for package in packages}


def external_facts(mails: Sequence[OutgoingMail], now: datetime) -> Facts:
    """What the letters about a submission name: package and checksum, receipt, the authority's deadline, ruling."""
    requests = _external_requests(mails)
    packages = _packages(mails)
    deadlines = ruling_deadlines([request.stage for request in requests.values()])
    facts_by_mail: dict[int, dict[str, object]] = {}
    for mail in mails:
        request = requests[mail.subject_id]
        process, language = request.stage.process, mail.language
        spec = stage_spec(request.stage)
        receipt, ruling = getattr(request, "receipt", None), getattr(request, "ruling", None)
        deadline = deadlines.get(request.stage_id)
        package = packages.get(str(mail.facts.get("package"))) or request.package
        with in_language(language):
            outcome = str(ruling.get_outcome_display()) if ruling else ""
        facts_by_mail[mail.pk] = {
            **sender_facts(process.office),
            "authority_name": request.body.name,
            "process_title": process.title,
            "stage_title": spec.title.in_language(language),
            "awaits": spec.external.awaits if spec.external else "receipt",
            "package_number": package.number if package else None,
            "package_sha256": package.file.sha256 if package else "",
            "is_provisional": bool(package and package.is_provisional),
            "received_at": deadline_words(receipt.received_at, process.time_zone, language) if receipt else "",
            "receipt_number": receipt.number if receipt else "",
            "ruling_by": deadline_words(deadline.at, deadline.zone, language) if deadline else "",
            "outcome": outcome,
            "ruling_text": ruling.text if ruling else "",
            "ruling_is_a_file": bool(ruling and ruling.file_id),
            "ruled_on": weekday_date(ruling.ruled_on, process.time_zone, language) if ruling else "",
            "code_page": code_page(),
        }
    return facts_by_mail


def submission_still_wanted(mails: Sequence[OutgoingMail], now: datetime) -> Mapping[int, str]:
    """A letter to the authority is no longer sent when the submission was withdrawn, or once it has been ruled on."""
    requests = _external_requests(mails)
    reasons = {}
    for mail in mails:
        request = requests.get(mail.subject_id)
        if request is None or request.state in (ExternalState.WITHDRAWN, ExternalState.RULED):
            reasons[mail.pk] = str(request.state) if request else "request_gone"
    return reasons


def submission_secrets(mails: Sequence[OutgoingMail]) -> Secrets:
    """The authority's personal link and typed code, for its present address. One query."""
    return secrets_of(mails, _EXTERNAL_LINKS)


def register_kinds(on_event: OnEvent) -> None:
    """The kinds of this file; `on_event` takes in bounces."""
    kinds.register(
        MailKind(
            SUBMISSION,
            f"mails/{SUBMISSION}",
            external_facts,
            submission_still_wanted,
            submission_secrets,
            on_event,
            asks=True,
            title=_("Submission to the authority"),
        )
    )
    notices = {
        QUESTION_RECEIPT: _("Told that its question was received"),
        RECEIPT_NOTICE: _("Told that the authority has received the package"),
        RULING_NOTICE: _("Told of the authority's ruling"),
    }
    for key, title in notices.items():
        to_others = key != QUESTION_RECEIPT
        kind = MailKind(key, f"mails/{key}", external_facts, always_wanted, to_others=to_others, title=title)
        kinds.register(kind)
