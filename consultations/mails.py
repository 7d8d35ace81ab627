"""The mails of a round: who is told what, under which key, and when it is no longer wanted.

Actions come in for letters; `apps.py` for the kinds. Facts are read for a whole batch at the moment of sending.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext

from consultations.models import Answer, Forward, HearingRound, Invitation, RoundMessage
from consultations.queries.parties import forwards_in_force
from consultations.rules.parties import as_sentence, has_address, may_have_link, unwanted_reminder
from consultations.states import AnswerKind, AnswerState, InvitationState, RoundForm, RoundState
from notifications.kinds import Facts, MailKind, OnEvent, StillWanted, always_wanted, no_secrets
from notifications.kinds import kind as registered_kind
from notifications.models import OutgoingMail
from notifications.outbox import Letter
from notifications.render import PLACEHOLDERS, fill, write
from notifications.statements import Among, Read
from notifications.states import ERASED, Priority
from workflow.dates import relative_days
from workflow.deadlines import days_inclusive, last_day_before, local_day
from workflow.links import code_page, mail_secrets
from workflow.models import Process
from workflow.queries.offices import sender_facts
from workflow.states import ProcessState

INVITATION = "hearing_invitation"
INPUT_INVITATION = "input_invitation"
REMINDER = "hearing_reminder"
RECEIPT = "hearing_receipt"
EXTENDED = "hearing_extended"
EXTENSION_REFUSED = "hearing_extension_refused"
FORWARDED = "hearing_forwarded"
LATE_DECIDED = "hearing_late_decided"
WITHDRAWN = "hearing_withdrawn"
RELEASED = "hearing_released"
MESSAGE = "hearing_message"
PASSED_ON = "hearing_passed_on"
TAKEN_BACK = "hearing_taken_back"
ANSWER_IS_HERE = "hearing_answer_is_here"

HANDING_OVER = (FORWARDED, PASSED_ON, TAKEN_BACK)
"""The kinds that tell of the task's way from one to another: pointless once the office gives the party an address."""


# ── Letters ───────────────────────────────────────────────────────────────────────────────────────────────────
def letter(
    kind: str,
    invitation: Invitation,
    process: Process,
    *,
    about: str,
    facts: Mapping[str, object] | None = None,
    priority: Priority = Priority.NORMAL,
    to: str = "",
    to_name: str = "",
) -> Letter:
    """One letter to a party at its present address, or to another that may have its link (`to`). `about` tells it from
    the party's other letters of the kind."""
    return Letter(
        kind=kind,
        key=f"{kind}:{invitation.public_id}:{about}",
        to=to or invitation.email,
        to_name=(to_name if to else invitation.contact_name) or invitation.name,
        language=invitation.language,
        subject_id=_uuid(invitation.public_id),
        process_id=_uuid(process.public_id),
        office_id=_uuid(process.office.public_id),
        case_number=process.case_number,
        reply_to=process.office.reply_to,
        from_name=process.office.name,
        facts=dict(facts or {}),
        priority=priority,
    )


def letters(
    kind: str, invitations: Iterable[Invitation], process: Process, *, about: str, facts: Mapping[str, object]
) -> list[Letter]:
    """The same letter to each party that can be reached by mail."""
    return [
        letter(kind, invitation, process, about=about, facts=facts)
        for invitation in invitations
        if has_address(invitation)
    ]


def invitation_kind(round: HearingRound) -> str:
    """Which mail asks the parties of a round."""
    return INVITATION if round.form == RoundForm.FULL else INPUT_INVITATION


def at_key(moment: datetime) -> str:
    """A moment as part of a mail's key."""
    return moment.strftime("%Y%m%dT%H%M%S.%f")


# ── Facts ─────────────────────────────────────────────────────────────────────────────────────────────────────
def _invitations(mails: Sequence[OutgoingMail]) -> dict[UUID, Invitation]:
    return {invitation.public_id: invitation for invitation in _INVITATIONS(subjects=_subjects(mails))}


def _subjects(mails: Sequence[OutgoingMail]) -> set[UUID]:
    return {mail.subject_id for mail in mails}


_INVITATIONS: Final = Read(
    lambda: Invitation.objects.filter(Among("public_id", "subjects")).select_related("round__stage__process__office")
)
_WITH_LINKS: Final = Read(lambda: Invitation.objects.filter(Among("public_id", "subjects")).select_related("link"))
_DRAFTS: Final = Read(
    lambda: Answer.objects.filter(Among("invitation__public_id", "subjects"), state=AnswerState.DRAFT).values_list(
        "invitation__public_id"
    )
)
_ANSWERS: Final = Read(lambda: Answer.objects.filter(Among("public_id", "answers")))


