"""The deadlines of a process and the facts they are reckoned from: moved, stopped, set going again, and given later."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from workflow.actions.deadlines import extend_deadline, move_statutory_deadline, pause_clock, resume_clock
from workflow.actions.processes import set_parameter
from workflow.dates import deadline_words
from workflow.forms.deadlines import FactForm, MoveDeadlineForm
from workflow.forms.processes import ReasonForm
from workflow.models import Deadline
from workflow.policies import policy
from workflow.queries.approvals import ASKING_KINDS
from workflow.queries.processes import deadline_title, definition_of, live_deadlines, stands_still
from workflow.rules.deadlines import is_binding
from workflow.states import StageKindName
from workflow.views.access import Visit
from workflow.views.deeds import do_with, is_only_looking, key_of, look_at, show_deed
from workflow.views.forecasts import done_words
from workflow.views.forecasts_outside import fact_of, moving_of, turning_of
from workflow.views.processes import frame, process_of


@policy("secretariat")
@require_http_methods(["GET", "HEAD", "POST"])
def deadline_move(request: Visit, process_id: UUID, deadline_id: UUID) -> HttpResponse:
    """Extend a deadline; record that the authority has moved one that is set by law."""
    found = _deadline(request, process_id, deadline_id)
    form = MoveDeadlineForm(request.POST or None, deadline=found)
    back = reverse("process", args=[process_id])
    given = form.cleaned_data if form.is_bound and form.is_valid() else {}
    told = [moving_of(request, found, given.get("new_on"), given.get("new_clock"))]
    look = look_at(request, told, str(given.get("new_on")), str(given.get("new_clock")))
    if request.method == "POST" and form.is_valid() and not is_only_looking(request) and not look.is_moved:
        move = move_statutory_deadline if found.is_statutory else extend_deadline
        answer = do_with(
            request,
            form,
            partial(move, found, **form.cleaned_data, actor=request.actor, now=request.now, key=key_of(request)),
            done=lambda: done_words(_("The deadline is moved."), found.process, request.now),
            to=back,
        )
        if answer:
            return answer
    return show_deed(
        request,
        frame(request, found.process, "process"),
        form,
        heading=_("Move the deadline: %(title)s") % {"title": deadline_title(found)},
        lead=" ".join(_lead(found)),
        consequences=told,
        look=look,
        submit=_("Move the deadline"),
        cancel_url=back,
    )


@policy("secretariat")
@require_http_methods(["GET", "HEAD", "POST"])
def clock_pause(request: Visit, process_id: UUID, deadline_id: UUID) -> HttpResponse:
    """Stop the clock of an authority that has asked something."""
    return _turn_clock(
        request,
        _deadline(request, process_id, deadline_id),
        pause_clock,
        heading=_("Stop the clock: %(title)s"),
        lead=_("Every day the clock stands still is added to the deadline when it goes on."),
        submit=_("Stop the clock"),
        done=_("The clock stands still."),
    )


@policy("secretariat")
@require_http_methods(["GET", "HEAD", "POST"])
def clock_resume(request: Visit, process_id: UUID, deadline_id: UUID) -> HttpResponse:
    """Set the clock going again: the authority has its answer."""
    return _turn_clock(
        request,
        _deadline(request, process_id, deadline_id),
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
    form = ReasonForm(request.POST or None)
    back = _to_stage(deadline)
    if request.method == "POST" and form.is_valid():
        answer = do_with(
            request,
            form,
            partial(turn, deadline, **form.cleaned_data, actor=request.actor, now=request.now, key=key_of(request)),
            done=done,
            to=back,
        )
        if answer:
            return answer
    return show_deed(
        request,
        frame(request, deadline.process, "process"),
        form,
        heading=heading % {"title": deadline_title(deadline)},
        lead=lead,
        submit=submit,
        cancel_url=back,
        consequences=[turning_of(request, deadline, turn)],
    )


@policy("secretariat")
@require_http_methods(["GET", "HEAD", "POST"])
def fact_set(request: Visit, process_id: UUID, fact: str) -> HttpResponse:
    """Give what was not known when the process started; the deadlines that lean on it are set."""
    found = process_of(request, process_id, officers_only=True)
    parameter = definition_of(found).parameters.get(fact)
    if parameter is None:
        raise Http404
    form = FactForm(request.POST or None, parameter=parameter)
    back = reverse("process", args=[process_id])
    if request.method == "POST" and form.is_valid():
        answer = do_with(
            request,
            form,
            lambda: set_parameter(
                found, fact, form.cleaned_data["value"], actor=request.actor, now=request.now, key=key_of(request)
            ),
            done=_("It is noted, and the deadlines that lean on it are set."),
            to=back,
        )
        if answer:
            return answer
    return show_deed(
        request,
        frame(request, found, "process"),
        form,
        heading=str(parameter.title),
        lead=_("It can be given once. Deadlines that lean on it are extended or moved afterwards."),
        consequences=[fact_of(request, found, parameter)],
        submit=_("Save"),
        cancel_url=back,
    )


def _lead(deadline: Deadline) -> list[str]:
    """What holds now, and what moving it does and does not do."""
    found = [_("The deadline is %(deadline)s.") % {"deadline": deadline_words(deadline.at, deadline.zone)}]
    kind = deadline.stage.kind if deadline.stage else ""
    if deadline.is_statutory:
        found.append(_("It is set by law: only the authority moves it, and here you record that it has."))
    if kind in ASKING_KINDS:
        found.append(_("Bodies that have been asked and have not decided are told by mail."))
    if kind == StageKindName.CONSULTATION:
        found.append(_("The parties' own reply deadline is moved on the page of the round."))
    return found


def clock_of(deadline: Deadline) -> dict[str, object]:
    """Whether an authority's clock stands still, and where it is stopped or set going; no address where it may not."""
    stage = deadline.stage
    external = definition_of(deadline.process).stage(stage.key).external if stage else None
    may_pause = bool(external and external.clock and external.clock.pauses_on_question and not is_binding(deadline))
    is_still = stands_still(deadline)
    name = "clock_resume" if is_still else "clock_pause"
    url = reverse(name, args=[deadline.process.public_id, deadline.public_id]) if may_pause else ""
    return {"is_still": is_still, "url": url}


def _deadline(request: Visit, process_id: UUID, deadline_id: UUID) -> Deadline:
    process = process_of(request, process_id, officers_only=True)
    found = live_deadlines(process).exclude(name="").select_related("stage").filter(public_id=deadline_id).first()
    if found is None:
        raise Http404
    found.process = process
    if found.stage is not None:
        found.stage.process = process
    return found


def _to_stage(deadline: Deadline) -> str:
    stage = deadline.stage
    if stage is None:
        return reverse("process", args=[deadline.process.public_id])
    return reverse("stage", args=[deadline.process.public_id, stage.public_id])
