"""The gates a round answers for: it is closed and settled, and its remarks have been dealt with."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consultations.models import HearingRound
from consultations.queries.rounds import later_parties, live_rounds, remarks_left, round_of, undecided_late
from consultations.queries.supplementary import rounds_awaited
from consultations.rules.rounds import completable_from
from consultations.states import RoundState
from workflow import gates
from workflow.dates import deadline_words
from workflow.definitions import Gate, GateName
from workflow.gates import GateStatus, status
from workflow.models import Stage
from workflow.queries.processes import live_stages
from workflow.states import StageKindName


def round_closed(stage: Stage, gate: Gate, now: datetime) -> GateStatus:
    """The stage's round has closed, two minutes have passed, and every late answer is decided."""
    title = _("Closing of the round")
    hearing_round = round_of(stage)
    if hearing_round is None:
        return status(title, _("The round has not been made yet."))
    hearing_round.stage = stage
    return _closing(hearing_round, now, title, closed=_("The round has closed"))


def supplementary_over(stage: Stage, now: datetime) -> GateStatus | None:
    """The supplementary rounds opened from a drafting stage have closed like any other; None where none was opened."""
    rounds = rounds_awaited(stage)
    if not rounds:
        return None
    title = _("The supplementary consultation")
    closings = [_closing(each, now, title, closed=_("The supplementary consultation has closed")) for each in rounds]
    shut = next((closing for closing in closings if not closing.is_open), closings[-1])
    # Opened by hand, the text would go on while some are still heard on it.
    words = _("The stage waits for the supplementary consultation. Let it close, or call it off.")
    return shut if shut.is_open else replace(shut, not_by_hand=words)


def _closing(hearing_round: HearingRound, now: datetime, title: str, *, closed: str) -> GateStatus:
    """Whether a round has closed, two minutes have passed, and every late answer is decided. closed: the title then."""
    if hearing_round.state == RoundState.DRAFT:
        return status(title, _("The round has not been sent out yet."))
    if hearing_round.state == RoundState.CANCELLED:
        return status(title, _("The round was cancelled."))
    settled_at = completable_from(hearing_round)
    if settled_at is None:
        # Opened by hand, the stage would go on while parties are still being reminded and answer into nothing.
        return status(
            title,
            _still_open(hearing_round, hearing_round.stage.process.time_zone, now),
            not_by_hand=_("The round is still under way. Let it close, or send the matter back."),
        )
    missing = [_late(count)] if (count := undecided_late([hearing_round])) else []
    if settled_at > now:
        missing.append(_("The round has just closed; answers that came in time are still being taken in."))
    # While a late answer waits for a person, no clock opens the gate.
    title = title if missing else closed
    return status(title, *missing, opens_at=settled_at if settled_at > now and not count else None)


def _still_open(hearing_round: HearingRound, zone: str, now: datetime) -> str:
    """Until when, and for how many parties their own later deadline holds."""
    common, last = hearing_round.closes_at, hearing_round.last_closes_at
    if common is None or last is None:
        return _("The round is under way until the secretariat closes it.")
    if hearing_round.stage.process.suspended_at is not None:
        return _("The round rests while the process is suspended; it gets its new deadline when that is resumed.")
    if last <= now:
        return _("The deadline has passed; the round closes in a moment.")
    if last <= common:
        return _("The round is under way until %(deadline)s.") % {"deadline": deadline_words(common, zone)}
    count = later_parties(hearing_round)
    if common > now:
        text = ngettext(
            "The round is under way until %(deadline)s, for %(count)d party until %(last)s.",
            "The round is under way until %(deadline)s, for %(count)d parties until %(last)s at the latest.",
            count,
        )
    else:
        text = ngettext(
            "The deadline passed on %(deadline)s; %(count)d party has until %(last)s.",
            "The deadline passed on %(deadline)s; %(count)d parties have until %(last)s at the latest.",
            count,
        )
    return text % {"deadline": deadline_words(common, zone), "count": count, "last": deadline_words(last, zone)}


def _late(count: int) -> str:
    text = ngettext("%(count)d late answer awaits a decision.", "%(count)d late answers await a decision.", count)
    return text % {"count": count}


def remarks_disposed(stage: Stage, gate: Gate, now: datetime) -> GateStatus:
    """Every answer with remarks in the rounds of the named stage (else the stage's own) has been dealt with.

    Open where no round was held.
    """
    title = _("Dealing with the remarks")
    rounds = live_rounds(stage.process, gate.stage or stage.key)
    if not rounds and _was_heard_elsewhere(stage, gate.stage or stage.key):
        return status(_("The consultation was held outside the system: its answers and remarks are not known here"))
    missing = [_late(late)] if (late := undecided_late(rounds)) else []
    if count := remarks_left(rounds):
        text = ngettext(
            "%(count)d answer holds remarks that have not been dealt with.",
            "%(count)d answers hold remarks that have not been dealt with.",
            count,
        )
        missing.append(text % {"count": count})
    return status(title if missing else _("All remarks dealt with"), *missing)


def _was_heard_elsewhere(stage: Stage, key: str) -> bool:
    """Whether the stage of that key in the process was done before it began here."""
    return any(row.key == key and row.done_on is not None for row in live_stages(stage.process))


def register_gates() -> None:
    """Called once by the app."""
    gates.register(GateName.ROUND_CLOSED, round_closed)
    gates.register(GateName.REMARKS_DISPOSED, remarks_disposed)
    gates.register_hold(StageKindName.DRAFTING, "supplementary", supplementary_over)
