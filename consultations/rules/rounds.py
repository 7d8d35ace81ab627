"""When a round may be edited, sent, extended, closed and settled. Actions, gates and pages come in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from consultations.rules.parties import asks_for_extension
from consultations.states import RoundForm, RoundState
from workflow.actors import Actor
from workflow.dates import COPENHAGEN, local_day
from workflow.deadlines import DeadlineWarning, days_inclusive, last_day_before
from workflow.rules import Refusal
from workflow.rules.asked import unreached_among, why_unreached
from workflow.rules.processes import must_give_reason, now_or_suspended_at
from workflow.states import BundleState

if TYPE_CHECKING:
    from consultations.models import HearingRound, Invitation
    from workflow.models import Bundle

SETTLING: Final = timedelta(minutes=2)
"""From the close of a round until its stage may be completed: an answer that came in time may still wait for a lock."""

NAMED_IN_REFUSAL: Final = 5
"""How many parties a refusal names before it says how many more there are."""

OFFICE_ONLY: Final = Refusal("office_only", _("Only the secretariat can do this."))


def must_come_from_the_office(actor: Actor) -> Refusal | None:
    """Whoever comes by a personal link answers for a party and does nothing else."""
    return OFFICE_ONLY if actor.kind == "link" else None


def may_prepare(hearing_round: HearingRound, actor: Actor) -> Refusal | None:
    """Letter, list and publication are changed while the round is in preparation."""
    if refusal := must_come_from_the_office(actor):
        return refusal
    if hearing_round.state == RoundState.DRAFT:
        return None
    if hearing_round.state == RoundState.CANCELLED:
        return Refusal("round_cancelled", _("The round was cancelled. Its successor is under the new attempt."))
    return Refusal(
        "round_launched",
        _("The round has been sent out and can no longer be edited. Write to the parties, or extend the deadline."),
    )


def may_launch(
    hearing_round: HearingRound,
    parties: Sequence[Invitation],
    bundle: Bundle | None,
    *,
    needs_bundle: bool,
    closes_at: datetime | None,
    warnings: Sequence[DeadlineWarning],
    reason: str,
    actor: Actor,
    now: datetime,
) -> Refusal | None:
    """Refuses an empty list, a deadline that is missing or past, a party no mail can reach, a bundle that is not
    locked, and warnings without a reason. A light round may do without parties and deadline."""
    if refusal := may_prepare(hearing_round, actor):
        return refusal
    is_full = hearing_round.form == RoundForm.FULL
    if is_full and all(party.for_information for party in parties):
        return Refusal("no_parties", _("The list of parties is empty. Add at least one party before sending."))
    if is_full and closes_at is None:
        return Refusal("deadline_missing", _("Set the day by which the parties must answer."))
    if closes_at is not None and closes_at <= now:
        return Refusal("deadline_past", _("The deadline has already passed. Choose a later day."))
    if needs_bundle and (bundle is None or bundle.state != BundleState.LOCKED):
        return Refusal(
            "bundle_not_locked",
            _("No set of documents has been put forward. Lock the set for consultation, and put it forward."),
        )
    if unreached := unreached_among(parties):
        return _nobody_reachable(unreached)
    if is_full and warnings and must_give_reason(reason) is not None:
        return Refusal(
            "warnings_need_reason",
            _("Write why the consultation is sent in spite of this: %(warnings)s")
            % {"warnings": " ".join(warning.text for warning in warnings)},
        )
    return None


def _nobody_reachable(parties: Sequence[Invitation]) -> Refusal:
    """The missing addresses first: nothing at all is known of those."""
    missing = [party for party in parties if why_unreached(party) == "contact_missing"]
    some = missing or parties
    names = ", ".join(party.name for party in some[:NAMED_IN_REFUSAL])
    if len(some) > NAMED_IN_REFUSAL:
        names = _("%(names)s and %(count)d more") % {"names": names, "count": len(some) - NAMED_IN_REFUSAL}
    if missing:
        text = _(
            "No mail can reach these parties: %(names)s. Write their address on the list, or mark that they are "
            "contacted otherwise than by mail."
        )
        return Refusal("contact_missing", text % {"names": names})
    text = _(
        "The last mail to these parties came back: %(names)s. Correct their address on the list, or mark that they are "
        "contacted otherwise than by mail."
    )
    return Refusal("contact_bounced", text % {"names": names})


def must_be_open(hearing_round: HearingRound, now: datetime) -> Refusal | None:
    """Whether the round is under way; else why not, and what to do about it.

    It is under way until its last deadline, whether or not a sweep has closed it since.
    """
    if hearing_round.state == RoundState.DRAFT:
        return Refusal("round_not_launched", _("The round has not been sent out. Set its deadline when you send it."))
    if hearing_round.state == RoundState.CANCELLED:
        return Refusal("round_cancelled", _("The round was cancelled. Its successor is under the new attempt."))
    if hearing_round.state == RoundState.CLOSED or is_due_to_close(hearing_round, now):
        return Refusal(
            "round_closed", _("The round has closed. Accept the late answer with a reason instead of extending.")
        )
    return None


def may_extend(
    hearing_round: HearingRound, current: datetime | None, new: datetime, reason: str, *, actor: Actor, now: datetime
) -> Refusal | None:
    """A deadline may be moved to a later time that lies ahead, with a reason, while the round is under way.

    A party that gets more time after its own deadline, while others still have theirs, may answer anew; what it sent
    late stays late until the office accepts it.
    """
    if refusal := must_come_from_the_office(actor) or must_be_open(hearing_round, now):
        return refusal
    if current is None:
        return Refusal("no_deadline", _("The round has no deadline to extend."))
    if new <= current:
        return Refusal("not_later", _("A deadline can only be moved to a later time than it has now."))
    if new <= now:
        return Refusal("deadline_past", _("The deadline has already passed. Choose a later day."))
    return must_give_reason(reason)


def may_refuse_extension(
    hearing_round: HearingRound,
    invitation: Invitation,
    deadline_on: date | None,
    reason: str,
    *,
    actor: Actor,
    now: datetime,
) -> Refusal | None:
    """More time may be refused, with a reason, to a party that asks for it while the round is under way."""
    if refusal := must_come_from_the_office(actor) or must_be_open(hearing_round, now):
        return refusal
    if not asks_for_extension(invitation, deadline_on):
        return Refusal("nothing_asked", _("The party does not ask for more time any more."))
    return must_give_reason(reason)


def has_run_out(hearing_round: HearingRound, now: datetime) -> bool:
    """Whether the latest effective deadline of a round has been reached; while the process is suspended, whether it had
    been when its clock stopped."""
    # At the very instant it has run out: whatever comes then is late (`is_before_deadline`).
    return hearing_round.last_closes_at is not None and hearing_round.last_closes_at <= now_or_suspended_at(
        hearing_round.stage.process, now
    )


def is_due_to_close(hearing_round: HearingRound, now: datetime) -> bool:
    """An open round whose latest effective deadline has been reached."""
    return hearing_round.state == RoundState.OPEN and has_run_out(hearing_round, now)


def may_close(hearing_round: HearingRound, actor: Actor) -> Refusal | None:
    """An officer closes a light round when enough has been heard. A hearing closes by its deadline and not before."""
    if refusal := must_come_from_the_office(actor):
        return refusal
    if hearing_round.state == RoundState.DRAFT:
        return Refusal("round_not_launched", _("The round has not begun."))
    if hearing_round.state != RoundState.OPEN:
        return Refusal("round_closed", _("The round is closed already."))
    if hearing_round.form == RoundForm.FULL:
        return Refusal("closes_by_deadline", _("A consultation closes by itself when the last deadline has passed."))
    return None


def completable_from(hearing_round: HearingRound) -> datetime | None:
    """The instant (UTC) from which the stage may be completed; None while the round is not closed."""
    return (
        hearing_round.closed_at + SETTLING
        if hearing_round.state == RoundState.CLOSED and hearing_round.closed_at
        else None
    )


def may_note_input(hearing_round: HearingRound, text: str, actor: Actor) -> Refusal | None:
    """Oral input is noted until the round is cancelled, also after it closed: minutes come late."""
    if refusal := must_come_from_the_office(actor):
        return refusal
    if hearing_round.state == RoundState.CANCELLED:
        return Refusal("round_cancelled", _("The round was cancelled. Its successor is under the new attempt."))
    if not text.strip():
        return Refusal("text_missing", _("Write what was said."))
    return None


def days_words(hearing_round: HearingRound) -> str:
    """How long a round lasts as official notes state it: both ends counted."""
    assert hearing_round.opened_at is not None
    assert hearing_round.closes_at is not None
    zone = hearing_round.stage.process.time_zone or COPENHAGEN
    days = days_inclusive(
        local_day(hearing_round.opened_at, zone), last_day_before(hearing_round.closes_at, ZoneInfo(zone))
    )
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}
