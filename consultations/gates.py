"""The gates a round answers for: it is closed and settled, and its remarks have been dealt with."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consultations.queries.rounds import live_round, remarks_left, round_of, undecided_late
from consultations.rules.rounds import settles_at
from consultations.states import RoundState
from workflow import gates
from workflow.dates import deadline_words
from workflow.definitions import Gate, GateName
from workflow.gates import GateStatus, status
from workflow.models import Stage


def round_closed(stage: Stage, gate: Gate, now: datetime) -> GateStatus:
    """The stage's round has closed, two minutes have passed, and every late answer is decided."""
    title = _("The round has closed")
    round = round_of(stage)
    if round is None:
        return status(title, _("The round has not been made yet."))
    if round.state == RoundState.DRAFT:
        return status(title, _("The round has not been sent out yet."))
    if round.state == RoundState.CANCELLED:
        return status(title, _("The round was cancelled."))
    settled_at = settles_at(round)
    if settled_at is None:
        # Opened by hand, the stage would go on while parties are still being reminded and answer into nothing.
        return status(
            title,
            _still_open(round.last_closes_at, stage.process.time_zone),
            not_by_hand=_("The round is still under way. Let it close, or send the matter back."),
        )
    missing = [_late(count)] if (count := undecided_late(round)) else []
    if settled_at > now:
        missing.append(_("The round has just closed; answers that came in time are still being taken in."))
    # While a late answer waits for a person, no clock opens the gate.
    return status(title, *missing, opens_at=settled_at if settled_at > now and not count else None)


def _still_open(closes_at: datetime | None, zone: str) -> str:
    if closes_at is None:
        return _("The round is under way until the secretariat closes it.")
    return _("The round is under way until %(deadline)s.") % {"deadline": deadline_words(closes_at, zone)}


def _late(count: int) -> str:
    text = ngettext("%(count)d late answer awaits a decision.", "%(count)d late answers await a decision.", count)
    return text % {"count": count}


def remarks_disposed(stage: Stage, gate: Gate, now: datetime) -> GateStatus:
    """Every answer with remarks in the round of the named stage (else the stage's own) has been dealt with.

    Open where no round was held.
    """
    title = _("All remarks dealt with")
    round = live_round(stage.process, gate.stage or stage.key)
    if round is None:
        return status(title)
    missing = [_late(late)] if (late := undecided_late(round)) else []
    if left := remarks_left(round):
        text = ngettext(
            "%(count)d answer holds remarks that have not been dealt with.",
            "%(count)d answers hold remarks that have not been dealt with.",
            left,
        )
        missing.append(text % {"count": left})
    return status(title, *missing)


def register_gates() -> None:
    """Called once by the app."""
    gates.register(GateName.ROUND_CLOSED, round_closed)
    gates.register(GateName.REMARKS_DISPOSED, remarks_disposed)
