"""The status board of a round: a page of its parties with everything on it, filters and figures counted by the
database. The number of queries grows neither with the parties nor with the page."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate

from consultations.models import Answer, Forward, HearingRound, Invitation, Reminder
from consultations.rules.parties import asks_for_extension
from consultations.states import (
    ANSWER_STANDING,
    LINK_MAILS,
    MAY_STILL_ANSWER,
    AnswerKind,
    AnswerState,
    BoardFilter,
    InvitationState,
    ListFilter,
    RoundState,
    RoundVerb,
)
from notifications import queries as mail_queries
from notifications.models import OutgoingMail
from workflow.deadlines import local_day
from workflow.queries.record import record_entries
from workflow.rules import danish_sort_key
from workflow.rules.asked import has_address, unreached_among
from workflow.states import Channel


@dataclass(frozen=True, slots=True)
class PartyRow:
    """How one party stands. Instants in UTC, days local.

    mail: state of the last mail that brought the link ("queued", "sent", "failed" …), "" when none was written.
    mailed_at: when the first of them was sent; mailed_again_at: the last, where it is another. opened_at: when a link
    of the party was first opened, whether it has got a new one since or not.
    reminders: how many have been sent or queued. next_reminder_at: when the next one falls due.
    own_deadline: the party's deadline is later than the round's. asks_until: the day for which it asks an extension,
    while the round is open.
    """

    invitation: Invitation
    mail: str
    mailed_at: datetime | None
    mailed_again_at: datetime | None
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
        if self.answer is not None and self.answer.is_provisional and not self.is_late:
            return "provisional"
        if self.answer is not None:
            return "no_remarks" if self.answer.kind == AnswerKind.NO_REMARKS and not self.is_late else self.answer.state
        if self.invitation.state not in MAY_STILL_ANSWER:
            return str(self.invitation.state)
        if not has_address(self.invitation) and self.invitation.channel == Channel.EMAIL:
            return "no_address"
        if self.invitation.bounced_at is not None:
            return "bounced"
        if self.asks_until is not None:
            return "asks_for_extension"
        if self.draft_changed_at is not None:
            return "drafting"
        if self.invitation.state == InvitationState.INFORMED:
            return "informed"
        if self.invitation.channel != Channel.EMAIL:
            return "other_road"
        return "opened" if self.opened_at is not None else "invited"

    @property
    def is_late(self) -> bool:
        """The standing answer came after the party's deadline."""
        return self.answer is not None and self.answer.state in _LATE


def matching_parties(hearing_round: HearingRound, which: str = "", words: str = "") -> QuerySet[Invitation]:
    """The parties of a round in Danish alphabetical order, narrowed by a `BoardFilter` or a `ListFilter` and by words
    of name, address or person. Anything else as a filter narrows nothing."""
    parties = hearing_round.invitations.order_by("sort_key", "id")
    if which == BoardFilter.ASKING:
        parties = parties.filter(pk__in=asking_parties(hearing_round).values("pk"))
    elif which in _NARROWED:
        parties = parties.filter(_NARROWED[which])
    return parties.filter(_by_words(words)) if words else parties


def _by_words(words: str) -> Q:
    by_name = Q(sort_key__contains=danish_sort_key(words))
    return by_name | Q(contact_name__icontains=words) | Q(email__icontains=words)


def _has_standing_answer(**more: object) -> Exists:
    return Exists(Answer.objects.filter(invitation=OuterRef("pk"), state__in=ANSWER_STANDING).filter(**more))


_LATE: Final = (AnswerState.LATE, AnswerState.LATE_ACCEPTED, AnswerState.LATE_FILED)

_NARROWED: Final[dict[str, Q | Exists]] = {
    BoardFilter.ANSWERED: _has_standing_answer(),
    BoardFilter.MISSING: Q(state=InvitationState.INVITED),
    BoardFilter.NO_REMARKS: _has_standing_answer(kind=AnswerKind.NO_REMARKS),
    BoardFilter.INFORMED: Q(state=InvitationState.INFORMED),
    BoardFilter.DECLINED: Q(state=InvitationState.DECLINED),
    BoardFilter.BOUNCED: Q(bounced_at__isnull=False),
    BoardFilter.LATE: _has_standing_answer(state__in=_LATE),
    BoardFilter.PROVISIONAL: _has_standing_answer(provisional_on__isnull=False, confirmed_at__isnull=True),
    ListFilter.UNREACHED: Q(channel=Channel.EMAIL) & (Q(email="") | Q(bounced_at__isnull=False)),
    ListFilter.OTHER_ROAD: ~Q(channel=Channel.EMAIL),
}