_OPENINGS: Final = re.compile(
    r"(?:høring\s+(?:over|om|af|vedrørende)|inddragelse\s+i(?:\s+arbejdet\s+med)?"
    r"|(?:hearing|consultation|early\s+input)\s+(?:on|about))\s+",
    re.IGNORECASE,
)


def says_hearing(title: str) -> bool:
    """Does the round's title say by itself that this is a hearing?"""
    return any(word in title.casefold() for word in ("høring", "hearing", "consultation"))


def matter_of(title: str) -> str:
    """What a round is about, to stand within a sentence: "Høring over udkast til …" is about "udkast til …". Empty
    when the title says "høring" in another place, so that a sentence would say it twice."""
    opening = _OPENINGS.match(title)
    if opening:
        return title[opening.end() :]
    return "" if says_hearing(title) else title


def _plain_facts(mail: OutgoingMail, invitation: Invitation, now: datetime) -> dict[str, object]:
    round = invitation.round
    process = round.stage.process
    zone = process.time_zone
    facts: dict[str, object] = {
        **sender_facts(process.office),
        "party": invitation.name,
        "round_title": round.title,
        "says_hearing": says_hearing(round.title),
        "asks_about": matter_of(round.title),
        "process_title": process.title,
        "reply_by_at": invitation.reply_by_at,
        "zone": zone,
        "code_page": code_page(),
        "site": settings.BASE_URL,
    }
    if invitation.reply_by_at is not None:
        opened_at = round.opened_at or now
        local = ZoneInfo(zone)
        facts["days"] = days_inclusive(local_day(opened_at, local), last_day_before(invitation.reply_by_at, local))
        facts["in_days"] = relative_days(invitation.reply_by_at, now, zone, mail.language)
    return facts


def party_facts(mails: Sequence[OutgoingMail], now: datetime) -> Mapping[int, Mapping[str, object]]:
    """Office, case, round, party and deadline as they are at the moment of sending. One query for a batch."""
    found = _invitations(mails)
    return {mail.pk: _plain_facts(mail, found[mail.subject_id], now) for mail in mails if mail.subject_id in found}


def answer_facts(mails: Sequence[OutgoingMail], now: datetime) -> Mapping[int, Mapping[str, object]]:
    """The same, with the answer a receipt or a decision is about: its number, when it came, how it stands."""
    plain = party_facts(mails, now)
    wanted = {str(mail.facts.get("answer", "")) for mail in mails} - {""}
    answers = {str(answer.public_id): answer for answer in _ANSWERS(answers=wanted)}
    facts: dict[int, Mapping[str, object]] = {}
    for mail in mails:
        answer = answers.get(str(mail.facts.get("answer", "")))
        extra: dict[str, object] = {}
        if answer is not None:
            extra = {
                "receipt_number": answer.receipt_number,
                "is_replacement": answer.number > 1,
                "received_at": answer.received_at,
                "answer_kind": AnswerKind(answer.kind).label,
                "is_late": answer.state in (AnswerState.LATE, AnswerState.LATE_ACCEPTED, AnswerState.LATE_FILED),
                "is_accepted": answer.state == AnswerState.LATE_ACCEPTED,
                "reason": answer.late_reason,
            }
        facts[mail.pk] = {**plain.get(mail.pk, {}), **extra}
    return facts


def forward_facts(mails: Sequence[OutgoingMail], now: datetime) -> Mapping[int, Mapping[str, object]]:
    """The same, with who handed the task to whom, when, and what they wrote."""
    plain = party_facts(mails, now)
    wanted = {str(mail.facts.get("forward", "")) for mail in mails} - {""}
    forwards = {str(forward.public_id): forward for forward in Forward.objects.filter(public_id__in=wanted)}
    facts: dict[int, Mapping[str, object]] = {}
    for mail in mails:
        forward = forwards.get(str(mail.facts.get("forward", "")))
        extra: dict[str, object] = {}
        if forward is not None:
            extra = {
                "from_email": forward.from_email,
                "to_email": forward.to_email,
                "holder": forward.to_name or forward.to_email,
                "passed_on_at": forward.at,
                "note_lines": forward.note.splitlines(),
                "is_claim": forward.is_claim,
            }
        facts[mail.pk] = {**plain.get(mail.pk, {}), **extra}
    return facts


