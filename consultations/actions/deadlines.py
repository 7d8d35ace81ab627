"""The deadline by which a round is answered, or one of its parties. The deeds that set one come in."""

from __future__ import annotations

from datetime import datetime

from consultations.actions.locking import LockedRound
from consultations.models import HearingRound, Invitation
from workflow.actions.deadlines import set_deadline
from workflow.deadlines import Resolved
from workflow.models import Deadline
from workflow.states import DeadlineKind


def set_reply_deadline(
    locked: LockedRound, subject: HearingRound | Invitation, resolved: Resolved, now: datetime
) -> Deadline:
    """Write by when the round, or one party of it, is to answer. That of a supplementary round binds although the stage
    is completed."""
    return set_deadline(
        locked.process,
        stage=locked.stage,
        subject_id=subject.public_id,
        kind=DeadlineKind.REPLY,
        resolved=resolved,
        now=now,
        outlasts_stage=locked.round.is_supplementary,
    )


def let_deadlines_go(hearing_round: HearingRound) -> None:
    """The deadlines of a supplementary round bind no longer than the round is under way. For locked rounds only."""
    if hearing_round.is_supplementary:
        Deadline.objects.filter(stage=hearing_round.stage_id, outlasts_stage=True).update(outlasts_stage=False)
