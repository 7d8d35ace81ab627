"""A stage: what it waits for, and the officer's deeds on it."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from workflow.actions.gates import confirm_gate, override_gate
from workflow.actions.stages import complete_stage, return_stage, skip_stage
from workflow.definitions import Completes, GateName, ancestors
from workflow.forms.processes import ReasonForm
from workflow.gates import gate_statuses
from workflow.models import Stage
from workflow.queries.approvals import passed_undecided
from workflow.queries.documents import bundle_of, earlier_versions, waits_to_be_put_forward
from workflow.queries.mid_course import told_of_stage
from workflow.queries.processes import definition_of, live_stages, stage_deadline, stage_spec
from workflow.stage_kinds import page_of_stage, stage_kind, ways_from
from workflow.states import StageState
from workflow.views.access import Visit, by_whom, officer_of
from workflow.views.deeds import do, form_page, show_form
from workflow.views.forecasts import completion_of, done_words, opening_of, returns_of, skipping_of
from workflow.views.pages import frame, stage_page, url_of_process, url_of_stage
from workflow.views.processes import gates_of, is_ready, judged, label_of_state


@stage_page("auditor", "GET")
def stage(request: Visit, stage: Stage) -> HttpResponse:
    """One attempt at a stage: its gates, its deadline, and what an officer may do with it."""
    spec = stage_spec(stage)
    context = {
        **frame(request, stage.process, "process"),
        "stage": stage,
        "spec": spec,
        "gates": gates_of(stage, request) if stage.state == StageState.OPEN else [],
        "deadline": stage_deadline(stage),
        "bundle": bundle_of(stage),
        "waiting": waits_to_be_put_forward(stage.line_id) if stage.state == StageState.OPEN else None,
        "state_label": label_of_state(stage, passed_undecided([stage])),
        "judged": judged(stage, earlier_versions(stage.process)),
        "work_url": page_of_stage(stage),
        **_elsewhere(stage),
        "is_open": stage.state == StageState.OPEN,
        "is_ready": stage.state == StageState.OPEN and is_ready(stage, request),
        "is_manual": spec.completes is Completes.MANUAL,
        "ways": ways_from(stage, **by_whom(request))
        if stage.state == StageState.OPEN and officer_of(request, stage.process.office)
        else [],
        "return_choices": [(key, definition_of(stage.process).stage(key).title) for key in _targets(stage)],
    }
    return render(request, "workflow/stage.html", context)


def _elsewhere(stage: Stage) -> dict[str, Any]:
    """What was told of a stage that was done outside the system; nothing for one done here."""
    told = told_of_stage(stage)
    if told is None:
        return {}
    files = [
        {
            "name": one.file.name or _("Erased file"),
            "url": "" if one.file.erased_at else reverse("file", args=[stage.process.public_id, one.file.public_id]),
            "size": one.file.size,
            "sha256": one.file.sha256,
        }
        for one in told.files.all()
    ]
    return {"told": told, "told_files": files}


@stage_page("secretariat", "GET", "POST")
def stage_complete(request: Visit, stage: Stage) -> HttpResponse:
    """Complete a stage that is completed by hand; the page before the press says who is asked then."""
    process, title = stage.process, {"stage": stage_spec(stage).title}
    if request.method == "POST":
        return do(
            request,
            partial(complete_stage, stage),
            done=lambda _stage: done_words(_("The stage is completed: %(stage)s.") % title, process, request.now),
            to=url_of_process(process),
        )
    return show_form(
        request,
        frame(request, process, "process"),
        forms.Form(),
        heading=_("Complete the stage: %(stage)s") % title,
        consequences=[completion_of(request, stage)],
        submit=_("Complete the stage"),
        cancel_url=url_of_stage(stage),
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


@stage_page("secretariat", "GET", "POST")
def stage_return(request: Visit, stage: Stage) -> HttpResponse:
    """Send the matter back to an earlier stage."""
    process = stage.process
    choices = [(key, str(definition_of(process).stage(key).title)) for key in _targets(stage)]
    done = _("The matter is sent back. The stages behind it begin anew.")
    return form_page(
        request,
        frame(request, process, "process"),
        ReturnForm(request.POST or None, choices=choices, initial={"to": stage_spec(stage).on_return}),
        partial(return_stage, stage),
        heading=_("Send back from: %(stage)s") % {"stage": stage_spec(stage).title},
        warning=_what_is_left(stage),
        lead=_(
            "The stage you choose and all behind it get a new attempt; a body that has decided there is asked again. "
            "What has happened stays in the record."
        ),
        consequences=lambda: returns_of(request, stage, choices),
        submit=_("Send back"),
        done=lambda _stage: done_words(done, process, request.now),
        to=url_of_process(process),
        cancel_url=url_of_stage(stage),
    )


@stage_page("secretariat", "GET", "POST")
def stage_skip(request: Visit, stage: Stage) -> HttpResponse:
    """Leave an optional stage out."""
    return form_page(
        request,
        frame(request, stage.process, "process"),
        ReasonForm(request.POST or None),
        partial(skip_stage, stage),
        heading=_("Leave out: %(stage)s") % {"stage": stage_spec(stage).title},
        consequences=lambda: [skipping_of(request, stage)],
        submit=_("Leave the stage out"),
        done=lambda _stage: done_words(_("The stage is left out."), stage.process, request.now),
        to=url_of_process(stage.process),
        cancel_url=url_of_stage(stage),
    )


@stage_page("secretariat", "GET", "POST")
def gate(request: Visit, stage: Stage, gate_key: str) -> HttpResponse:
    """Open a gate by hand, or confirm what a manual gate asks for; both with a reason."""
    status = next((row for row in gate_statuses(stage, request.now) if row.key == gate_key), None)
    if status is None:
        raise Http404
    is_manual = gate_key.startswith(GateName.MANUAL_WITH_REASON)
    action = confirm_gate if is_manual else override_gate
    done = _("The condition is confirmed.") if is_manual else _("The condition is waived.")
    return form_page(
        request,
        frame(request, stage.process, "process"),
        ReasonForm(request.POST or None),
        partial(action, stage, gate_key),
        heading=status.title,
        lead=" ".join(status.missing),
        warning="" if is_manual else _("You open this gate although something is missing. Say why."),
        consequences=lambda: [opening_of(request, stage, gate_key, action)],
        submit=_("Confirm") if is_manual else _("Go on although the condition is not met"),
        done=lambda _gate: done_words(done, stage.process, request.now),
        to=url_of_process(stage.process),
        cancel_url=url_of_stage(stage),
    )


def _what_is_left(stage: Stage) -> str:
    """What going back takes back, stage by stage; "" when nothing is under way."""
    targets = set(_targets(stage))
    words = []
    for one in live_stages(stage.process):
        is_left = one.state == StageState.OPEN and one.key not in targets
        if is_left and (sentences := stage_kind(one.kind).said_on_leave(one)):
            words.append(f"{stage_spec(one).title}: " + " ".join(sentences))
    return " ".join(words)


def _targets(stage: Stage) -> list[str]:
    return ancestors(definition_of(stage.process), stage.key)
