"""Who is told what by the workflow floor: bodies asked for decisions, authorities sent a package, parties told of both.

Actions come in for letters; the mail floor asks each kind, when a batch is claimed, whether it is still wanted and with
which facts. Links and codes are filled in while the mail is written and kept nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from notifications import kinds
from notifications.kinds import MailKind, OnEvent, always_wanted
from notifications.models import OutgoingMail
from notifications.outbox import Letter
from notifications.rules import may_mail
from notifications.statements import Among, Read
from notifications.states import Priority
from workflow.dates import deadline_words, in_language, local_day, weekday_date
from workflow.deadlines import BEFORE
from workflow.links import code_page, mail_secrets
from workflow.models import (
    ApprovalRequest,
    Body,
    Contact,
    Deadline,
    Decision,
    ExternalReceipt,
    ExternalRequest,
    ExternalRuling,
    Package,
    Process,
)
from workflow.queries.processes import stage_spec
from workflow.queries.submissions import ruling_deadlines
from workflow.states import Channel, ExternalState, ProcessState, RequestState, StageState

REQUEST = "decision_request"
REMINDER = "decision_reminder"
ASKED_AGAIN = "decision_asked_again"
NEW_DEADLINE = "decision_deadline"
DECISION_RECEIPT = "decision_receipt"
SUBMISSION = "authority_submission"
RECEIPT_NOTICE = "authority_receipt_notice"
RULING_NOTICE = "authority_ruling_notice"

ASKING = (REQUEST, REMINDER, ASKED_AGAIN, NEW_DEADLINE)
"""The kinds that ask a body for a decision: pointless once it has decided."""

Facts = Mapping[int, Mapping[str, object]]
Secrets = Mapping[int, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Address:
    """Where a letter goes. `email` is "" for a body that is reached by other means."""

    email: str
    name: str
    language: str


def address_of(contact: Contact | None, body: Body) -> Address:
    """A body's address as the office knows it; without e-mail where there is none, or it is written to on paper."""
    if contact is None:
        return Address("", "", "da")
    email = contact.email if contact.channel == Channel.EMAIL and may_mail(contact.email) is None else ""
    return Address(email, contact.name, contact.language)


def _letter(
    kind: str,
    key: str,
    to: Address,
    to_name: str,
    subject_id: UUID,
    process: Process,
    facts: Mapping[str, object],
    priority: Priority = Priority.NORMAL,
) -> Letter:
    return Letter(
        kind=kind,
        key=key,
        to=to.email,
        to_name=to.name or to_name,
        language=to.language,
        subject_id=subject_id,
        process_id=process.public_id,
        case_number=process.case_number,
        reply_to=process.office.reply_to,
        facts=facts,
        priority=priority,
        office_id=process.office.public_id,
    )


# ── Bodies asked for a decision ───────────────────────────────────────────────────────────────────────────────
def request_letters(
    kind: str, requests: Iterable[ApprovalRequest], process: Process, *, occasion: str = "", **facts: object
) -> list[Letter]:
    """One letter to each body that has an address; `occasion` tells letters of one kind to one body apart."""
    return [
        _letter(
            kind,
            ":".join(filter(None, [kind, str(request.public_id), occasion])),
            Address(request.email, request.contact_name, request.language),
            request.body.name,
            request.public_id,
            process,
            facts,
        )
        for request in requests
        if request.email
    ]


def deadline_letters(requests: Iterable[ApprovalRequest], deadline: Deadline, now: datetime) -> list[Letter]:
    """To each body that has not decided and can be reached: by when the decision is asked for now."""
    occasion = f"{now:%Y%m%dT%H%M%S.%f}>{deadline.at:%Y%m%dT%H%M}"
    reply_by = deadline.at.isoformat()
    reached = [request for request in requests if request.bounced_at is None]
    return request_letters(NEW_DEADLINE, reached, deadline.process, occasion=occasion, reply_by=reply_by)


def decision_receipts(decision: Decision, request: ApprovalRequest, process: Process) -> list[Letter]:
    """The body's receipt for the decision recorded, also when an officer recorded it on its behalf."""
    if not request.email:
        return []
    to = Address(request.email, request.contact_name, request.language)
    with in_language(request.language):
        outcome = str(decision.get_outcome_display())
    facts = {
        "outcome": outcome,
        "meeting_on": decision.meeting_on.isoformat(),
        "decision": str(decision.public_id),
        "on_behalf": bool(decision.by_on_behalf_of),
        "recorded_at": decision.recorded_at.isoformat(),
    }
    key = f"{DECISION_RECEIPT}:{decision.public_id}"
    return [
        _letter(DECISION_RECEIPT, key, to, request.body.name, request.public_id, process, facts, Priority.WAITED_FOR)
    ]


def _requests(mails: Sequence[OutgoingMail]) -> dict[UUID, ApprovalRequest]:
    return {request.public_id: request for request in _REQUESTS(subjects=_subjects(mails))}


def _subjects(mails: Sequence[OutgoingMail]) -> set[UUID]:
    return {mail.subject_id for mail in mails}


