"""Taking a suspended process up again: every new day and everybody who is told is shown before the press."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from workflow.actions.processes import resume_process
from workflow.dates import deadline_words
from workflow.deadlines import Pause
from workflow.forms.resuming import ResumeForm
from workflow.models import Process
from workflow.queries.processes import stage_spec, stages_asking
from workflow.queries.suspension import days_after_pause, pause_until
from workflow.rules.suspension import AfterPause, DayAfterPause, warnings_of_day
from workflow.stage_kinds import stage_kind
from workflow.states import ProcessState
from workflow.views.access import Visit
from workflow.views.deeds import is_only_looking, key_of, new_key, press_form
from workflow.views.forecasts import resumption_of
from workflow.views.pages import frame, process_page, trail_to, url_of_process
from workflow.views.record_subjects import Names, names_of_deadlines

SOON_DAYS: Final = 30
"""So many days before a day set by law it is marked as near."""


@process_page("secretariat", "GET", "POST")
def process_resume(request: Visit, process: Process) -> HttpResponse:
    """Go on where the process was suspended, with the days that have been shown. Looking changes nothing."""
    back = url_of_process(process)
    if process.state != ProcessState.SUSPENDED:
        return redirect(back)
    pause, rows = pause_until(process, request.now), days_after_pause(process, request.now)
    names = names_of_deadlines([row.deadline for row in rows], process)
    form = ResumeForm(request.POST if request.method == "POST" else None, rows=rows, names=names)
    new_days = form.new_days() if form.is_bound and form.is_valid() else _proposed(rows)
    shown = _as_shown(pause, new_days)
    is_sent = request.method == "POST" and not is_only_looking(request)
    is_moved = is_sent and form.is_valid() and request.POST.get("shown") != shown
    if is_sent and not is_moved:
        done = _("The process is under way again.")
        answer = press_form(request, form, partial(resume_process, process), facts=form.facts, done=done, to=back)
        if answer:
            return answer
    follows = resumption_of(request, process, new_days, rows, names)
    context = {
        **trail_to(frame(request, process, "process"), (_("Resume the process"), "")),
        "form": form,
        "shown": shown,
        "is_moved": is_moved,
        "pause": _pause_words(pause, is_moving=_moves(rows, new_days), is_mailed=bool(follows.count)),
        "consequences": [follows],
        "warnings": _warnings(rows, new_days, pause, names),
        "by_law": [_by_law(row, pause, names) for row in rows if row.effect is AfterPause.BY_LAW],
        "told": _told(process) if pause.days or _moves(rows, new_days) else [],
        "mails": follows.count,
        "key": key_of(request) or new_key(),
    }
    status = 422 if is_moved or (form.is_bound and form.errors) else 200
    return render(request, "workflow/process_resume.html", context, status=status)


def _proposed(rows: Sequence[DayAfterPause]) -> dict[UUID, date]:
    return {row.deadline.public_id: row.moved_on for row in rows if row.effect is AfterPause.MOVES}


def _as_shown(pause: Pause, new_days: Mapping[UUID, date]) -> str:
    """The days a person has seen, as they come back with the button; another day of resumption gives others."""
    return ";".join([str(pause.until_on), *(f"{row.hex}:{day}" for row, day in sorted(new_days.items()))])


def _moves(rows: Sequence[DayAfterPause], new_days: Mapping[UUID, date]) -> bool:
    return any(new_days.get(row.deadline.public_id, row.deadline.on) != row.deadline.on for row in rows)


def _pause_words(pause: Pause, *, is_moving: bool, is_mailed: bool) -> str:
    if not pause.days and is_moving:
        return _(
            "The process was suspended today. Only the days you have chosen move, and a party's own deadline that "
            "would lie before the new common one. Those asked are told."
        )
    if not pause.days and is_mailed:
        return _("The process was suspended today, so no day moves.")
    if not pause.days:
        return _("The process was suspended today, so no day moves and nobody is told.")
    text = ngettext(
        "The pause has lasted %(days)d day. The days by which somebody is asked move by as much, on to a working day, "
        "and not before the fifth working day from now.",
        "The pause has lasted %(days)d days. The days by which somebody is asked move by as much, on to a working day, "
        "and not before the fifth working day from now.",
        pause.days,
    )
    return text % {"days": pause.days}


def _warnings(rows: Sequence[DayAfterPause], new_days: Mapping[UUID, date], pause: Pause, names: Names) -> list[str]:
    """What is unfortunate about the days as they stand in the form, each with the deadline it is about."""
    return [
        f"{names[row.deadline.public_id]}: {warning.text}"
        for row in rows
        if row.deadline.public_id in new_days
        for warning in warnings_of_day(row, new_days[row.deadline.public_id], pause, rows)
    ]


def _by_law(row: DayAfterPause, pause: Pause, names: Names) -> dict[str, str]:
    """A day the pause does not move, and how many days are left until it."""
    left = (row.deadline.on - pause.until_on).days
    room = (
        ngettext("%(days)d day left", "%(days)d days left", left) % {"days": left} if left >= 0 else _("It has passed")
    )
    return {
        "label": names[row.deadline.public_id],
        "value": deadline_words(row.deadline.at, row.deadline.zone),
        "room": room,
        "tone": nearness(left),
        "source": row.deadline.source,
    }


def nearness(days: int) -> str:
    """The tone in which it is said that so many days are left until a day set by law."""
    return "error" if days < 0 else "warning" if days < SOON_DAYS else "neutral"


def _told(process: Process) -> list[dict[str, Any]]:
    """Stage by stage, who gets a mail."""
    told = []
    for stage in stages_asking(process):
        if names := stage_kind(stage.kind).told_on_resume(stage):
            told.append({"title": str(stage_spec(stage).title), "names": names})
    return told
