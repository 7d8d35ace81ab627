"""What becomes of a deadline when a suspended process is taken up again, and which days may be chosen for it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from workflow.dates import deadline_words
from workflow.deadlines import DeadlineWarning, Pause, day_after_pause, instant, resumption_warnings
from workflow.definitions import DeadlineRule
from workflow.rules.deadlines import must_not_be_set_by_law, must_say_why_in_spite_of
from workflow.rules.refusals import Refusal
from workflow.states import DeadlineKind, StageKindName

if TYPE_CHECKING:
    from workflow.models import Deadline

ASKED_BY = (StageKindName.REVIEW, StageKindName.APPROVAL, StageKindName.CONSULTATION)
"""The kinds of stage whose day is one by which somebody is asked."""


class AfterPause(Enum):
    """What a pause does to a deadline. MOVES: somebody is asked by it. STANDS: a fact, an authority's clock or a target
    of our own; it may be moved along. BY_LAW: set by law, or reckoned from a day that is."""

    MOVES = "moves"
    STANDS = "stands"
    BY_LAW = "by_law"


@dataclass(frozen=True, slots=True)
class DayAfterPause:
    """A deadline that had not passed when the process was suspended. moved_on: the local day to which the pause moves
    it, or would if it moved. proposed_on: the day it gets unless another is chosen."""

    deadline: Deadline
    effect: AfterPause
    moved_on: date

    @property
    def proposed_on(self) -> date:
        """The local day it gets when no other is chosen."""
        return self.moved_on if self.effect is AfterPause.MOVES else self.deadline.on

    def at(self, on: date) -> datetime:
        """The instant (UTC) of its clock on another day."""
        return instant(on, self.deadline.clock, ZoneInfo(self.deadline.zone))

    @property
    def reckoned(self) -> tuple[date, date]:
        """The days that need no reason: the one it gets, and the one to which the pause would move it."""
        return self.proposed_on, self.moved_on


def moves_with_pause(deadline: Deadline, rules: Mapping[str, DeadlineRule]) -> AfterPause:
    """Whether the day moves with the pause. `rules` are the definition's, by the names deadlines have there."""
    if deadline.kind == DeadlineKind.RULING:
        return AfterPause.STANDS  # the law's weeks, but the authority's own clock: a person may say that it rested too
    if deadline.is_statutory or _leans_on_law(deadline.name, rules):
        return AfterPause.BY_LAW
    if deadline.kind == DeadlineKind.REPLY:
        return AfterPause.MOVES
    is_asked_by = deadline.stage is not None and deadline.stage.kind in ASKED_BY
    return AfterPause.MOVES if is_asked_by and deadline.kind == DeadlineKind.STAGE else AfterPause.STANDS


def _leans_on_law(name: str, rules: Mapping[str, DeadlineRule]) -> bool:
    rule = rules.get(name)
    while rule is not None:
        if rule.is_statutory:
            return True
        rule = rules.get(rule.deadline) if rule.deadline else None
    return False


def after_pause(deadline: Deadline, rules: Mapping[str, DeadlineRule], pause: Pause) -> DayAfterPause:
    """What the pause does to one deadline."""
    return DayAfterPause(deadline, moves_with_pause(deadline, rules), day_after_pause(deadline.on, pause))


def warnings_of_day(
    row: DayAfterPause, new_on: date, pause: Pause, rows: Iterable[DayAfterPause]
) -> list[DeadlineWarning]:
    """What is unfortunate about giving a deadline that day: the day itself, and days set by law that it would pass."""
    if row.effect is not AfterPause.MOVES and new_on == row.deadline.on:
        return []
    warnings = resumption_warnings(new_on, pause)
    for other in rows:
        law = other.deadline
        if law.is_statutory and other.effect is AfterPause.BY_LAW and row.deadline.at <= law.at < row.at(new_on):
            text = _("The new day passes a deadline set by law: %(deadline)s (%(source)s).")
            words = {"deadline": deadline_words(law.at, law.zone), "source": law.source}
            warnings.append(DeadlineWarning("passes_statutory", text % words))
    return warnings


def may_choose_day(
    row: DayAfterPause, new_on: date, pause: Pause, rows: Iterable[DayAfterPause], reason: str, now: datetime
) -> Refusal | None:
    """Any day may be chosen that lies ahead and not before the one it had. A day other than the reckoned one that is
    unfortunate needs a reason; one set by law is not moved here.
    """
    if row.effect is AfterPause.BY_LAW and (refusal := must_not_be_set_by_law(row.deadline)):
        return refusal
    new_at, words = row.at(new_on), deadline_words(row.deadline.at, row.deadline.zone)
    if new_at < row.deadline.at:
        text = _("A deadline is never shortened. It is %(deadline)s; choose that day or a later one.")
        return Refusal("deadline_shortened", text % {"deadline": words})
    if new_at <= now:
        text = _("The deadline that was %(deadline)s would have passed already on the new day; choose a later one.")
        return Refusal("deadline_in_past", text % {"deadline": words})
    if new_on in row.reckoned:
        return None
    return must_say_why_in_spite_of(warnings_of_day(row, new_on, pause, rows), reason)