_REQUESTS: Final = Read(
    lambda: ApprovalRequest.objects.filter(Among("public_id", "subjects")).select_related(
        "stage__process__office", "stage__process__definition", "body", "bundle"
    )
)
_REQUEST_LINKS: Final = Read(
    lambda: ApprovalRequest.objects.filter(Among("public_id", "subjects")).select_related("link")
)
_EXTERNAL_LINKS: Final = Read(
    lambda: ExternalRequest.objects.filter(Among("public_id", "subjects")).select_related("link")
)


def request_facts(mails: Sequence[OutgoingMail], now: datetime) -> Facts:
    """What the letters to bodies name: the matter, the recommendation, the version, the deadline with its weekday."""
    requests = _requests(mails)
    return {mail.pk: _facts_of_request(requests[mail.subject_id], mail) for mail in mails}


def _facts_of_request(request: ApprovalRequest, mail: OutgoingMail) -> dict[str, object]:
    process = request.stage.process
    spec = stage_spec(request.stage)
    zone, language = process.time_zone, mail.language
    meeting_on = mail.facts.get("meeting_on")
    return {
        "office_name": process.office.name,
        "body_name": request.body.name,
        "process_title": process.title,
        "stage_title": spec.title.in_language(language),
        "recommendation": spec.review.recommendation.text.in_language(language) if spec.review else "",
        "purpose": request.purpose,
        "version": request.bundle.number if request.bundle else None,
        "is_editorial": bool(request.bundle and request.bundle.change == "editorial"),
        "deadline_at": deadline_words(request.reply_by_at, zone, language) if request.reply_by_at else "",
        "meeting_on": weekday_date(datetime.fromisoformat(str(meeting_on)).date(), zone, language)
        if meeting_on
        else "",
        "code_page": code_page(),
    }


def request_still_wanted(mails: Sequence[OutgoingMail], now: datetime) -> Mapping[int, str]:
    """A question is not sent to a body that has decided, to an address that was replaced, or about a matter that was
    withdrawn or has ended."""
    requests = _requests(mails)
    found = {mail.pk: _not_asked(requests.get(mail.subject_id), mail) for mail in mails}
    return {key: reason for key, reason in found.items() if reason}


def deadline_still_wanted(mails: Sequence[OutgoingMail], now: datetime) -> Mapping[int, str]:
    """A new deadline, besides: not once it has passed or been overtaken by a newer one, nor to an address that
    bounced."""
    return _unwanted(mails, now, _not_to_be_told)


def _unwanted(
    mails: Sequence[OutgoingMail], now: datetime, why: Callable[[ApprovalRequest, OutgoingMail, datetime], str]
) -> Mapping[int, str]:
    """Why a body need no longer be asked at all, or else why not by this kind of mail."""
    requests = _requests(mails)
    found = {}
    for mail in mails:
        request = requests.get(mail.subject_id)
        reason = _not_asked(request, mail) or (request and why(request, mail, now))
        if reason:
            found[mail.pk] = reason
    return found


def _not_to_be_told(request: ApprovalRequest, mail: OutgoingMail, now: datetime) -> str:
    if request.bounced_at is not None:
        return "bounced"
    if request.reply_by_at is None or request.reply_by_at <= now:
        return "deadline_passed"
    return "deadline_moved" if mail.facts.get("reply_by") != request.reply_by_at.isoformat() else ""


def receipt_still_wanted(mails: Sequence[OutgoingMail], now: datetime) -> Mapping[int, str]:
    """A receipt carries the body's link as well, so it does not go to an address that was replaced."""
    requests = _requests(mails)
    return {mail.pk: "address_changed" for mail in mails if _is_elsewhere(requests[mail.subject_id], mail)}


def _is_elsewhere(request: ApprovalRequest | ExternalRequest, mail: OutgoingMail) -> bool:
    return mail.to_address.lower() != request.email.lower()


def _not_asked(request: ApprovalRequest | None, mail: OutgoingMail) -> str:
    if request is None:
        return "request_gone"
    if _is_elsewhere(request, mail):
        return "address_changed"
    if request.state != RequestState.ASKED:
        return str(request.state)
    process = request.stage.process
    return "process_ended" if process.state in (ProcessState.COMPLETED, ProcessState.ABANDONED) else ""


def reminder_still_wanted(mails: Sequence[OutgoingMail], now: datetime) -> Mapping[int, str]:
    """A reminder, besides: not about a deadline that has moved, none before the deadline once it has passed or the body
    has told of its meeting, not once the stage has gone on without the body (which may still decide by its link), not
    while the body's meeting is still to come, not in a suspended process, and not to an address that bounced."""
    return _unwanted(mails, now, _not_to_be_reminded)


