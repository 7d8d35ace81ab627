"""When an answer may be written, sent, judged and disposed of. The deadline alone decides what is in time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from consultations.rules.parties import may_be_heard, must_be_theirs
from consultations.rules.rounds import must_come_from_the_office
from consultations.states import AnswerKind, AnswerState
from workflow import deadlines
from workflow.actors import Actor
from workflow.rules import Refusal
from workflow.rules.processes import must_give_reason
from workflow.states import ProcessState

if TYPE_CHECKING:
    from consultations.models import Answer, HearingRound, Invitation

ENDED = (ProcessState.COMPLETED, ProcessState.ABANDONED)


def is_in_time(
    invitation: Invitation, received_at: datetime, pauses: Iterable[tuple[datetime, datetime | None]] = ()
) -> bool:
    """In time is what comes before the party's own effective deadline, to the microsecond, or while that was paused.

    pauses: from when until when (UTC; None while it lasts). A light round without a deadline is never late.
    """
    if invitation.reply_by_at is None or deadlines.is_before_deadline(received_at, invitation.reply_by_at):
        return True
    # What comes at the instant of the resumption is judged by the deadline it got then.
    return any(begins <= received_at and (ends is None or received_at < ends) for begins, ends in pauses)


def may_write(
    hearing_round: HearingRound,
    invitation: Invitation,
    link_id: UUID,
    standing_answer: Answer | None,
    process_state: str,
    *,
    actor: Actor,
    in_time: bool,
) -> Refusal | None:
    """An answer may be drafted and sent while the party is asked and its answer is not locked.

    An answer given in time may be replaced as long as another would be in time (`in_time`: of a provisional answer also
    by the day it named), a late one until it is decided. A party that has not answered may answer late. A suspended
    process receives answers all the same: nothing sent to us is turned away.
    """
    if refusal := must_be_theirs(invitation, link_id, actor) or may_be_heard(hearing_round, invitation):
        return refusal
    if process_state in ENDED:
        return Refusal("process_ended", _("The case has ended. Write to the secretariat instead."))
    if invitation.is_only_informed:
        text = _("The consultation was sent here for information, and no answer is asked for. Nothing need be done.")
        return Refusal("only_informed", text)
    if standing_answer is None or standing_answer.state == AnswerState.LATE:
        return None
    if standing_answer.state in (AnswerState.LATE_ACCEPTED, AnswerState.LATE_FILED):
        return Refusal("answer_decided", _("The secretariat has decided on your answer; it can no longer be replaced."))
    if in_time:
        return None
    if standing_answer.is_provisional:
        return Refusal(
            "only_confirmation",
            _(
                "The time in which you could replace your provisional answer is over, and the words stand as you sent "
                "them. You can still confirm them. Write to the secretariat if they have been changed."
            ),
        )
    return Refusal(
        "answer_locked",
        _("The deadline has passed and your answer stands as you sent it. Ask the secretariat if it must be replaced."),
    )


def must_be_current(draft_version: int | None, version: int | None) -> Refusal | None:
    """Optimistic saving: the text on the screen must be built on the version that is stored. None asks for no check."""
    if version is None or version == (draft_version or 0):
        return None
    return Refusal(
        "draft_changed",
        _("A colleague has changed the draft since you opened it. Copy your text, load the page again and put it in."),
    )


def must_be_complete(kind: str, text: str, comments: Sequence[str], files: int) -> Refusal | None:
    """Remarks need words or a file; "no remarks" carries none."""
    has_words = bool(text.strip()) or any(comment.strip() for comment in comments)
    if kind == AnswerKind.REMARKS and not has_words and not files:
        return Refusal(
            "answer_empty", _("The answer is empty. Write your remarks, attach a file, or choose “No remarks”.")
        )
    if kind == AnswerKind.NO_REMARKS and has_words:
        return Refusal(
            "answer_contradicts", _("There are remarks, and “No remarks” is chosen as well. Choose one of them.")
        )
    return None


def may_record_on_behalf(
    invitation: Invitation, standing_answer: Answer | None, received_at: datetime, *, actor: Actor, now: datetime
) -> Refusal | None:
    """An officer enters what came by another road and when it reached us: after the invitation, not in the future,
    and no earlier than the answer that stands."""
    if refusal := must_come_from_the_office(actor):
        return refusal
    if received_at > now:
        return Refusal("received_in_future", _("The answer cannot have been received later than now."))
    if invitation.invited_at is not None and received_at < invitation.invited_at:
        return Refusal(
            "received_before_invited", _("The answer cannot have been received before the consultation was sent out.")
        )
    if (
        standing_answer is not None
        and standing_answer.received_at is not None
        and received_at < standing_answer.received_at
    ):
        return Refusal(
            "newer_stands", _("A newer answer from this party stands already. An older one cannot replace it.")
        )
    return None


def may_decide_late(answer: Answer, reason: str, *, actor: Actor) -> Refusal | None:
    """A late answer is accepted or only filed, once, with a reason."""
    if refusal := must_come_from_the_office(actor):
        return refusal
    if answer.state in (AnswerState.LATE_ACCEPTED, AnswerState.LATE_FILED):
        return Refusal("late_decided", _("It has already been decided what happens with this late answer."))
    if answer.state != AnswerState.LATE:
        return Refusal("not_late", _("This answer is not late."))
    return must_give_reason(reason)


def may_dispose(answer: Answer, note: str, *, actor: Actor) -> Refusal | None:
    """It may be noted what was done with the remarks of an answer that counts; a correction is written over the
    note."""
    if refusal := must_come_from_the_office(actor):
        return refusal
    if answer.state == AnswerState.LATE:
        return Refusal("late_undecided", _("Decide first whether the late answer is accepted."))
    if answer.state not in (AnswerState.SUBMITTED, AnswerState.LATE_ACCEPTED):
        return Refusal("answer_does_not_count", _("This answer does not count, so there is nothing to dispose of."))
    if not note.strip():
        return Refusal("note_missing", _("Write what was done with the remarks and why."))
    return None
