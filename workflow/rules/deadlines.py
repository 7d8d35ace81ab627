"""When a deadline may be moved: further on, never back; one set by law only when the authority has moved it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflow.dates import deadline_words
from workflow.rules.processes import must_give_reason
from workflow.rules.refusals import Refusal
from workflow.states import STAGE_BEHIND_US, StageState

if TYPE_CHECKING:
    from workflow.deadlines import DeadlineWarning
    from workflow.models import Deadline

_OVER = (*STAGE_BEHIND_US, StageState.RETURNED)


def must_be_binding(deadline: Deadline) -> Refusal | None:
    """A deadline binds while its stage is still to come or under way, or while it outlasts it."""
    outlasts = deadline.outlasts_stage and deadline.stage is not None and deadline.stage.state == StageState.COMPLETED
    if deadline.stage is not None and deadline.stage.state in _OVER and not outlasts:
        return Refusal("deadline_over", gettext_lazy("The stage is over, so its deadline can no longer be changed."))
    return None


def must_not_be_set_by_law(deadline: Deadline) -> Refusal | None:
    """What the law sets the software never moves; that the authority has moved it is recorded as a deed of its own."""
    if not deadline.is_statutory:
        return None
    text = gettext_lazy(
        "The deadline is set by law and is not moved here. If the authority has moved it, record that with its source."
    )
    return Refusal("deadline_statutory", text)


def may_extend(deadline: Deadline, new_at: datetime, reason: str, now: datetime) -> Refusal | None:
    """A deadline may be moved to a later instant (UTC) that is still to come, with a reason; one set by law never."""
    if refusal := must_be_binding(deadline):
        return refusal
    if refusal := must_not_be_set_by_law(deadline):
        return refusal
    if new_at <= deadline.at:
        words = deadline_words(deadline.at, deadline.zone)
        return Refusal(
            "deadline_shortened",
            _("A deadline is never shortened. It is %(deadline)s; choose a later time.") % {"deadline": words},
        )
    if new_at <= now:
        return Refusal("deadline_in_past", gettext_lazy("The new deadline has passed already; choose a later time."))
    return must_give_reason(reason)


def must_name_day(on: date | None) -> Refusal | None:
    """Whoever is asked when the stage's own deadline is over is told a day."""
    if on is not None:
        return None
    text = gettext_lazy("Choose the day by which the body is asked to answer; the deadline of the stage is over.")
    return Refusal("reply_day_missing", text)


def may_ask_by(at: datetime, warnings: Sequence[DeadlineWarning], reason: str, now: datetime) -> Refusal | None:
    """A body may be asked to answer by an instant (UTC) that is still to come; on an unfortunate day with a reason."""
    if at <= now:
        return Refusal("deadline_in_past", gettext_lazy("The day has passed already. Choose a later one."))
    return must_say_why_in_spite_of(warnings, reason)


def must_say_why_in_spite_of(warnings: Sequence[DeadlineWarning], reason: str) -> Refusal | None:
    """An unfortunate day takes a reason; the refusal says what is unfortunate about it."""
    if not warnings or must_give_reason(reason) is None:
        return None
    text = _("Write why the day is chosen in spite of this: %(warnings)s")
    return Refusal("warnings_need_reason", text % {"warnings": " ".join(warning.text for warning in warnings)})


def may_move_statutory(
    deadline: Deadline, new_at: datetime, reason: str, source: str, is_officer: bool
) -> Refusal | None:
    """An officer records that the authority has moved a statutory deadline, either way, and where that is said."""
    if refusal := must_be_binding(deadline):
        return refusal
    if not is_officer:
        return Refusal("not_an_officer", gettext_lazy("Only an officer of the secretariat may record this."))
    if not deadline.is_statutory:
        return Refusal("deadline_not_statutory", gettext_lazy("The deadline is not set by law; extend it instead."))
    if new_at == deadline.at:
        return Refusal("deadline_unchanged", gettext_lazy("This is the deadline that holds already."))
    if not source.strip():
        return Refusal("source_missing", gettext_lazy("Name the source: where the authority says so, and when."))
    return must_give_reason(reason)


def may_pause(
    deadline: Deadline, pauses_on_question: bool, is_paused: bool, reason: str, now: datetime
) -> Refusal | None:
    """A clock may be stopped where the definition lets it stand still on a question, while it runs and has time
    left."""
    if refusal := must_be_binding(deadline):
        return refusal
    if not pauses_on_question:
        return Refusal("clock_runs_on", gettext_lazy("A question does not stop this clock; the definition says so."))
    if is_paused:
        return Refusal("clock_paused", gettext_lazy("The clock stands still already."))
    if deadline.at <= now:
        return Refusal("clock_run_out", gettext_lazy("The clock has run out already."))
    return must_give_reason(reason)


def may_unpause(deadline: Deadline, is_paused: bool) -> Refusal | None:
    """A clock may be set going again while it stands still."""
    if refusal := must_be_binding(deadline):
        return refusal
    if not is_paused:
        return Refusal("clock_running", gettext_lazy("The clock is running already."))
    return None
