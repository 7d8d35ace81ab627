"""Starting a process: first its kind, then what that kind asks for, and what begins with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from workflow.actions.starting import start_process
from workflow.dates import local_day
from workflow.definitions import Definition
from workflow.forms.mid_course import StartInMidCourseForm
from workflow.forms.processes import StartProcessForm
from workflow.models import ProcessDefinition
from workflow.policies import policy
from workflow.queries.candidates import candidates
from workflow.queries.definitions import newest_definitions, version_of
from workflow.queries.overview import path_rows
from workflow.queries.processes import read_definition
from workflow.states import StageState
from workflow.views.access import Visit
from workflow.views.deeds import is_only_looking, key_of, look_at, new_key, press_form
from workflow.views.forecasts import done_words, starting_of
from workflow.views.pages import url_of_process
from workflow.views.processes import PATH_STATES


@policy("secretariat", takes_files=True)
@require_http_methods(["GET", "HEAD", "POST"])
def process_new(request: Visit) -> HttpResponse:
    """Choose one of the office's definitions, then start a process of it: from its first stage, or in mid-course, with
    the stages before told of as done elsewhere."""
    known = list(newest_definitions(request.places.officer_of))
    wanted = request.POST.get("definition") or request.GET.get("definition", "")
    chosen = next((row for row in known if str(row.pk) == wanted), known[0] if len(known) == 1 else None)
    if chosen is None and (earlier := version_of(request.places.officer_of, wanted)):
        # A newer version came while the page was open: what was typed goes on with that one.
        chosen = next((row for row in known if (row.office_id, row.key) == (earlier.office_id, earlier.key)), None)
    if chosen is None:
        return render(request, "workflow/process_choose.html", {"choices": _choices(known, request)})
    content = read_definition(chosen)
    begins = _begins(request, content)
    form = _form(request, chosen, begins)
    told = starting_of(request, chosen, form)
    # Whether there is a public page is ticked in the form itself, in so many words.
    look = look_at(request, [replace(told, public=())])
    if not is_only_looking(request) and not look.is_moved:
        answer = press_form(
            request,
            form,
            partial(start_process, chosen.office, chosen),
            facts=form.facts,
            done=lambda process: done_words(_("The process is started."), process, request.now),
            to=url_of_process,
        )
        if answer:
            return answer
    context = {
        "form": form,
        "definition": chosen,
        "steps": _planned_steps(content, _who_fills(chosen, request), form),
        "heading": _("Start: %(kind)s") % {"kind": content.title},
        "beginnings": [(spec.key, spec.title) for spec in content.stages if spec.after],
        "begins": begins,
        "consequences": [told],
        "look": look,
        "key": key_of(request) or new_key(),
    }
    in_vain = request.method == "POST" and (form.errors or look.is_moved)
    return render(request, "workflow/process_new.html", context, status=422 if in_vain else 200)


def _begins(request: Visit, content: Definition) -> str:
    """The key of the stage that the process is to begin with; "" for the beginning of the path."""
    wanted = request.POST.get("begins") or request.GET.get("begins", "")
    return wanted if wanted in content.by_key and content.stage(wanted).after else ""


def _form(request: Visit, chosen: ProcessDefinition, begins: str) -> StartProcessForm:
    if not begins:
        return StartProcessForm(request.POST or None, definition=chosen)
    return StartInMidCourseForm(request.POST or None, request.FILES or None, definition=chosen, begins=begins)


def _who_fills(definition: ProcessDefinition, request: Visit) -> dict[str, str]:
    """Who would fill a role if the process were started today, by the role's name; where several could, a person says
    which."""
    content, office = read_definition(definition), definition.office
    today = local_day(request.now, office.time_zone)
    found = {role: candidates(content, role, today, office.region_code) for role in content.bodies}
    return {role: bodies[0].name for role, bodies in found.items() if len(bodies) == 1}


def _planned_steps(content: Definition, names: Mapping[str, str], form: StartProcessForm) -> list[list[dict[str, str]]]:
    """The path of a process that has not begun. names: who would fill a role, by the role's name."""
    done = form.needed if isinstance(form, StartInMidCourseForm) else ()
    return [
        [
            {
                "title": str(spec.title),
                "state": PATH_STATES[StageState.COMPLETED if spec.key in done else StageState.WAITING],
                "state_label": _("Done outside the system") if spec.key in done else "",
                "who": str(names.get(spec.actor) or content.title_of_role(spec.actor) or _("The secretariat")),
            }
            for spec in row
        ]
        for row in path_rows(content)
    ]


def _choices(known: Sequence[ProcessDefinition], request: Visit) -> list[dict[str, str]]:
    """The kinds of process, those with the fewest stages first: what is simple is also what most people come for."""
    several = len(request.places.officer_of) > 1
    choices = []
    by_length = sorted(((row, read_definition(row)) for row in known), key=lambda pair: len(pair[1].stages))
    for row, content in by_length:
        title = f"{content.title} ({row.office.name})" if several else str(content.title)
        url = f"{reverse('process_new')}?{urlencode({'definition': row.pk})}"
        choices.append({"title": title, "description": str(content.description), "url": url})
    return choices
