"""What a provisional answer may be, until when it is confirmed or replaced in time, and when its party is asked to.

Pure: the facts are given, the clock too. A party answers with the reservation that its council has yet to decide.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from consultations.rules.parties import may_be_heard, must_be_theirs
from consultations.states import AnswerState
from workflow.actors import Actor
from workflow.dates import weekday_date
from workflow.deadlines import instant, local_day, working_day_before
from workflow.deadlines.reminders import QUIET, REMINDER_CLOCK
from workflow.rules import Refusal
from workflow.rules.processes import now_or_suspended_at
from workflow.states import ProcessState

if TYPE_CHECKING:
    from consultations.models import Answer, HearingRound, Invitation

ENDED = (ProcessState.COMPLETED, ProcessState.ABANDONED)


def may_be_provisional(
    provisional_on: date | None, standing_answer: Answer | None, received_on: date, *, in_time: bool
) -> Refusal | None:
    """A provisional answer names the day by which it becomes final: that on which it is received, or a later one.

    in_time: it comes before the party's deadline. After it a provisional answer may be replaced by another, but puts
    the day off no further.
    """
    if provisional_on is None:
        return None
    if provisional_on < received_on:
        return Refusal(
            "provisional_day_past",
            _("The day by which you make the answer final has already passed. Choose a day that lies ahead."),
        )
    if in_time or standing_answer is None or standing_answer.provisional_on is None:
        return None
    if provisional_on > standing_answer.provisional_on:
        text = _(
            "You have said that the answer is final by %(day)s. The deadline has passed, so the day cannot be put off."
        )
        return Refusal("provisional_put_off", text % {"day": weekday_date(standing_answer.provisional_on)})
    return None


def must_be_known_to_come_late(
    provisional_on: date | None, summed_up_on: date | None, *, is_known: bool
) -> Refusal | None:
    """A day after the one on which the answers are summed up is taken when the party knows that it may come too late.

    summed_up_on: the planned local day; None where none is planned. is_known: the party has said that it knows.
    """
    if is_known or provisional_on is None or summed_up_on is None or provisional_on <= summed_up_on:
        return None
    text = _(
        "The answers are summed up by %(summed_up)s, so what you decide by %(day)s may come too late to be taken into "
        "account. Choose an earlier day, or say that you send the answer with this day all the same."
    )
    days = {"summed_up": weekday_date(summed_up_on), "day": weekday_date(provisional_on)}
    return Refusal("provisional_after_summing_up", text % days)


def is_by_its_day(hearing_round: HearingRound, answer: Answer, at: datetime) -> bool:
    """Whether an instant (UTC) is still by the day that a provisional answer named, as days are counted in the process.

    While the process is suspended its clock stands still: nothing passes in the pause.
    """
    if answer.provisional_on is None:
        return False
    process = hearing_round.stage.process
    return local_day(now_or_suspended_at(process, at), ZoneInfo(process.time_zone)) <= answer.provisional_on


def may_confirm(
    hearing_round: HearingRound,
    invitation: Invitation,
    link_id: UUID,
    standing_answer: Answer | None,
    process_state: str,
    *,
    actor: Actor,
) -> Refusal | None:
    """A provisional answer that stands is confirmed once, by its day or after it, also while the process is suspended,
    until it ends."""
    if refusal := must_be_theirs(invitation, link_id, actor) or may_be_heard(hearing_round, invitation):
        return refusal
    if process_state in ENDED:
        return Refusal("process_ended", _("The case has ended. Write to the secretariat instead."))
    if standing_answer is None:
        return Refusal("nothing_to_confirm", _("There is no answer to confirm."))
    if standing_answer.provisional_on is None:
        return Refusal("not_provisional", _("The answer is not provisional: it is final as it stands."))
    if standing_answer.confirmed_at is not None:
        return Refusal("confirmed_already", _("The answer has already been confirmed. It is final as it stands."))
    if standing_answer.state == AnswerState.LATE_FILED:
        return Refusal("answer_filed", _("The answer came too late and is filed only, so there is nothing to confirm."))
    return None


def may_confirm_on_behalf(answer: Answer, received_at: datetime, now: datetime) -> Refusal | None:
    """A confirmation entered by an officer reached us after the answer did, and not in the future."""
    if received_at > now:
        return Refusal("received_in_future", _("The confirmation cannot have been received later than now."))
    if answer.received_at is not None and received_at < answer.received_at:
        return Refusal(
            "confirmed_before_answer", _("The confirmation cannot have been received before the answer itself.")
        )
    return None


def asked_to_confirm_at(provisional_on: date | None, received_at: datetime, zone: ZoneInfo) -> datetime | None:
    """When (UTC) a party is asked, once, to confirm: at 08.00 local time on the day it named, on the working day before
    where that is a day off; None where that lies before its answer or within 24 hours after it."""
    if provisional_on is None:
        return None
    at = instant(working_day_before(provisional_on), REMINDER_CLOCK, zone)
    return at if at > received_at + QUIET else None


def unwanted_confirming(answer: Answer, *, is_running: bool, today: date) -> str | None:
    """Why nobody is asked to confirm this answer now, as a code; None when it is asked. Judged again at sending."""
    if answer.state not in (AnswerState.SUBMITTED, AnswerState.LATE, AnswerState.LATE_ACCEPTED):
        return str(answer.state)
    if not answer.is_provisional or answer.provisional_on is None:
        return "confirmed"
    if not is_running:
        return "process_not_running"
    return "day_passed" if answer.provisional_on < today else None