def reminder_facts(mails: Sequence[OutgoingMail], now: datetime) -> Mapping[int, Mapping[str, object]]:
    """The same, with whether a draft lies unsent, and to the party's own mailbox who holds the task. One more query."""
    plain = party_facts(mails, now)
    drafts = {str(subject) for (subject,) in _DRAFTS(subjects=_subjects(mails))}
    return {
        mail.pk: {
            **plain.get(mail.pk, {}),
            "has_draft": str(mail.subject_id) in drafts,
            "holder": mail.facts.get("holder", ""),
        }
        for mail in mails
    }


def refusal_facts(mails: Sequence[OutgoingMail], now: datetime) -> Mapping[int, Mapping[str, object]]:
    """The same, with the day a party asked for and why it was not granted."""
    found = _invitations(mails)
    facts: dict[int, Mapping[str, object]] = {}
    for mail in mails:
        if invitation := found.get(mail.subject_id):
            extra = {"asked_on": invitation.refused_on, "reason": invitation.refused_reason}
            facts[mail.pk] = {**_plain_facts(mail, invitation, now), **extra}
    return facts


def release_facts(mails: Sequence[OutgoingMail], now: datetime) -> Mapping[int, Mapping[str, object]]:
    """The same, with why the party is not asked any more."""
    found = _invitations(mails)
    return {
        mail.pk: {**_plain_facts(mail, invitation, now), "reason": as_sentence(invitation.released_reason)}
        for mail in mails
        if (invitation := found.get(mail.subject_id))
    }


def message_facts(mails: Sequence[OutgoingMail], now: datetime) -> Mapping[int, Mapping[str, object]]:
    """The same, with what the office wrote. One query more."""
    plain = party_facts(mails, now)
    wanted = {str(mail.facts.get("message", "")) for mail in mails} - {""}
    messages = {str(message.public_id): message for message in RoundMessage.objects.filter(public_id__in=wanted)}
    facts: dict[int, Mapping[str, object]] = {}
    for mail in mails:
        message = messages.get(str(mail.facts.get("message", "")))
        words = message_words(message.subject, message.text) if message is not None else {}
        facts[mail.pk] = {**plain.get(mail.pk, {}), **words}
    return facts


def message_words(subject: str, text: str) -> dict[str, object]:
    """What the office wrote to the parties, as the templates take it."""
    return {"message_subject": subject, "message_lines": text.splitlines()}


def as_it_will_read(
    kind_key: str, invitation: Invitation, process: Process, words: Mapping[str, object], now: datetime
) -> tuple[str, str]:
    """Subject and text of a mail before it is written, with words in brackets where the recipient reads its own link
    and code. The invitation need not be in the database."""
    posted = letter(kind_key, invitation, process, about="preview")
    mail = OutgoingMail(
        kind=kind_key,
        to_address=posted.to,
        to_name=posted.to_name,
        language=posted.language,
        case_number=posted.case_number,
        reply_to=posted.reply_to,
        facts={},
    )
    facts = {**_plain_facts(mail, invitation, now), **words}
    subject, text, _html = write(mail, registered_kind(kind_key), facts, dict.fromkeys(PLACEHOLDERS, "")).to_keep()
    return subject, fill(text, {"link": gettext("[the party's own link]"), "code": gettext("[the party's own code]")})


def link_secrets(mails: Sequence[OutgoingMail]) -> Mapping[int, Mapping[str, str] | None]:
    """Each party's link and typed code, the same in all its mails, derived just before they are written; none to an
    address that may not have them any more.

    One query, and one more where a mail goes to another address than the party has now.
    """
    found = {invitation.public_id: invitation for invitation in _WITH_LINKS(subjects=_subjects(mails))}
    elsewhere = {
        found[mail.subject_id].pk
        for mail in mails
        if mail.subject_id in found and not may_have_link(found[mail.subject_id], (), mail.to_address)
    }
    forwards = forwards_in_force(elsewhere)
    secrets: dict[int, Mapping[str, str] | None] = {}
    for mail in mails:
        if invitation := found.get(mail.subject_id):
            may_have = may_have_link(invitation, forwards.get(invitation.pk, ()), mail.to_address)
            secrets[mail.pk] = mail_secrets(invitation.link) if may_have else None
    return secrets


