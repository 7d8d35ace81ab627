"""The status board of a round: one row per party, everything on it, in a number of queries that does not grow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet

from consultations.models import Answer, Forward, HearingRound, Invitation
from consultations.rules.parties import asks_for_extension, has_address
from consultations.states import ANSWER_STANDING, LINK_MAILS, AnswerKind, AnswerState, InvitationState, RoundState
from notifications import queries as mail_queries
from notifications.models import OutgoingMail
from workflow.deadlines import local_day
from workflow.states import Channel


@dataclass(frozen=True, slots=True)
class PartyRow:
    """How one party stands. Instants in UTC, days local.

    mail: state of the last mail that brought the link ("queued", "sent", "failed" …), "" when none was written.
    reminders: how many have been sent or queued. next_reminder_at: when the next one falls due.
    own_deadline: the party's deadline is later than the round's. asks_until: the day for which it asks an extension,
    while the round is open.
    """

    invitation: Invitation
    mail: str
    mailed_at: datetime | None
    opened_at: datetime | None
    draft_changed_at: datetime | None
    answer: Answer | None
    reminders: int
    next_reminder_at: datetime | None
    forwarded_to: str
    is_claimed: bool
    own_deadline: datetime | None
    asks_until: date | None

    @property
    def state(self) -> str:
        """One word for the board: a late answer, a missing address and a bounce show before anything else."""
        if self.answer is not None:
            return "no_remarks" if self.answer.kind == AnswerKind.NO_REMARKS and not self.is_late else self.answer.state
        if self.invitation.state != InvitationState.INVITED:
            return str(self.invitation.state)
        if not has_address(self.invitation) and self.invitation.channel == Channel.EMAIL:
            return "no_address"
        if self.invitation.bounced_at is not None:
            return "bounced"
        if self.asks_until is not None:
            return "asks_for_extension"
        if self.draft_changed_at is not None:
            return "drafting"
        return "opened" if self.opened_at is not None else "invited"

    @property
    def is_late(self) -> bool:
        """The standing answer came after the party's deadline."""
        late = (AnswerState.LATE, AnswerState.LATE_ACCEPTED, AnswerState.LATE_FILED)
        return self.answer is not None and self.answer.state in late


def board(round: HearingRound) -> list[PartyRow]:
    """Every party of a round in Danish alphabetical order. Six queries, whatever the number of parties."""
    return _rows(round, round.invitations.all())


def party_row(invitation: Invitation) -> PartyRow:
    """The row of one party of a round that has been read."""
    return _rows(invitation.round, invitation.round.invitations.filter(pk=invitation.pk))[0]


def _rows(round: HearingRound, wanted: QuerySet[Invitation]) -> list[PartyRow]:
    invitations = list(
        wanted.select_related("link", "body").annotate(reminder_count=Count("reminders")).order_by("sort_key", "id")
    )
    zone = ZoneInfo(round.stage.process.time_zone)
    standing, drafts = _answers(wanted)
    forwards = Forward.objects.filter(invitation__in=wanted, ended_at=None).order_by("at", "id")
    handed = {row.invitation_id: row for row in forwards}
    sent = _link_mails([UUID(str(row.public_id)) for row in invitations])
    is_open = round.state == RoundState.OPEN
    rows = []
    for invitation in invitations:
        invitation.round = round
        mail = sent.get(UUID(str(invitation.public_id)))
        draft = drafts.get(invitation.pk)
        forward = handed.get(invitation.pk)
        deadline_on = local_day(invitation.reply_by_at, zone) if invitation.reply_by_at else None
        own = invitation.reply_by_at if invitation.reply_by_at != round.closes_at else None
        rows.append(
            PartyRow(
                invitation=invitation,
                mail=mail.state if mail else "",
                mailed_at=mail.sent_at if mail else None,
                opened_at=invitation.link.opened_at,
                draft_changed_at=draft.changed_at if draft else None,
                answer=standing.get(invitation.pk),
                reminders=invitation.reminder_count,
                next_reminder_at=invitation.next_check_at,
                forwarded_to=forward.to_email if forward else "",
                is_claimed=bool(forward and forward.is_claim),
                own_deadline=own,
                asks_until=invitation.promised_on if is_open and asks_for_extension(invitation, deadline_on) else None,
            )
        )
    return rows


def _answers(wanted: QuerySet[Invitation]) -> tuple[dict[int, Answer], dict[int, Answer]]:
    rows = Answer.objects.filter(invitation__in=wanted, state__in=(AnswerState.DRAFT, *ANSWER_STANDING)).defer(
        "text", "confidential_note"
    )
    standing: dict[int, Answer] = {}
    drafts: dict[int, Answer] = {}
    for answer in rows:
        (drafts if answer.state == AnswerState.DRAFT else standing)[answer.invitation_id] = answer
    return standing, drafts


def _link_mails(ids: list[UUID]) -> Mapping[UUID, OutgoingMail]:
    """The last mail that brought each party its link."""
    found = mail_queries.mails_of(ids).filter(kind__in=LINK_MAILS).defer("text_sent", "facts")
    return {mail.subject_id: mail for mail in found}


@dataclass(frozen=True, slots=True)
class RoundCounts:
    """How a round stands in figures. `answered` counts every party with a standing answer, late ones included."""

    parties: int
    invited: int
    answered: int
    in_time: int
    no_remarks: int
    late: int
    late_accepted: int
    late_filed: int
    declined: int
    bounced: int
    opened: int
    drafts: int
    reminders: int
    undisposed: int


def counts(round: HearingRound) -> RoundCounts:
    """The figures of a round, in three queries."""
    invitations = list(
        round.invitations.values_list("pk", "state", "bounced_at", "link__opened_at").annotate(sent=Count("reminders"))
    )
    answers = list(Answer.objects.filter(invitation__round=round).values_list("state", "kind", "disposed_at"))
    by_state = Counter(state for state, _kind, _disposed in answers)
    remarks = [state for state, kind, disposed in answers if kind == AnswerKind.REMARKS and disposed is None]
    party_states = Counter(state for _pk, state, _bounced, _opened, _sent in invitations)
    return RoundCounts(
        parties=len(invitations),
        invited=sum(party_states[state] for state in (InvitationState.INVITED, InvitationState.ANSWERED))
        + party_states[InvitationState.DECLINED],
        answered=sum(by_state[state] for state in ANSWER_STANDING),
        in_time=by_state[AnswerState.SUBMITTED],
        no_remarks=sum(
            kind == AnswerKind.NO_REMARKS and state in ANSWER_STANDING for state, kind, _disposed in answers
        ),
        late=by_state[AnswerState.LATE],
        late_accepted=by_state[AnswerState.LATE_ACCEPTED],
        late_filed=by_state[AnswerState.LATE_FILED],
        declined=party_states[InvitationState.DECLINED],
        bounced=sum(bounced is not None for _pk, _state, bounced, _opened, _sent in invitations),
        opened=sum(opened is not None for _pk, _state, _bounced, opened, _sent in invitations),
        drafts=by_state[AnswerState.DRAFT],
        reminders=sum(sent for _pk, _state, _bounced, _opened, sent in invitations),
        undisposed=sum(state in (AnswerState.SUBMITTED, AnswerState.LATE_ACCEPTED) for state in remarks),
    )
