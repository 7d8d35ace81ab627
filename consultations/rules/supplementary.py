"""When some of those heard may be asked once more about a changed text, and when that may be called off. Actions and
pages come in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from consultations.rules.rounds import must_come_from_the_office
from consultations.states import ROUND_GOING_ON, RoundState
from workflow.actors import Actor
from workflow.rules import Refusal
from workflow.rules.processes import must_give_reason
from workflow.rules.stages import must_be_under_way
from workflow.states import BundleState, StageKindName

if TYPE_CHECKING:
    from consultations.models import HearingRound, Invitation
    from workflow.models import Bundle, Stage


def may_hear_again(
    drafting: Stage, rounds: Sequence[HearingRound], bundle: Bundle | None, actor: Actor
) -> Refusal | None:
    """A changed text may be heard again from the drafting stage behind a consultation that has closed.

    rounds: those of the consultation, in order; none where there is no consultation before the stage. bundle: the
    newest locked set of the text. Refuses everybody but the office, any other stage, one not under way, a consultation
    with a round that is not over, and a text that is the one that was heard.
    """
    if refusal := must_come_from_the_office(actor):
        return refusal
    if drafting.kind != StageKindName.DRAFTING:
        return Refusal(
            "not_drafting",
            _("A supplementary consultation is opened from the drafting stage behind the consultation."),
        )
    if refusal := must_be_under_way(drafting):
        return refusal
    if not rounds or rounds[0].bundle is None:
        return Refusal("nothing_heard", _("No consultation on this text has been held before this stage."))
    if rounds[0].state in ROUND_GOING_ON:
        return Refusal(
            "first_not_closed",
            _("The consultation has not closed yet. While it is under way, ask another party or write to the parties."),
        )
    if any(hearing_round.state in ROUND_GOING_ON for hearing_round in rounds):
        return Refusal(
            "round_going_on",
            _("A supplementary consultation is prepared or under way already. Finish that one first, or call it off."),
        )
    if bundle is None or bundle.state != BundleState.LOCKED or bundle.number <= rounds[0].bundle.number:
        return Refusal(
            "set_heard",
            _("The parties of the consultation had this set of documents. Lock a set with the change first."),
        )
    return None


def must_choose_parties(chosen: Sequence[Invitation], choices: Sequence[Invitation]) -> Refusal | None:
    """At least one party is asked again, and only those that may be: heard in the first round, and not let go since."""
    if not chosen:
        return Refusal("nobody_chosen", _("Choose the parties that the change touches. Nobody is asked as it is."))
    if not {party.pk for party in chosen} <= {party.pk for party in choices}:
        return Refusal(
            "not_heard_before",
            _("A party among those chosen was not asked, or is asked no longer. Choose from those that were asked."),
        )
    return None


def may_cancel(hearing_round: HearingRound, reason: str, actor: Actor) -> Refusal | None:
    """A supplementary round that is prepared or under way may be called off, with a reason."""
    if refusal := must_come_from_the_office(actor):
        return refusal
    if not hearing_round.is_supplementary:
        return Refusal("not_supplementary", _("The round ends with its stage. Send the matter back instead."))
    if hearing_round.state == RoundState.CANCELLED:
        return Refusal("round_cancelled", _("The supplementary consultation has been called off already."))
    if hearing_round.state not in ROUND_GOING_ON:
        return Refusal("round_closed", _("The round is over. There is nothing left to call off."))
    return must_give_reason(reason)
