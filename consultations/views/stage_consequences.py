"""What becomes of a round when a set is put forward, and when its stage is left: said before the press."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consultations.models import HearingRound
from consultations.queries.rounds import asked_parties, is_round_public, round_going_on, rounds_of
from consultations.states import InvitationState, RoundState
from workflow.models import Stage
from workflow.rules.asked import is_reached


def said_on_new_set(stage: Stage) -> list[str]:
    """That a consultation that has been sent is about the version it was sent with, whatever is put forward since."""
    return [_said_of(row, row.bundle.number) for row in rounds_of(stage) if row.opened_at and row.bundle]


def _said_of(hearing_round: HearingRound, number: int) -> str:
    if hearing_round.state == RoundState.OPEN and hearing_round.is_supplementary:
        words = _("The supplementary consultation goes on with version %(number)d; its parties do not see the new one.")
    elif hearing_round.state == RoundState.OPEN:
        words = _("The consultation goes on with version %(number)d; its parties do not see the new one.")
    elif hearing_round.is_supplementary:
        words = _("The answers to the supplementary consultation stand; they are about version %(number)d.")
    else:
        words = _("The answers to the consultation stand; they are about version %(number)d.")
    return words % {"number": number}


def said_on_leave(stage: Stage) -> list[str]:
    """What becomes of a round whose stage is sent back or left out."""
    hearing_round = round_going_on(stage)
    if hearing_round is None or hearing_round.state != RoundState.OPEN:
        return []
    asked = asked_parties(hearing_round)
    reached = [party for party in asked if is_reached(party)]
    answered = sum(party.state == InvitationState.ANSWERED for party in asked)
    told = ngettext(
        "The round is cancelled, and %(count)d party is told by mail.",
        "The round is cancelled, and %(count)d parties are told by mail.",
        len(reached),
    )
    unreached = ngettext(
        "No mail reaches %(count)d party that was asked: tell it another way.",
        "No mail reaches %(count)d parties that were asked: tell them another way.",
        len(asked) - len(reached),
    )
    readable = ngettext(
        "%(count)d answer stays readable with the cancelled round; the party is asked again only when you send a new "
        "consultation.",
        "%(count)d answers stay readable with the cancelled round; the parties are asked again only when you send a "
        "new consultation.",
        answered,
    )
    lines = [_("The round is cancelled. Nobody is told by mail.")]
    if reached:
        lines = [told % {"count": len(reached)}, _("The mail does not give your reason.")]
    if len(reached) < len(asked):
        lines.append(unreached % {"count": len(asked) - len(reached)})
    if answered:
        lines.append(readable % {"count": answered})
    if is_round_public(hearing_round):
        lines.append(_("The public page goes on showing the round, with the day on which it was cancelled."))
    return lines
