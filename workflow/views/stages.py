"""A stage: what it waits for, and the officer's deeds on it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from workflow.actions.gates import confirm_gate, override_gate
from workflow.actions.stages import complete_stage, return_stage, skip_stage
from workflow.definitions import Completes, GateName, ancestors
from workflow.forms.processes import ReasonForm
from workflow.gates import gate_statuses
from workflow.models import Stage
from workflow.policies import policy
from workflow.queries.processes import definition_of, live_stages, stage_deadline, stage_spec
from workflow.stage_kinds import page_of_stage, stage_kind
from workflow.states import StageState
from workflow.views.access import Visit
from workflow.views.deeds import do, do_with, key_of, show_deed
from workflow.views.forecasts import completion_of, done_words, opening_of, returns_of, skipping_of
from workflow.views.processes import frame, gates_of, is_ready, process_of


@policy("auditor")
@require_safe
def stage(request: Visit, process_id: UUID, stage_id: UUID) -> HttpResponse:
    """One attempt at a stage: its gates, its deadline, and what an officer may do with it."""
    found = stage_of(request, process_id, stage_id)
    spec = stage_spec(found)
    context = {
        **frame(request, found.process, "process"),
        "stage": found,
        "spec": spec,
        "gates": gates_of(found, request) if found.state == StageState.OPEN else [],
        "deadline": stage_deadline(found),
        "work_url": page_of_stage(found),
        "is_open": found.state == StageState.OPEN,
        "is_ready": found.state == StageState.OPEN and is_ready(found, request),
        "is_manual": spec.completes is Completes.MANUAL,
        "return_choices": [(key, definition_of(found.process).stage(key).title) for key in _targets(found)],
    }
    return render(request, "workflow/stage.html", context)


@policy("secretariat")
@require_http_methods(["GET", "HEAD", "POST"])
def stage_complete(request: Visit, process_id: UUID, stage_id: UUID) -> HttpResponse:
    """Complete a stage that is completed by hand; the page before the press says who is asked then."""
    found = stage_of(request, process_id, stage_id, officers_only=True)
    if request.method == "POST":
        return do(
            request,
            lambda: complete_stage(found, actor=request.actor, now=request.now, key=key_of(request)),
            done=lambda: done_words(
                _("The stage is completed: %(stage)s.") % {"stage": stage_spec(found).title}, found.process, request.now
            ),
            to=reverse("process", args=[process_id]),
        )
    return show_deed(
        request,
        frame(request, found.process, "process"),
        forms.Form(),
        heading=_("Complete the stage: %(stage)s") % {"stage": stage_spec(found).title},
        consequences=[completion_of(request, found)],
        submit=_("Complete the stage"),
        cancel_url=reverse("stage", args=[process_id, stage_id]),
    )


class ReturnForm(ReasonForm):
    """Where the matter goes back to, and why."""

    to = forms.ChoiceField(label="")
    field_order = ("to", "reason")

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        target: forms.ChoiceField = self.fields["to"]  # type: ignore[assignment]
        target.label = _("Back to")
        target.choices = choices


@policy("secretariat")
@require_http_methods(["GET", "HEAD", "POST"])
def stage_return(request: Visit, process_id: UUID, stage_id: UUID) -> HttpResponse:
    """Send the matter back to an earlier stage."""
    found = stage_of(request, process_id, stage_id, officers_only=True)
    definition = definition_of(found.process)
    choices = [(key, str(definition.stage(key).title)) for key in _targets(found)]
    form = ReturnForm(request.POST or None, choices=choices, initial={"to": stage_spec(found).on_return})
    if request.method == "POST" and form.is_valid():
        answer = do_with(
            request,
            form,
            lambda: return_stage(
                found,
                to=form.cleaned_data["to"],
                reason=form.cleaned_data["reason"],
                actor=request.actor,
                now=request.now,
                key=key_of(request),
            ),
            done=lambda: done_words(
                _("The matter is sent back. The stages behind it begin anew."), found.process, request.now
            ),
            to=reverse("process", args=[process_id]),
        )
        if answer:
            return answer
    return show_deed(
        request,
        frame(request, found.process, "process"),
        form,
        heading=_("Send back from: %(stage)s") % {"stage": stage_spec(found).title},
        warning=_what_is_left(found),
        lead=_(
            "The stage you choose and all behind it get a new attempt; a body that has decided there is asked again. "
            "What has happened stays in the record."
        ),
        consequences=returns_of(request, found, choices),
        submit=_("Send back"),
        cancel_url=reverse("stage", args=[process_id, stage_id]),
    )


@policy("secretariat")
@require_http_methods(["GET", "HEAD", "POST"])
def stage_skip(request: Visit, process_id: UUID, stage_id: UUID) -> HttpResponse:
    """Leave an optional stage out."""
    found = stage_of(request, process_id, stage_id, officers_only=True)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        answer = do_with(
            request,
            form,
            lambda: skip_stage(
                found, reason=form.cleaned_data["reason"], actor=request.actor, now=request.now, key=key_of(request)
            ),
            done=lambda: done_words(_("The stage is left out."), found.process, request.now),
            to=reverse("process", args=[process_id]),
        )
        if answer:
            return answer
    return show_deed(
        request,
        frame(request, found.process, "process"),
        form,
        heading=_("Leave out: %(stage)s") % {"stage": stage_spec(found).title},
        consequences=[skipping_of(request, found)],
        submit=_("Leave the stage out"),
        cancel_url=reverse("stage", args=[process_id, stage_id]),
    )


@policy("secretariat")
@require_http_methods(["GET", "HEAD", "POST"])
def gate(request: Visit, process_id: UUID, stage_id: UUID, gate_key: str) -> HttpResponse:
    """Open a gate by hand, or confirm what a manual gate asks for; both with a reason."""
    found = stage_of(request, process_id, stage_id, officers_only=True)
    status = next((row for row in gate_statuses(found, request.now) if row.key == gate_key), None)
    if status is None:
        raise Http404
    is_manual = gate_key.startswith(GateName.MANUAL_WITH_REASON)
    action = confirm_gate if is_manual else override_gate
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        answer = do_with(
            request,
            form,
            lambda: action(
                found,
                gate_key,
                reason=form.cleaned_data["reason"],
                actor=request.actor,
                now=request.now,
                key=key_of(request),
            ),
            done=lambda: done_words(
                _("The condition is confirmed.") if is_manual else _("The condition is waived."),
                found.process,
                request.now,
            ),
            to=reverse("process", args=[process_id]),
        )
        if answer:
            return answer
    return show_deed(
        request,
        frame(request, found.process, "process"),
        form,
        heading=status.title,
        lead=" ".join(status.missing),
        warning="" if is_manual else _("You open this gate although something is missing. Say why."),
        consequences=[opening_of(request, found, gate_key, action)],
        submit=_("Confirm") if is_manual else _("Go on although the condition is not met"),
        cancel_url=reverse("stage", args=[process_id, stage_id]),
    )


def stage_of(request: Visit, process_id: UUID, stage_id: UUID, *, officers_only: bool = False) -> Stage:
    """A stage of a process of mine; 404 for others."""
    process = process_of(request, process_id, officers_only=officers_only)
    found = process.stages.filter(public_id=stage_id).first()
    if found is None:
        raise Http404
    found.process = process
    return found


def _what_is_left(stage: Stage) -> str:
    """What going back takes back, stage by stage; "" when nothing is under way."""
    targets = set(_targets(stage))
    words = []
    for one in live_stages(stage.process):
        if one.state == StageState.OPEN and one.key not in targets:
            words += [f"{stage_spec(one).title}: {sentence}" for sentence in stage_kind(one.kind).leaving(one)]
    return " ".join(words)


def _targets(stage: Stage) -> list[str]:
    return ancestors(definition_of(stage.process), stage.key)
