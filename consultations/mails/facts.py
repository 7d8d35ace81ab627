"""What stands in the mails of a round, read for a whole batch at the moment of sending."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext

from consultations.mails.letters import letter
from consultations.models import Answer, Forward, Invitation, RoundMessage
from consultations.queries.parties import forwards_in_force
from consultations.rules.parties import as_sentence, may_have_link
from consultations.states import AnswerKind, AnswerState, InvitationState
from notifications.kinds import kind as registered_kind
from notifications.models import OutgoingMail
from notifications.render import PLACEHOLDERS, fill, write
from notifications.statements import Among, Read
from workflow.dates import relative_days
from workflow.deadlines import days_inclusive, last_day_before, local_day
from workflow.links import code_page, mail_secrets
from workflow.models import Process
from workflow.queries.offices import sender_facts
from workflow.states import ProcessState


def invitations_of(mails: Sequence[OutgoingMail]) -> dict[UUID, Invitation]:
    """The invitation each mail is about, by its public id. One query for a batch."""
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
    hearing_round = invitation.round
    process = hearing_round.stage.process
    zone = process.time_zone
    facts: dict[str, object] = {
        **sender_facts(process.office),
        "party": invitation.name,
        "has_answered": invitation.state == InvitationState.ANSWERED,
        "round_title": hearing_round.title,
        "is_abandoned": process.state == ProcessState.ABANDONED,
        "says_hearing": says_hearing(hearing_round.title),
        "asks_about": matter_of(hearing_round.title),
        "process_title": process.title,
        "reply_by_at": invitation.reply_by_at,
        "zone": zone,
        "code_page": code_page(),
        "site": settings.BASE_URL,
    }
    if invitation.reply_by_at is not None:
        opened_at = hearing_round.opened_at or now
        local = ZoneInfo(zone)
        facts["days"] = days_inclusive(local_day(opened_at, local), last_day_before(invitation.reply_by_at, local))
        facts["in_days"] = relative_days(invitation.reply_by_at, now, zone, mail.language)
    return facts


def party_facts(mails: Sequence[OutgoingMail], now: datetime) -> Mapping[int, Mapping[str, object]]:
    """Office, case, round, party and deadline as they are at the moment of sending. One query for a batch."""
    invitations = invitations_of(mails)
    return {
        mail.pk: _plain_facts(mail, invitations[mail.subject_id], now)
        for mail in mails
        if mail.subject_id in invitations
    }


def answer_facts(mails: Sequence[OutgoingMail], now: datetime) -> Mapping[int, Mapping[str, object]]:
    """The same, with the answer a receipt or a decision is about: its number, when it came, how it stands."""
    plain = party_facts(mails, now)
    answer_ids = {str(mail.facts.get("answer", "")) for mail in mails} - {""}
    answers = {str(answer.public_id): answer for answer in _ANSWERS(answers=answer_ids)}
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
    forward_ids = {str(mail.facts.get("forward", "")) for mail in mails} - {""}
    forwards = {str(forward.public_id): forward for forward in Forward.objects.filter(public_id__in=forward_ids)}
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
    invitations = invitations_of(mails)
    facts: dict[int, Mapping[str, object]] = {}
    for mail in mails:
        if invitation := invitations.get(mail.subject_id):
            extra = {"asked_on": invitation.refused_on, "reason": invitation.refused_reason}
            facts[mail.pk] = {**_plain_facts(mail, invitation, now), **extra}
    return facts


def release_facts(mails: Sequence[OutgoingMail], now: datetime) -> Mapping[int, Mapping[str, object]]:
    """The same, with why the party is not asked any more."""
    invitations = invitations_of(mails)
    return {
        mail.pk: {**_plain_facts(mail, invitation, now), "reason": as_sentence(invitation.released_reason)}
        for mail in mails
        if (invitation := invitations.get(mail.subject_id))
    }


def message_facts(mails: Sequence[OutgoingMail], now: datetime) -> Mapping[int, Mapping[str, object]]:
    """The same, with what the office wrote. One query more."""
    plain = party_facts(mails, now)
    message_ids = {str(mail.facts.get("message", "")) for mail in mails} - {""}
    messages = {str(message.public_id): message for message in RoundMessage.objects.filter(public_id__in=message_ids)}
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
    # Never queued, so nothing is ever looked for under this key.
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
    invitations = {invitation.public_id: invitation for invitation in _WITH_LINKS(subjects=_subjects(mails))}
    elsewhere = {
        invitations[mail.subject_id].pk
        for mail in mails
        if mail.subject_id in invitations and not may_have_link(invitations[mail.subject_id], (), mail.to_address)
    }
    forwards = forwards_in_force(elsewhere)
    secrets: dict[int, Mapping[str, str] | None] = {}
    for mail in mails:
        if invitation := invitations.get(mail.subject_id):
            may_have = may_have_link(invitation, forwards.get(invitation.pk, ()), mail.to_address)
            secrets[mail.pk] = mail_secrets(invitation.link) if may_have else None
    return secrets
