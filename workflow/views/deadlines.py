"""The deadlines of a process and the facts they are reckoned from: moved, stopped, set going again, and given later."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from workflow.actions.deadlines import extend_deadline, move_statutory_deadline, pause_clock, resume_clock
from workflow.actions.processes import set_parameter
from workflow.dates import deadline_words
from workflow.forms.deadlines import FactForm, MoveDeadlineForm
from workflow.forms.processes import ReasonForm
from workflow.models import Deadline, Process
from workflow.queries.approvals import ASKING_KINDS
from workflow.queries.processes import deadline_title, definition_of, live_deadlines, stands_still
from workflow.rules.deadlines import must_be_binding
from workflow.states import StageKindName
from workflow.views.access import Visit
from workflow.views.deeds import form_page, leave_reasons_for_later, look_at
from workflow.views.forecasts import done_words
from workflow.views.forecasts_outside import clock_turning_of, deadline_moving_of, fact_giving_of
from workflow.views.pages import Ids, frame, page_in_process, process_page, url_of_process, url_of_stage


def _deadline_in(process: Process, ids: Ids) -> Deadline:
    deadlines = live_deadlines(process).exclude(name="").select_related("stage")
    deadline = deadlines.filter(public_id=ids.pop("deadline_id")).first()
    if deadline is None:
        raise Http404
    deadline.process = process
    if deadline.stage is not None:
        deadline.stage.process = process
    return deadline


deadline_page = page_in_process(_deadline_in, "secretariat", "GET", "POST")
"""Declares a page on which an officer changes a deadline; the view gets the deadline."""


@deadline_page
def deadline_move(request: Visit, deadline: Deadline) -> HttpResponse:
    """Extend a deadline; record that the authority has moved one that is set by law."""
    form = MoveDeadlineForm(request.POST or None, deadline=deadline)
    leave_reasons_for_later(request, form)
    chosen = form.cleaned_data if form.is_bound and form.is_valid() else {}
    told = [deadline_moving_of(request, deadline, chosen.get("new_on"), chosen.get("new_clock"))]
    return form_page(
        request,
        frame(request, deadline.process, "process"),
        form,
        partial(move_statutory_deadline if deadline.is_statutory else extend_deadline, deadline),
        heading=_("Move the deadline: %(title)s") % {"title": deadline_title(deadline)},
        lead=" ".join(_lead(deadline)),
        consequences=lambda: told,
        look=look_at(request, told, str(chosen.get("new_on")), str(chosen.get("new_clock"))),
        submit=_("Move the deadline"),
        done=lambda _deadline: done_words(_("The deadline is moved."), deadline.process, request.now),
        to=url_of_process(deadline.process),
    )


@deadline_page
def clock_pause(request: Visit, deadline: Deadline) -> HttpResponse:
    """Stop the clock of an authority that has asked something."""
    return _turn_clock(
        request,
        deadline,
        pause_clock,
        heading=_("Stop the clock: %(title)s"),
        lead=_("Every day the clock stands still is added to the deadline when it goes on."),
        submit=_("Stop the clock"),
        done=_("The clock stands still."),
    )


@deadline_page
def clock_resume(request: Visit, deadline: Deadline) -> HttpResponse:
    """Set the clock going again: the authority has its answer."""
    return _turn_clock(
        request,
        deadline,
        resume_clock,
        heading=_("Let the clock run: %(title)s"),
        lead="",
        submit=_("Let the clock run"),
        done=_("The clock is running again."),
    )


def _turn_clock(
    request: Visit,
    deadline: Deadline,
    turn: Callable[..., object],
    *,
    heading: str,
    lead: str,
    submit: str,
    done: str,
) -> HttpResponse:
    back = url_of_stage(deadline.stage) if deadline.stage else url_of_process(deadline.process)
    return form_page(
        request,
        frame(request, deadline.process, "process"),
        ReasonForm(request.POST or None),
        partial(turn, deadline),
        heading=heading % {"title": deadline_title(deadline)},
        lead=lead,
        consequences=lambda: [clock_turning_of(request, deadline, turn)],
        submit=submit,
        done=done,
        to=back,
    )


@process_page("secretariat", "GET", "POST")
def fact_set(request: Visit, process: Process, fact: str) -> HttpResponse:
    """Give what was not known when the process started; the deadlines that lean on it are set."""
    parameter = definition_of(process).parameters.get(fact)
    if parameter is None:
        raise Http404
    return form_page(
        request,
        frame(request, process, "process"),
        FactForm(request.POST or None, parameter=parameter),
        partial(set_parameter, process, fact),
        heading=str(parameter.title),
        lead=_("It can be given once. Deadlines that lean on it are extended or moved afterwards."),
        consequences=lambda: [fact_giving_of(request, process, parameter)],
        submit=_("Save"),
        done=_("It is noted, and the deadlines that lean on it are set."),
        to=url_of_process(process),
    )


def _lead(deadline: Deadline) -> list[str]:
    """What holds now, and what moving it does and does not do."""
    sentences = [_("The deadline is %(deadline)s.") % {"deadline": deadline_words(deadline.at, deadline.zone)}]
    kind = deadline.stage.kind if deadline.stage else ""
    if deadline.is_statutory:
        sentences.append(_("It is set by law: only the authority moves it, and here you record that it has."))
    if kind in ASKING_KINDS:
        sentences.append(_("Bodies that have been asked and have not decided are told by mail."))
    if kind == StageKindName.CONSULTATION:
        sentences.append(_("The parties' own reply deadline is moved on the page of the round."))
    return sentences


def authority_clock(deadline: Deadline) -> dict[str, object]:
    """Whether an authority's clock stands still, and where it is stopped or set going; no address where it may not."""
    stage = deadline.stage
    external = definition_of(deadline.process).stage(stage.key).external if stage else None
    may_pause = bool(
        external and external.clock and external.clock.pauses_on_question and not must_be_binding(deadline)
    )
    is_still = stands_still(deadline)
    name = "clock_resume" if is_still else "clock_pause"
    url = reverse(name, args=[deadline.process.public_id, deadline.public_id]) if may_pause else ""
    return {"is_still": is_still, "url": url}
