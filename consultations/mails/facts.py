"""What stands in the mails of a round, read for a whole batch at the moment of sending."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from django.conf import settings

from consultations.models import Answer, Forward, Invitation, RoundMessage
from consultations.queries.parties import forwards_in_force
from consultations.queries.supplementary import heard_before
from consultations.rules.parties import as_sentence
from consultations.states import AnswerKind, AnswerState, InvitationState
from notifications.kinds import Facts
from notifications.models import OutgoingMail
from notifications.rules import folded_address
from notifications.statements import Among, Read
from workflow.dates import relative_days
from workflow.deadlines import days_inclusive, last_day_before, local_day
from workflow.links import code_page
from workflow.mails.asked import MailsTo
from workflow.mails.changes import CHANGES, ListedChanges
from workflow.mails.letters import letter_to, read_beforehand
from workflow.models import Process
from workflow.queries.offices import sender_facts
from workflow.states import ProcessState

_Row = TypeVar("_Row", Answer, Forward, RoundMessage)


def _handed_on(ids: Collection[int]) -> dict[int, set[str]]:
    """By invitation, the addresses it was handed on from and to under the link it has now."""
    return {
        pk: {folded_address(email) for row in rows for email in (row.from_email, row.to_email)}
        for pk, rows in forwards_in_force(ids).items()
    }


TO_PARTIES: Final = MailsTo(Invitation, "round", "round__stage__process__office", also_at=_handed_on)
_DRAFTS: Final = Read(
    lambda: Answer.objects.filter(Among("invitation__public_id", "subjects"), state=AnswerState.DRAFT).values_list(
        "invitation__public_id"
    )
)
_ANSWERS: Final = Read(lambda: Answer.objects.filter(Among("public_id", "answers")))


_OPENINGS: Final = re.compile(
    r"(?:supplerende\s+|supplementary\s+)?"
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
        "is_supplementary": hearing_round.is_supplementary,
        "has_answered": invitation.state == InvitationState.ANSWERED,
        "is_only_informed": invitation.is_only_informed,
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


def _facts(more: Callable[[OutgoingMail, Invitation], Mapping[str, object]]) -> Facts:
    """Office, case, round, party and deadline as they are at the moment of sending, and what else `more` says. One
    query for a batch."""

    def facts(mails: Sequence[OutgoingMail], now: datetime) -> Mapping[int, Mapping[str, object]]:
        invitations = TO_PARTIES.rows(mails)
        return {
            mail.pk: {**_plain_facts(mail, invitation, now), **more(mail, invitation)}
            for mail in mails
            if (invitation := invitations.get(mail.subject_id))
        }

    return facts


party_facts = _facts(lambda mail, invitation: {})


def invitation_facts(mails: Sequence[OutgoingMail], now: datetime) -> Mapping[int, Mapping[str, object]]:
    """The same; in a supplementary round also what has changed since the round before. A query more for each such
    round, and those of the comparisons."""
    facts, invitations = party_facts(mails, now), TO_PARTIES.rows(mails)
    rounds = {row.round_id: row.round for row in invitations.values() if row.round.is_supplementary}
    before = {pk: heard_before(hearing_round) for pk, hearing_round in rounds.items()}
    listed = ListedChanges()
    return {
        mail.pk: {
            **facts[mail.pk],
            CHANGES: listed.lines(before[row.round_id], row.round.bundle, mail.language)
            if row.round_id in before
            else [],
        }
        for mail in mails
        if (row := invitations.get(mail.subject_id))
    }


refusal_facts = _facts(
    lambda mail, invitation: {"asked_on": invitation.refused_on, "reason": invitation.refused_reason}
)
release_facts = _facts(lambda mail, invitation: {"reason": as_sentence(invitation.released_reason)})


def _facts_with(
    name: str, rows: Callable[[set[str]], Iterable[_Row]], words: Callable[[_Row], Mapping[str, object]]
) -> Facts:
    """The same, with the words of the row whose public id the mail itself names under `name`. One query more."""

    def facts(mails: Sequence[OutgoingMail], now: datetime) -> Mapping[int, Mapping[str, object]]:
        named = {mail.pk: str(mail.facts.get(name, "")) for mail in mails}
        words_of = {str(row.public_id): words(row) for row in rows(set(named.values()) - {""})}
        plain = party_facts(mails, now)
        return {mail.pk: {**plain.get(mail.pk, {}), **words_of.get(named[mail.pk], {})} for mail in mails}

    return facts


def _answer_words(answer: Answer) -> dict[str, object]:
    """What a receipt or a decision says of the answer: its number, when it came, how it stands."""
    return {
        "receipt_number": answer.receipt_number,
        "is_replacement": answer.number > 1,
        "received_at": answer.received_at,
        "answer_kind": AnswerKind(answer.kind).label,
        "is_late": answer.state in (AnswerState.LATE, AnswerState.LATE_ACCEPTED, AnswerState.LATE_FILED),
        "is_accepted": answer.state == AnswerState.LATE_ACCEPTED,
        "reason": answer.late_reason,
        "provisional_on": answer.provisional_on,
        "is_provisional": answer.is_provisional,
        "confirmed_at": answer.confirmed_at,
        "is_confirmed_late": answer.is_confirmed_late,
    }


def _forward_words(forward: Forward) -> dict[str, object]:
    """Who handed the task to whom, when, and what they wrote."""
    return {
        "from_email": forward.from_email,
        "to_email": forward.to_email,
        "holder": forward.to_name or forward.to_email,
        "passed_on_at": forward.at,
        "note_lines": forward.note.splitlines(),
        "is_claim": forward.is_claim,
    }


answer_facts = _facts_with("answer", lambda ids: _ANSWERS(answers=ids), _answer_words)
forward_facts = _facts_with("forward", lambda ids: Forward.objects.filter(public_id__in=ids), _forward_words)
message_facts = _facts_with(
    "message",
    lambda ids: RoundMessage.objects.filter(public_id__in=ids),
    lambda message: message_words(message.subject, message.text),
)


def reminder_facts(mails: Sequence[OutgoingMail], now: datetime) -> Mapping[int, Mapping[str, object]]:
    """The same, with whether a draft lies unsent, and to the party's own mailbox who holds the task. One more query."""
    drafts = {str(subject) for (subject,) in _DRAFTS(subjects={mail.subject_id for mail in mails})}
    plain = party_facts(mails, now)
    return {
        mail.pk: {
            **plain.get(mail.pk, {}),
            "has_draft": str(mail.subject_id) in drafts,
            "holder": mail.facts.get("holder", ""),
        }
        for mail in mails
    }


def message_words(subject: str, text: str) -> dict[str, object]:
    """What the office wrote to the parties, as the templates take it."""
    return {"message_subject": subject, "message_lines": text.splitlines()}


def as_it_will_read(
    kind_key: str, invitation: Invitation, process: Process, words: Mapping[str, object], now: datetime
) -> tuple[str, str]:
    """Subject and text of a mail before it is written, with words in brackets where the recipient reads its own link
    and code. The invitation need not be in the database."""
    # Never queued, so nothing is ever looked for under this key.
    posted = letter_to(kind_key, invitation, process, about="preview")
    mail = OutgoingMail(kind=kind_key, to_address=posted.to, language=posted.language, facts={})
    return read_beforehand(posted, {**_plain_facts(mail, invitation, now), **words})