def asking_parties(hearing_round: HearingRound) -> QuerySet[Invitation]:
    """The parties of an open round that ask for more time, the earliest day first: what `asks_for_extension` says."""
    if hearing_round.state != RoundState.OPEN:
        return hearing_round.invitations.none()
    return (
        hearing_round.invitations.annotate(deadline_on=_deadline_on(hearing_round))
        .filter(_ASKING)
        .order_by("promised_on", "id")
    )


def _deadline_on(hearing_round: HearingRound) -> TruncDate:
    # The local day: in UTC a deadline at 00.00 falls on the day before.
    return TruncDate("reply_by_at", tzinfo=ZoneInfo(hearing_round.stage.process.time_zone))


_ASKING: Final = Q(state=InvitationState.INVITED, promised_on__gt=F("deadline_on"))


def board(hearing_round: HearingRound, parties: Iterable[Invitation]) -> list[PartyRow]:
    """How these parties of a round stand, in their order: a page of them, or one. They have their links with them.

    Four queries, whatever their number, besides the one that reads them; one more where a link was made anew.
    """
    listed = list(parties)
    ids = [party.pk for party in listed]
    zone = ZoneInfo(hearing_round.stage.process.time_zone)
    answers, drafts = _answers(ids)
    forwards = Forward.objects.filter(invitation__in=ids, ended_at=None).order_by("at", "id")
    handed = {row.invitation_id: row for row in forwards}
    reminders = dict(
        Reminder.objects.filter(invitation__in=ids).values_list("invitation").annotate(Count("pk")).order_by()
    )
    opened = _first_opened(hearing_round, listed)
    mailed = _link_mails([UUID(str(party.public_id)) for party in listed])
    is_open = hearing_round.state == RoundState.OPEN
    rows = []
    for invitation in listed:
        invitation.round = hearing_round
        mails = mailed.get(UUID(str(invitation.public_id)), [])
        moments = [mail.sent_at for mail in mails if mail.sent_at is not None]
        draft = drafts.get(invitation.pk)
        forward = handed.get(invitation.pk)
        deadline_on = local_day(invitation.reply_by_at, zone) if invitation.reply_by_at else None
        own = invitation.reply_by_at if invitation.reply_by_at != hearing_round.closes_at else None
        rows.append(
            PartyRow(
                invitation=invitation,
                mail=mails[-1].state if mails else "",
                mailed_at=min(moments, default=None),
                mailed_again_at=max(moments) if len(moments) > 1 else None,
                opened_at=opened.get(invitation.public_id, invitation.link.opened_at),
                draft_changed_at=draft.changed_at if draft else None,
                answer=answers.get(invitation.pk),
                reminders=reminders.get(invitation.pk, 0),
                next_reminder_at=invitation.next_check_at,
                forwarded_to=forward.to_email if forward else "",
                is_claimed=bool(forward and forward.is_claim),
                own_deadline=own,
                asks_until=invitation.promised_on if is_open and asks_for_extension(invitation, deadline_on) else None,
            )
        )
    return rows


def party_row(invitation: Invitation) -> PartyRow:
    """The row of one party of a round that has been read."""
    return board(invitation.round, [invitation])[0]


def _answers(parties: Collection[int]) -> tuple[dict[int, Answer], dict[int, Answer]]:
    rows = Answer.objects.filter(invitation__in=parties, state__in=(AnswerState.DRAFT, *ANSWER_STANDING)).defer(
        # Without the words, of which an answer may have a million letters.
        "text",
        "confidential_note",
        "late_reason",
        "disposition",
    )
    answers: dict[int, Answer] = {}
    drafts: dict[int, Answer] = {}
    for answer in rows:
        (drafts if answer.state == AnswerState.DRAFT else answers)[answer.invitation_id] = answer
    return answers, drafts