def _not_to_be_reminded(request: ApprovalRequest, mail: OutgoingMail, now: datetime) -> str:
    process = request.stage.process
    if process.state == ProcessState.SUSPENDED:
        return "process_suspended"
    if request.stage.state != StageState.OPEN:
        return "stage_over"
    if request.bounced_at is not None:
        return "bounced"
    if request.reply_by_at is None:
        return "deadline_passed"
    if mail.facts.get("closes_on") != local_day(request.reply_by_at, process.time_zone).isoformat():
        return "deadline_moved"
    comes_before = mail.facts.get("comes") == BEFORE
    if comes_before and request.reply_by_at <= now:
        return "deadline_passed"
    if request.meeting_on is not None and (comes_before or request.meeting_on >= local_day(now, process.time_zone)):
        return "meeting_to_come"
    return ""


def request_secrets(mails: Sequence[OutgoingMail]) -> Secrets:
    """Each body's personal link and typed code. One query."""
    return _secrets(mails, _REQUEST_LINKS)


def _secrets(mails: Sequence[OutgoingMail], read: Read[Any]) -> Secrets:
    secrets = {subject.public_id: mail_secrets(subject.link) for subject in read(subjects=_subjects(mails))}
    return {mail.pk: secrets[mail.subject_id] for mail in mails if mail.subject_id in secrets}


# ── Authorities, and the parties told of what they answer ─────────────────────────────────────────────────────
def submission_letter(request: ExternalRequest, process: Process, *, occasion: str, **facts: object) -> list[Letter]:
    """To the authority: the package lies ready, or the matter waits for its ruling. None without an address."""
    if not request.email:
        return []
    to = Address(request.email, request.contact_name, request.language)
    key = f"{SUBMISSION}:{request.public_id}:{occasion}"
    return [_letter(SUBMISSION, key, to, request.body.name, request.public_id, process, facts)]


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
        _letter(
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


def _external_requests(mails: Sequence[OutgoingMail]) -> dict[UUID, ExternalRequest]:
    found = ExternalRequest.objects.filter(public_id__in={mail.subject_id for mail in mails}).select_related(
        "stage__process__office", "stage__process__definition", "body", "package__file", "receipt", "ruling"
    )
    return {request.public_id: request for request in found}


def _packages(mails: Sequence[OutgoingMail]) -> dict[str, Package]:
    """The packages that letters to an authority carry, by public id; a letter about what lies there names none."""
    named = {str(mail.facts["package"]) for mail in mails if mail.facts.get("package")}
    found = Package.objects.filter(public_id__in=named).select_related("file") if named else ()
    return {str(package.public_id): package for package in found}


def external_facts(mails: Sequence[OutgoingMail], now: datetime) -> Facts:
    """What the letters about a submission name: package and checksum, receipt, the authority's deadline, ruling."""
    requests = _external_requests(mails)
    packages = _packages(mails)
    deadlines = ruling_deadlines({request.stage.process_id for request in requests.values()})
    found: dict[int, dict[str, object]] = {}
    for mail in mails:
        request = requests[mail.subject_id]
        process, language = request.stage.process, mail.language
        spec = stage_spec(request.stage)
        receipt, ruling = getattr(request, "receipt", None), getattr(request, "ruling", None)
        deadline = deadlines.get(process.pk)
        package = packages.get(str(mail.facts.get("package"))) or request.package
        with in_language(language):
            outcome = str(ruling.get_outcome_display()) if ruling else ""
        found[mail.pk] = {
            "office_name": process.office.name,
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
            "ruled_on": weekday_date(ruling.ruled_on, process.time_zone, language) if ruling else "",
            "code_page": code_page(),
        }
    return found


def submission_still_wanted(mails: Sequence[OutgoingMail], now: datetime) -> Mapping[int, str]:
    """Not for a submission withdrawn, not once the authority has ruled, not to an address that was replaced."""
    requests = _external_requests(mails)
    found = {}
    for mail in mails:
        request = requests.get(mail.subject_id)
        if request is None or request.state in (ExternalState.WITHDRAWN, ExternalState.RULED):
            found[mail.pk] = str(request.state) if request else "request_gone"
        elif _is_elsewhere(request, mail):
            found[mail.pk] = "address_changed"
    return found


def submission_secrets(mails: Sequence[OutgoingMail]) -> Secrets:
    """The authority's personal link and typed code. One query."""
    return _secrets(mails, _EXTERNAL_LINKS)


def register_kinds(*, on_request_event: OnEvent, on_external_event: OnEvent) -> None:
    """Called once by the app, with the deeds that take in bounces."""
    of_requests = {
        REQUEST: request_still_wanted,
        ASKED_AGAIN: request_still_wanted,
        NEW_DEADLINE: deadline_still_wanted,
        REMINDER: reminder_still_wanted,
        DECISION_RECEIPT: receipt_still_wanted,
    }
    for key, wanted in of_requests.items():
        kinds.register(MailKind(key, f"mails/{key}", request_facts, wanted, request_secrets, on_request_event))
    kinds.register(
        MailKind(
            SUBMISSION,
            f"mails/{SUBMISSION}",
            external_facts,
            submission_still_wanted,
            submission_secrets,
            on_external_event,
        )
    )
    for key in (RECEIPT_NOTICE, RULING_NOTICE):
        kinds.register(MailKind(key, f"mails/{key}", external_facts, always_wanted))
