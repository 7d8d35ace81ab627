"""Whom a letter to the parties of a round under way reaches, and what has been written to them."""

from __future__ import annotations

from dataclasses import dataclass

from consultations.models import HearingRound, Invitation, RoundMessage
from consultations.states import MAY_STILL_ANSWER, InvitationState, MessageTo
from workflow.models import Body
from workflow.rules.asked import is_reached
from workflow.rules.overwriting import digest_of_words

_STATES = {
    MessageTo.ALL: (*MAY_STILL_ANSWER, InvitationState.ANSWERED),
    MessageTo.UNANSWERED: (InvitationState.INVITED,),
    MessageTo.ANSWERED: (InvitationState.ANSWERED,),
}


@dataclass(frozen=True, slots=True)
class Addressees:
    """reached: who gets the mail. by_hand: chosen as well, but on paper, without an address, or their mail came
    back. declined: how many besides have said that they will not answer, and are left in peace."""

    reached: list[Invitation]
    by_hand: list[Invitation]
    declined: int = 0

    @property
    def digest(self) -> str:
        """Tells whether a list of recipients that was shown is still the one that would be written to."""
        return digest_of_words(*(f"{party.public_id} {party.email}" for party in self.reached))


def addressees(hearing_round: HearingRound, to: str) -> Addressees:
    """The parties a letter is for, in Danish alphabetical order: never one that declined or was let go."""
    parties = list(hearing_round.invitations.filter(state__in=_STATES[MessageTo(to)]))
    return Addressees(
        [party for party in parties if is_reached(party)],
        [party for party in parties if not is_reached(party)],
        0 if to == MessageTo.ANSWERED else hearing_round.invitations.filter(state=InvitationState.DECLINED).count(),
    )


def messages_of(hearing_round: HearingRound) -> list[RoundMessage]:
    """What the office wrote to the parties, the latest first."""
    return list(hearing_round.messages.order_by("-at", "-id"))


def is_on_list(hearing_round: HearingRound, body: Body | None) -> bool:
    """Whether a body has a place on the round's list; anybody else is told apart by people."""
    return body is not None and body.pk in bodies_on_list(hearing_round)


def bodies_on_list(hearing_round: HearingRound) -> set[int]:
    """The bodies with a place on the round's list. One that was let go before it had answered may be asked again."""
    parties = hearing_round.invitations.exclude(body=None).exclude(released_at__isnull=False, answered_at=None)
    return {pk for pk in parties.values_list("body_id", flat=True) if pk is not None}