def link_mails_on_their_way(hearing_round: HearingRound) -> mail_queries.Progress:
    """How many of the mails that bring the parties of a round their links have left, and how many wait."""
    return mail_queries.progress(hearing_round.invitations.values("public_id"), LINK_MAILS)


def _link_mails(ids: list[UUID]) -> Mapping[UUID, list[OutgoingMail]]:
    """The mails that brought each party its link, in order."""
    mails_by_party: dict[UUID, list[OutgoingMail]] = {}
    for mail in mail_queries.mails_of(ids).filter(kind__in=LINK_MAILS).only("subject_id", "state", "sent_at"):
        mails_by_party.setdefault(mail.subject_id, []).append(mail)
    return mails_by_party


def _first_opened(hearing_round: HearingRound, parties: Collection[Invitation]) -> dict[UUID, datetime]:
    """When those parties whose link was made anew had first opened one: a new link begins unopened."""
    renewed = [party.public_id for party in parties if party.link.version > 1]
    if not renewed:
        return {}
    entries = record_entries(hearing_round.stage.process).filter(verb=RoundVerb.OPEN_INVITATION, subject_id__in=renewed)
    return dict(entries.order_by("subject_id").values_list("subject_id").annotate(Min("at")))


@dataclass(frozen=True, slots=True)
class RoundCounts:
    """How a round stands in figures.

    invited: who was asked and not let go, also where the round was cancelled since. informed: who got the text for
    information, and has not answered. missing: who has not answered,
    declined or been let go. asking: who asks for more time, should the round be open. answered: every party with a
    standing answer, late ones included. provisional: whose answer has yet to be made final.
    """

    parties: int
    invited: int
    informed: int
    missing: int
    asking: int
    answered: int
    in_time: int
    no_remarks: int
    late: int
    late_accepted: int
    late_filed: int
    provisional: int
    declined: int
    bounced: int


def counts(hearing_round: HearingRound) -> RoundCounts:
    """The figures of a round, counted by the database in two queries."""
    is_asked = Q(state__in=(InvitationState.INVITED, InvitationState.ANSWERED, InvitationState.DECLINED))
    if hearing_round.state == RoundState.CANCELLED:
        is_asked |= Q(
            state=InvitationState.WITHDRAWN,
            invited_at__isnull=False,
            released_at__isnull=True,
            for_information=False,
        )
    parties = hearing_round.invitations.annotate(deadline_on=_deadline_on(hearing_round)).aggregate(
        parties=Count("pk"),
        invited=Count("pk", filter=is_asked),
        informed=Count("pk", filter=Q(state=InvitationState.INFORMED)),
        missing=Count("pk", filter=Q(state=InvitationState.INVITED)),
        asking=Count("pk", filter=_ASKING),
        declined=Count("pk", filter=Q(state=InvitationState.DECLINED)),
        bounced=Count("pk", filter=Q(bounced_at__isnull=False)),
    )
    answers = Answer.objects.filter(invitation__round=hearing_round, state__in=ANSWER_STANDING).aggregate(
        answered=Count("pk"),
        in_time=Count("pk", filter=Q(state=AnswerState.SUBMITTED)),
        no_remarks=Count("pk", filter=Q(kind=AnswerKind.NO_REMARKS)),
        late=Count("pk", filter=Q(state=AnswerState.LATE)),
        late_accepted=Count("pk", filter=Q(state=AnswerState.LATE_ACCEPTED)),
        late_filed=Count("pk", filter=Q(state=AnswerState.LATE_FILED)),
        provisional=Count("pk", filter=Q(provisional_on__isnull=False, confirmed_at__isnull=True)),
    )
    return RoundCounts(**parties, **answers)


def unreached_parties(hearing_round: HearingRound) -> list[Invitation]:
    """The parties of a round that should get mail and cannot, with no more than their names and addresses."""
    by_mail = hearing_round.invitations.filter(channel=Channel.EMAIL).order_by("sort_key", "id")
    return unreached_among(by_mail.only("round", "name", "email", "channel", "bounced_at"))
