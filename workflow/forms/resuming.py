"""The days of a process that is taken up again: those that move, to be chosen otherwise; those that stand, to tick."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from workflow.dates import deadline_words, weekday_date
from workflow.forms.fields import DayField, WordsField
from workflow.rules.suspension import AfterPause, DayAfterPause


class ResumeForm(forms.Form):
    """A day for each deadline that moves, a tick and a day for each that may, and a reason for days that need one.

    Its parts for the page: `moving`, `standing` (tick, day).
    """

    def __init__(self, *args: Any, rows: Sequence[DayAfterPause], names: Mapping[UUID, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        for row in rows:
            deadline, name = row.deadline, names[row.deadline.public_id]
            words = {
                "old": deadline_words(deadline.at, deadline.zone),
                "new": weekday_date(row.moved_on),
            }
            if row.effect is AfterPause.MOVES:
                self.fields[_day(row)] = DayField(
                    label=name,
                    initial=row.moved_on,
                    help_text=_("It was %(old)s. Reckoned: %(new)s, at the same time of day.") % words,
                )
            elif row.effect is AfterPause.STANDS:
                self.fields[_tick(row)] = forms.BooleanField(
                    label=_("Move “%(name)s” as well") % {"name": name},
                    required=False,
                    help_text=_("It stands at %(old)s unless you tick this.") % words,
                )
                self.fields[_day(row)] = DayField(
                    label=_("New day: %(name)s") % {"name": name},
                    initial=row.moved_on,
                    required=False,
                    help_text=_("Only if it is moved. By the length of the pause it would be %(new)s.") % words,
                )
        self.fields["reason"] = WordsField(
            label=_("Reason"),
            required=False,
            max_length=2000,
            help_text=_("Needed only for a day that is warned about. It stands in the record under your name."),
        )

    @property
    def moving(self) -> list[BoundField]:
        return [self[_day(row)] for row in self.rows if row.effect is AfterPause.MOVES]

    @property
    def standing(self) -> list[tuple[BoundField, BoundField]]:
        return [(self[_tick(row)], self[_day(row)]) for row in self.rows if row.effect is AfterPause.STANDS]

    def new_days(self) -> dict[UUID, date]:
        """The days a valid form gives, by the deadline's public id; those that stay as they are left out."""
        days = {}
        for row in self.rows:
            day = self.cleaned_data.get(_day(row))
            if row.effect is AfterPause.STANDS and not self.cleaned_data.get(_tick(row)):
                continue
            if row.effect is not AfterPause.BY_LAW:
                days[row.deadline.public_id] = day or row.moved_on
        return days

    def facts(self) -> dict[str, Any]:
        """What `resume_process` is told."""
        return {"new_days": self.new_days(), "reason": self.cleaned_data["reason"]}


def _day(row: DayAfterPause) -> str:
    return f"day_{row.deadline.public_id.hex}"


def _tick(row: DayAfterPause) -> str:
    return f"move_{row.deadline.public_id.hex}"
