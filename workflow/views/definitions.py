"""The kinds of process of an office: what its administrator has loaded, how each goes, and a new version of one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from workflow.actions.definitions import load_definition
from workflow.dates import short_date
from workflow.definitions import Definition, StageSpec
from workflow.forms.definitions import DefinitionForm
from workflow.models import Office, ProcessDefinition
from workflow.policies import policy
from workflow.queries.definitions import newest_definitions, version_before
from workflow.queries.overview import path_rows
from workflow.queries.processes import read_definition
from workflow.reports.definition_changes import changes_between
from workflow.reports.drawings import rule_words
from workflow.views.access import Visit
from workflow.views.consequences import Consequences
from workflow.views.deeds import form_page, is_pressed, look_at
from workflow.views.offices import administered, office_frame


@policy("administrator")
@require_safe
def definitions(request: Visit, office_id: UUID) -> HttpResponse:
    """Each definition the office has loaded, its versions under it."""
    office = administered(request, office_id)
    rows = office.definitions.annotate(processes_count=Count("processes")).order_by("title", "key", "-id")
    newest = {row.pk for row in newest_definitions([office])}
    context = {
        **office_frame(office, _("Definitions")),
        "heading": _("Definitions"),
        "office": office,
        "board": {
            "columns": [
                {"label": _("Kind of process")},
                {"label": _("Loaded")},
                {"label": _("Processes"), "numeric": True},
            ],
            "rows": [_row(office, row, is_newest=row.pk in newest) for row in rows],
        },
    }
    return render(request, "workflow/definitions.html", context)


def _row(office: Office, row: ProcessDefinition, *, is_newest: bool) -> dict[str, object]:
    title = str(read_definition(row).title)
    return {
        "cells": [
            {"text": title, "url": reverse("definition", args=[office.public_id, row.public_id]), "note": row.key},
            {
                "text": short_date(row.loaded_at, office.time_zone),
                "badge": _("New processes follow it") if is_newest else "",
                "tone": "info",
            },
            {"text": str(row.processes_count)},  # type: ignore[attr-defined]
        ]
    }


@policy("administrator")
@require_safe
def definition(request: Visit, office_id: UUID, definition_id: UUID) -> HttpResponse:
    """How a process of this version goes, what is other than in the version before, and its text."""
    office = administered(request, office_id)
    row = get_object_or_404(ProcessDefinition, office=office, public_id=definition_id)
    content, before = read_definition(row), version_before(row)
    context = {
        **office_frame(office, str(content.title)),
        "heading": str(content.title),
        "office": office,
        "definition": row,
        "description": str(content.description),
        "steps": steps_of(content),
        "before": before,
        "changes": changes_between(read_definition(before), content) if before else [],
    }
    return render(request, "workflow/definition.html", context)


def steps_of(content: Definition) -> list[list[dict[str, str]]]:
    """The stages as the component of the path has them: who acts, by when, and what each waits for."""
    return [[_step(content, spec) for spec in row] for row in path_rows(content)]


def _step(content: Definition, spec: StageSpec) -> dict[str, str]:
    rule, optional = spec.effective_deadline_rule, _("may be left out")
    return {
        "title": str(spec.title),
        "state": "waiting",
        "state_label": ", ".join([str(spec.kind.label), *([optional] if spec.optional else [])]),
        "who": str(content.title_of_role(spec.actor) or _("The secretariat")),
        "when": rule_words(rule) if rule else "",
        "note": str(spec.description or ""),
    }


@policy("administrator")
@require_http_methods(["GET", "HEAD", "POST"])
def definition_load(request: Visit, office_id: UUID) -> HttpResponse:
    """Take a definition in: written anew, or from the text of one that is loaded. It is checked, and what is other than
    before is said before the press."""
    office = administered(request, office_id)
    known = list(newest_definitions([office]))
    base = next((row for row in office.definitions.all() if str(row.public_id) == request.GET.get("from")), None)
    form = DefinitionForm(request.POST or None, initial={"text": base.source if base else ""})
    content = form.definition if form.is_bound and form.is_valid() else None
    told = [_loading(content, known)]
    words = form.cleaned_data["text"] if content else ""
    is_loaded = content is not None and any(row.sha256 == content.sha256 and row.key == content.key for row in known)
    heading = _("Load a definition")
    return form_page(
        request,
        {**office_frame(office, heading), "office": office},
        form,
        partial(_load, office),
        facts=lambda: {"text": form.cleaned_data["text"]},
        press={"actor": request.actor, "now": request.now},
        heading=heading,
        lead=_(
            "Show what follows checks it: every fault is said with its line, and nothing is kept until you load it."
        ),
        submit=_("Load the definition"),
        consequences=lambda: told,
        # What is loaded already changes nothing, so that a press, or the second one of two, need not be held back.
        look=None if is_loaded and is_pressed(request) else look_at(request, told, words),
        done=_("The definition is loaded."),
        to=lambda row: reverse("definition", args=[office.public_id, row.public_id]),
        cancel_url=reverse("definitions", args=[office.public_id]),
    )


def _load(office: Office, **given: object) -> ProcessDefinition:
    return load_definition(office, name="", **given)  # type: ignore[arg-type]


def _loading(content: Definition | None, known: Sequence[ProcessDefinition]) -> Consequences:
    """What loading it does, once it has been read."""
    happens = [_("Processes started from now on follow it; those under way keep the version they began with.")]
    earlier = next((row for row in known if content is not None and row.key == content.key), None)
    if content is not None:
        number = len(content.stages)
        text = ngettext("“%(title)s” has %(count)d stage.", "“%(title)s” has %(count)d stages.", number)
        happens.insert(0, text % {"title": content.title, "count": number})
        if earlier is None:
            happens.append(
                _("It is a new kind of process: there is none with the key “%(key)s” yet.") % {"key": content.key}
            )
        elif earlier.sha256 == content.sha256:
            happens.append(_("It is the version that is loaded already; nothing changes."))
        else:
            happens.append(_("It takes the place of the version that is loaded. What is other:"))
            happens += changes_between(read_definition(earlier), content)
    return Consequences(
        happens=tuple(happens),
        public=(_("Nothing becomes public."),),
        undo=(_("A definition cannot be taken out; load the one before once more, and new processes follow that."),),
    )