# ── Still wanted? ─────────────────────────────────────────────────────────────────────────────────────────────
Why = Callable[[OutgoingMail, Invitation, datetime], str | None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Asks, for a claimed batch in one query, why each mail is no longer wanted."""

    why: Why

    def __call__(self, mails: Sequence[OutgoingMail], now: datetime) -> Mapping[int, str]:
        found = _invitations(mails)
        unwanted: dict[int, str] = {}
        for mail in mails:
            invitation = found.get(mail.subject_id)
            if invitation is None:
                reason: str | None = "unknown"
            else:
                reason = ERASED if invitation.erased_at else self.why(mail, invitation, now)
            if reason:
                unwanted[mail.pk] = reason
        return unwanted


def _why_no_receipt(mail: OutgoingMail, invitation: Invitation, now: datetime) -> str | None:
    """What a party has sent is acknowledged, whatever has become of the round."""
    return None


def _why_no_link(mail: OutgoingMail, invitation: Invitation, now: datetime) -> str | None:
    """A link is sent as long as the party may use it, also while the process is suspended."""
    if invitation.state == InvitationState.WITHDRAWN or invitation.round.state == RoundState.CANCELLED:
        return "withdrawn"
    return None


def _why_no_reminder(mail: OutgoingMail, invitation: Invitation, now: datetime) -> str | None:
    zone = ZoneInfo(invitation.round.stage.process.time_zone)
    reason = unwanted_reminder(
        invitation.round,
        invitation,
        is_running=invitation.round.stage.process.state == ProcessState.RUNNING,
        today=local_day(now, zone),
        now=now,
    )
    if reason is None and _moved(mail, invitation):
        return "deadline_moved"
    return reason


def _why_no_extension(mail: OutgoingMail, invitation: Invitation, now: datetime) -> str | None:
    if reason := _why_no_link(mail, invitation, now):
        return reason
    return "deadline_moved" if _moved(mail, invitation) else None


def _why_no_refusal(mail: OutgoingMail, invitation: Invitation, now: datetime) -> str | None:
    """A party that has named another day meanwhile waits for another answer."""
    return _why_no_link(mail, invitation, now) or ("asked_anew" if invitation.refused_on is None else None)


def _moved(mail: OutgoingMail, invitation: Invitation) -> bool:
    told = str(mail.facts.get("reply_by", ""))
    return invitation.reply_by_at is None or told != invitation.reply_by_at.isoformat()


def told_deadline(invitation: Invitation) -> dict[str, object]:
    """The fact by which a mail about a deadline knows that it has been overtaken."""
    return {"reply_by": invitation.reply_by_at.isoformat() if invitation.reply_by_at else ""}


def _why_no_message(mail: OutgoingMail, invitation: Invitation, now: datetime) -> str | None:
    """What was written to the parties reaches those that are still asked, also while the process is suspended."""
    if invitation.state == InvitationState.DECLINED:
        return "declined"
    return _why_no_link(mail, invitation, now)


still_message = Wanted(_why_no_message)
still_receipt = Wanted(_why_no_receipt)
still_link = Wanted(_why_no_link)
still_reminder = Wanted(_why_no_reminder)
still_extension = Wanted(_why_no_extension)
still_refusal = Wanted(_why_no_refusal)


def mail_kinds(on_event: OnEvent) -> tuple[MailKind, ...]:
    """Every kind of this floor; `on_event` is what a bounce is told to."""

    def kind(
        key: str, facts: Facts = party_facts, wanted: StillWanted = still_link, *, has_link: bool = True
    ) -> MailKind:
        return MailKind(
            key=key,
            templates=f"mails/{key}",
            facts=facts,
            still_wanted=wanted,
            secrets=link_secrets if has_link else no_secrets,
            on_event=on_event,
            asks=key in (INVITATION, INPUT_INVITATION),
        )

    return (
        kind(INVITATION),
        kind(INPUT_INVITATION),
        kind(REMINDER, reminder_facts, still_reminder),
        kind(RECEIPT, answer_facts, still_receipt),
        kind(EXTENDED, wanted=still_extension),
        kind(EXTENSION_REFUSED, refusal_facts, still_refusal),
        kind(FORWARDED, forward_facts),
        kind(PASSED_ON, forward_facts),
        kind(TAKEN_BACK, forward_facts),
        kind(ANSWER_IS_HERE, answer_facts, still_receipt),
        kind(LATE_DECIDED, answer_facts, still_receipt),
        kind(MESSAGE, message_facts, still_message),
        kind(RELEASED, release_facts, always_wanted, has_link=False),
        kind(WITHDRAWN, wanted=always_wanted, has_link=False),
    )


def _uuid(value: object) -> UUID:
    return value if isinstance(value, UUID) else UUID(str(value))
