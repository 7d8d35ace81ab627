"""Letters to bodies that are asked for a decision: the question, what follows it, the receipt; and when each is no
longer wanted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from notifications import kinds
from notifications.kinds import MailKind, OnEvent, no_copies, no_secrets
from notifications.models import OutgoingMail
from notifications.outbox import Letter
from notifications.states import ERASED, Priority
from workflow.dates import deadline_words, in_language, local_day, weekday_date
from workflow.deadlines import BEFORE
from workflow.links import code_page
from workflow.mails.asked import MailsTo
from workflow.mails.changes import CHANGES, ListedChanges, sets_named
from workflow.mails.letters import Facts, letter_to, letters_to
from workflow.models import ApprovalRequest, Deadline, Decision, Process
from workflow.queries.approvals import counting_outcomes
from workflow.queries.offices import sender_facts
from workflow.queries.processes import stage_spec
from workflow.rules.asked import has_address
from workflow.rules.joining import is_outside
from workflow.rules.steps import step_words
from workflow.states import DecisionState, ProcessState, RequestState, StageState

# Kinds and keys stand in the outbox: spelt otherwise, mails that were sent would be sent once more.
REQUEST = "decision_request"
REMINDER = "decision_reminder"
ASKED_AGAIN = "decision_asked_again"
NEW_DEADLINE = "decision_deadline"
DECISION_RECEIPT = "decision_receipt"
QUESTION_CLOSED = "decision_withdrawn"

COPIED = (REQUEST, ASKED_AGAIN, NEW_DEADLINE)
"""The kinds that go to those as well who get copies of what a body is asked."""

ASKING = (REQUEST, REMINDER, ASKED_AGAIN, NEW_DEADLINE)
"""The kinds that ask a body for a decision: pointless once it has decided."""


def deadline_letters(
    requests: Iterable[ApprovalRequest], deadline: Deadline, now: datetime, *, resumed: bool = False
) -> list[Letter]:
    """To each body that has not decided and can be reached: by when the decision is asked for now. resumed: because the
    process has been taken up again."""
    # Part of the mail's key. Two deeds that set the same day are two pieces of news, hence `now`.
    occasion = f"{now:%Y%m%dT%H%M%S.%f}>{deadline.at:%Y%m%dT%H%M}"
    facts = {"reply_by": deadline.at.isoformat(), "resumed": resumed}
    return letters_to(NEW_DEADLINE, requests, deadline.process, about=occasion, facts=facts)


def question_letters(
    kind: str,
    requests: Iterable[ApprovalRequest],
    process: Process,
    *,
    about: str = "",
    facts: Mapping[str, object] | None = None,
) -> list[Letter]:
    """To each body that mail reaches: a question for a decision. It leaves no earlier than what is asked about its set,
    which can be taken back until then."""
    return [
        letter
        for request in requests
        for letter in letters_to(
            kind,
            [request],
            process,
            about=about,
            facts=facts,
            not_before=request.bundle.questions_leave_at if request.bundle else None,
        )
    ]


def decision_receipts(
    decision: Decision, request: ApprovalRequest, process: Process, *, occasion: str = ""
) -> list[Letter]:
    """The body's receipt for the decision recorded, also when an officer recorded it on its behalf; once more, for
    another `occasion`, when it is reached at another address since."""
    if not has_address(request):
        return []
    with in_language(request.language):
        outcome = str(decision.get_outcome_display())
        step = step_words(decision) if decision.state == DecisionState.STEP else ""
    facts = {
        "outcome": outcome,
        "step": step,
        "meeting_on": decision.meeting_on.isoformat(),
        "decision": str(decision.public_id),
        "on_behalf": bool(decision.by_on_behalf_of),
        "may_join": is_outside(request, decision.outcome, counting_outcomes(stage_spec(request.stage))),
        "recorded_at": decision.recorded_at.isoformat(),
        "version": decision.bundle.number if decision.bundle else None,
    }
    key, first = str(decision.public_id), Priority.WAITED_FOR
    return [letter_to(DECISION_RECEIPT, request, process, key=key, about=occasion, facts=facts, priority=first)]


TO_BODIES: Final = MailsTo(
    ApprovalRequest, "stage", "stage__process__office", "stage__process__definition", "body", "bundle", "dispatch"
)


def request_facts(mails: Sequence[OutgoingMail], now: datetime) -> Facts:
    """What the letters to bodies name: the matter, the recommendation, the version, the deadline with its weekday."""
    requests = TO_BODIES.rows(mails)
    return {mail.pk: _facts_of_request(requests[mail.subject_id], mail) for mail in mails}


def _facts_of_asking_again(mails: Sequence[OutgoingMail], now: datetime) -> Facts:
    """The same, and what has changed since the body was asked before. One query more, and those of the comparisons."""
    facts = request_facts(mails, now)
    named = sets_named(mail.facts.get(name) for mail in mails for name in ("asked_before", "asked_now"))
    listed = ListedChanges()
    changes = {
        mail.pk: listed.lines(
            named.get(str(mail.facts.get("asked_before"))), named.get(str(mail.facts.get("asked_now"))), mail.language
        )
        for mail in mails
    }
    return {mail.pk: {**facts[mail.pk], CHANGES: changes[mail.pk]} for mail in mails}


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
        "words": request.dispatch.words if request.dispatch else "",
        # A decision may have been given on the words before a correction: a receipt names its own version.
        "version": mail.facts.get("version") or (request.bundle.number if request.bundle else None),
        "deadline_at": deadline_words(request.reply_by_at, zone, language) if request.reply_by_at else "",
        "meeting_on": weekday_date(datetime.fromisoformat(str(meeting_on)).date(), zone, language)
        if meeting_on
        else "",
        "is_awaited": request.state == RequestState.ASKED,
        "stated_on": weekday_date(request.meeting_on, zone, language) if request.meeting_on else "",
        "code_page": code_page(),
    }


def _why_no_question(mail: OutgoingMail, request: ApprovalRequest, now: datetime) -> str:
    """A question is not sent to a body that has decided, nor about a matter that was withdrawn or has ended."""
    if request.state != RequestState.ASKED:
        return str(request.state)
    ended = request.stage.process.state in (ProcessState.COMPLETED, ProcessState.ABANDONED)
    return "process_ended" if ended else ""


def _why_no_new_deadline(mail: OutgoingMail, request: ApprovalRequest, now: datetime) -> str:
    """Nor is it told of a new deadline once that has passed or a newer one has overtaken it, or where mail bounced."""
    if reason := _why_no_question(mail, request, now):
        return reason
    if request.bounced_at is not None:
        return "bounced"
    if request.reply_by_at is None or request.reply_by_at <= now:
        return "deadline_passed"
    return "deadline_moved" if mail.facts.get("reply_by") != request.reply_by_at.isoformat() else ""


def _why_no_closing(mail: OutgoingMail, request: ApprovalRequest, now: datetime) -> str:
    """That its question is closed is not said to a body that is asked after all, nor to an address that bounced."""
    if request.erased_at:
        return ERASED
    if request.state != RequestState.WITHDRAWN:
        return str(request.state)
    return "bounced" if request.bounced_at is not None else ""


def _why_no_receipt(mail: OutgoingMail, request: ApprovalRequest, now: datetime) -> str:
    """A receipt is wanted whatever became of the matter; not when all that was known of the body has been erased."""
    return ERASED if request.erased_at else ""


def _why_no_reminder(mail: OutgoingMail, request: ApprovalRequest, now: datetime) -> str:
    """A reminder is not sent to a body that need not decide, nor to an address that bounced, nor while the process is
    suspended or the body's meeting is still to come, nor once the deadline has moved or the stage has gone on without
    the body (which may still decide by its link). One that goes before the deadline is not sent after it either, nor
    when the body has told of its meeting.
    """
    process = request.stage.process
    if reason := _why_no_question(mail, request, now):
        return reason
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


reminder_still_wanted = TO_BODIES.wanted(_why_no_reminder)


def register_kinds(on_event: OnEvent) -> None:
    """The kinds of this file; `on_event` takes in bounces."""
    question = TO_BODIES.wanted(_why_no_question)
    terms_of_kinds = {
        REQUEST: (question, _("Question for a decision")),
        ASKED_AGAIN: (question, _("Question for a new decision")),
        NEW_DEADLINE: (TO_BODIES.wanted(_why_no_new_deadline), _("New deadline for a decision")),
        REMINDER: (reminder_still_wanted, _("Reminder of a decision")),
        DECISION_RECEIPT: (TO_BODIES.wanted(_why_no_receipt), _("Receipt for a decision")),
        QUESTION_CLOSED: (TO_BODIES.wanted(_why_no_closing), _("A question for a decision is closed")),
    }
    for key, (still_wanted, title) in terms_of_kinds.items():
        kinds.register(
            MailKind(
                key,
                f"mails/{key}",
                _facts_of_asking_again if key == ASKED_AGAIN else request_facts,
                still_wanted,
                # A question that is closed has no link that would be of use.
                no_secrets if key == QUESTION_CLOSED else TO_BODIES.secrets,
                on_event,
                asks=key in (REQUEST, ASKED_AGAIN),
                title=title,
                redirected=TO_BODIES.redirected,
                copies=TO_BODIES.copies if key in COPIED else no_copies,
            )
        )
