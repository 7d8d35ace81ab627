"""Letters to bodies that are asked for a decision: the question, what follows it, the receipt; and when each is no
longer wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from notifications import kinds
from notifications.kinds import MailKind, OnEvent, no_secrets
from notifications.models import OutgoingMail
from notifications.outbox import Letter
from notifications.statements import Among, Read
from notifications.states import Priority
from workflow.dates import deadline_words, in_language, local_day, weekday_date
from workflow.deadlines import BEFORE
from workflow.links import code_page
from workflow.mails.letters import Address, Facts, Secrets, letter, secrets_of, subjects_of
from workflow.models import ApprovalRequest, Deadline, Decision, Process
from workflow.queries.offices import sender_facts
from workflow.queries.processes import stage_spec
from workflow.states import ProcessState, RequestState, StageState

# Kinds and keys stand in the outbox: spelt otherwise, mails that were sent would be sent once more.
REQUEST = "decision_request"
REMINDER = "decision_reminder"
ASKED_AGAIN = "decision_asked_again"
NEW_DEADLINE = "decision_deadline"
DECISION_RECEIPT = "decision_receipt"
QUESTION_CLOSED = "decision_withdrawn"

ASKING = (REQUEST, REMINDER, ASKED_AGAIN, NEW_DEADLINE)
"""The kinds that ask a body for a decision: pointless once it has decided."""


def request_letters(
    kind: str, requests: Iterable[ApprovalRequest], process: Process, *, occasion: str = "", **facts: object
) -> list[Letter]:
    """One letter to each body that mail can reach; `occasion` tells letters of one kind to one body apart."""
    return [
        letter(
            kind,
            ":".join(filter(None, [kind, str(request.public_id), occasion])),
            Address(request.email, request.contact_name, request.language),
            request.body.name,
            request.public_id,
            process,
            facts,
        )
        for request in requests
        if request.email and request.bounced_at is None
    ]


def deadline_letters(
    requests: Iterable[ApprovalRequest], deadline: Deadline, now: datetime, *, resumed: bool = False
) -> list[Letter]:
    """To each body that has not decided and can be reached: by when the decision is asked for now. resumed: because the
    process has been taken up again."""
    # Part of the mail's key. Two deeds that set the same day are two pieces of news, hence `now`.
    occasion = f"{now:%Y%m%dT%H%M%S.%f}>{deadline.at:%Y%m%dT%H%M}"
    reply_by = deadline.at.isoformat()
    return request_letters(
        NEW_DEADLINE, requests, deadline.process, occasion=occasion, reply_by=reply_by, resumed=resumed
    )


def decision_receipts(
    decision: Decision, request: ApprovalRequest, process: Process, *, occasion: str = ""
) -> list[Letter]:
    """The body's receipt for the decision recorded, also when an officer recorded it on its behalf; once more, for
    another `occasion`, when it is reached at another address since."""
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
    key = ":".join(filter(None, [DECISION_RECEIPT, str(decision.public_id), occasion]))
    return [
        letter(DECISION_RECEIPT, key, to, request.body.name, request.public_id, process, facts, Priority.WAITED_FOR)
    ]


def _requests(mails: Sequence[OutgoingMail]) -> dict[UUID, ApprovalRequest]:
    return {request.public_id: request for request in _REQUESTS(subjects=subjects_of(mails))}


_REQUESTS: Final = Read(
    lambda: ApprovalRequest.objects.filter(Among("public_id", "subjects")).select_related(
        "stage__process__office", "stage__process__definition", "body", "bundle"
    )
)
_REQUEST_LINKS: Final = Read(
    lambda: ApprovalRequest.objects.filter(Among("public_id", "subjects")).select_related("link")
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
        **sender_facts(process.office),
        "body_name": request.body.name,
        "process_title": process.title,
        "stage_title": spec.title.in_language(language),
        "recommendation": spec.review.recommendation.text.in_language(language) if spec.review else "",
        "purpose": request.purpose,
        "version": request.bundle.number if request.bundle else None,
        "is_editorial": bool(request.bundle and request.bundle.put_forward_as == "editorial"),
        "deadline_at": deadline_words(request.reply_by_at, zone, language) if request.reply_by_at else "",
        "meeting_on": weekday_date(datetime.fromisoformat(str(meeting_on)).date(), zone, language)
        if meeting_on
        else "",
        "is_awaited": request.state == RequestState.ASKED,
        "stated_on": weekday_date(request.meeting_on, zone, language) if request.meeting_on else "",
        "code_page": code_page(),
    }


def request_still_wanted(mails: Sequence[OutgoingMail], now: datetime) -> Mapping[int, str]:
    """A question is not sent to a body that has decided, to an address that was replaced, or about a matter that was
    withdrawn or has ended."""
    requests = _requests(mails)
    reasons = {mail.pk: _not_asked(requests.get(mail.subject_id), mail) for mail in mails}
    return {key: reason for key, reason in reasons.items() if reason}


def deadline_still_wanted(mails: Sequence[OutgoingMail], now: datetime) -> Mapping[int, str]:
    """A letter about a new deadline is not sent to a body that need not decide, once the deadline has passed or a newer
    one has overtaken it, nor to an address that bounced."""
    return _reasons_against(mails, now, _not_to_be_told)


def _reasons_against(
    mails: Sequence[OutgoingMail], now: datetime, why: Callable[[ApprovalRequest, OutgoingMail, datetime], str]
) -> Mapping[int, str]:
    """Why a body need no longer be asked at all, or else why not by this kind of mail."""
    requests = _requests(mails)
    reasons = {}
    for mail in mails:
        request = requests.get(mail.subject_id)
        reason = _not_asked(request, mail) or (request and why(request, mail, now))
        if reason:
            reasons[mail.pk] = reason
    return reasons


def _not_to_be_told(request: ApprovalRequest, mail: OutgoingMail, now: datetime) -> str:
    if request.bounced_at is not None:
        return "bounced"
    if request.reply_by_at is None or request.reply_by_at <= now:
        return "deadline_passed"
    return "deadline_moved" if mail.facts.get("reply_by") != request.reply_by_at.isoformat() else ""


def closed_still_wanted(mails: Sequence[OutgoingMail], now: datetime) -> Mapping[int, str]:
    """That its question is closed is not said to a body that is asked after all, nor to an address that bounced."""
    requests = _requests(mails)
    reasons = {mail.pk: _not_to_be_told_of_closing(requests.get(mail.subject_id)) for mail in mails}
    return {key: reason for key, reason in reasons.items() if reason}


def _not_to_be_told_of_closing(request: ApprovalRequest | None) -> str:
    if request is None or request.erased_at is not None:
        return "erased"
    if request.state != RequestState.WITHDRAWN:
        return str(request.state)
    return "bounced" if request.bounced_at is not None else ""


def receipt_still_wanted(mails: Sequence[OutgoingMail], now: datetime) -> Mapping[int, str]:
    """A receipt is wanted whatever became of the matter; not when all that was known of the body has been erased."""
    requests = _requests(mails)
    erased = [mail for mail in mails if mail.subject_id not in requests or requests[mail.subject_id].erased_at]
    return {mail.pk: "erased" for mail in erased}


def _not_asked(request: ApprovalRequest | None, mail: OutgoingMail) -> str:
    if request is None:
        return "request_gone"
    if request.state != RequestState.ASKED:
        return str(request.state)
    process = request.stage.process
    return "process_ended" if process.state in (ProcessState.COMPLETED, ProcessState.ABANDONED) else ""


def reminder_still_wanted(mails: Sequence[OutgoingMail], now: datetime) -> Mapping[int, str]:
    """A reminder is not sent to a body that need not decide, nor to an address that bounced, nor while the process is
    suspended or the body's meeting is still to come, nor once the deadline has moved or the stage has gone on without
    the body (which may still decide by its link). One that goes before the deadline is not sent after it either, nor
    when the body has told of its meeting.
    """
    return _reasons_against(mails, now, _not_to_be_reminded)


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
    """Each body's personal link and typed code, for its present address. One query."""
    return secrets_of(mails, _REQUEST_LINKS)


def register_kinds(on_event: OnEvent) -> None:
    """The kinds of this file; `on_event` takes in bounces."""
    terms_of_kinds = {
        REQUEST: (request_still_wanted, _("Question for a decision")),
        ASKED_AGAIN: (request_still_wanted, _("Question for a new decision")),
        NEW_DEADLINE: (deadline_still_wanted, _("New deadline for a decision")),
        REMINDER: (reminder_still_wanted, _("Reminder of a decision")),
        DECISION_RECEIPT: (receipt_still_wanted, _("Receipt for a decision")),
        QUESTION_CLOSED: (closed_still_wanted, _("A question for a decision is closed")),
    }
    for key, (still_wanted, title) in terms_of_kinds.items():
        kinds.register(
            MailKind(
                key,
                f"mails/{key}",
                request_facts,
                still_wanted,
                # A question that is closed has no link that would be of use.
                no_secrets if key == QUESTION_CLOSED else request_secrets,
                on_event,
                asks=key in (REQUEST, ASKED_AGAIN),
                title=title,
            )
        )
