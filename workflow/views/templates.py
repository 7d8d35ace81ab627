"""An office's own Word templates for letters and case presentations: those in use, a new one, its sample, its facts."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import partial
from typing import Any, Final
from uuid import UUID

from django import forms
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from workflow.actions.files import open_file
from workflow.actions.templates import remove_template, upload_template, use_template
from workflow.forms.templates import TemplateForm
from workflow.models import Office, PaperTemplate
from workflow.policies import policy
from workflow.queries.templates import templates_of
from workflow.reports.papers.filled import sample
from workflow.reports.papers.registry import DOCX, MEDIA_TYPES, PaperKind, kinds_with_templates
from workflow.rules import Refused
from workflow.views.access import Visit
from workflow.views.consequences import Consequences
from workflow.views.deeds import form_page
from workflow.views.documents import send_file
from workflow.views.papers import refused_paper

_METHODS: Final = ["GET", "HEAD", "POST"]


@policy("secretariat")
@require_safe
def office_templates(request: Visit) -> HttpResponse:
    """For each of my offices and each kind of paper: the template in use, the one that waits to be looked at, and the
    facts one may name."""
    offices = list(request.places.officer_of)
    templates, kinds = templates_of(offices), kinds_with_templates()
    context = {
        "offices": [
            {
                "office": office,
                "kinds": [_kind(office, kind, templates.get((office.pk, kind.key), [])) for kind in kinds],
            }
            for office in offices
        ],
        "facts": [_facts(kind) for kind in kinds],
        "trail": [{"label": _("Word templates"), "url": ""}],
    }
    return render(request, "workflow/office_templates.html", context)


def _facts(kind: PaperKind) -> dict[str, Any]:
    facts = kind.template.all_facts if kind.template else ()
    return {"kind": kind, "facts": facts, "opening": "{%p if frist %}", "closing": "{%p endif %}"}


def _kind(office: Office, kind: PaperKind, templates: Sequence[PaperTemplate]) -> dict[str, Any]:
    return {
        "label": kind.label,
        "templates": templates,
        "is_own": any(template.used_at is not None for template in templates),
        "upload_url": reverse("template_upload", args=[office.public_id, kind.key]),
    }


@policy("secretariat", takes_files=True)
@require_http_methods(_METHODS)
def template_upload(request: Visit, office_id: UUID, paper: str) -> HttpResponse:
    """Give a template; it is checked, and waits to be looked at."""
    office = next((one for one in request.places.officer_of if one.public_id == office_id), None)
    kind = next((one for one in kinds_with_templates() if one.key == paper), None)
    if office is None or kind is None or kind.template is None:
        raise Http404
    form = TemplateForm(request.POST or None, request.FILES or None, matter=office)
    words = {"paper": str(kind.label), "office": office.name}
    happens = (
        _("The file is checked: whether it can be filled, and whether every name in it is a fact of this kind."),
        _("It waits until somebody has looked at a sample. Until then papers are made as before."),
    )
    return form_page(
        request,
        {
            **_frame(_("New template"), request),
            "facts": [_facts(kind)],
        },
        form,
        partial(upload_template, office, kind.key),
        heading=_("New template: %(paper)s (%(office)s)") % words,
        submit=_("Check and keep"),
        done=_("The template can be filled. Look at the sample before it takes effect."),
        to=lambda template: reverse("template_use", args=[template.public_id]),
        cancel_url=reverse("office_templates"),
        consequences=lambda: [_says(*happens, undo=_("It can be removed at any time."))],
        template="workflow/template_upload.html",
    )


@policy("secretariat")
@require_http_methods(_METHODS)
def template_use(request: Visit, template_id: UUID) -> HttpResponse:
    """Put a template in use, with its sample to look at first."""
    template, kind = _template(request, template_id)
    happens = (
        _("From the press on the Word edition of “%(paper)s” is made with this template.") % {"paper": kind.label},
        _(
            "The PDF edition stays as Samråd sets it, from the same facts. What has been fetched already does not "
            "change."
        ),
    )
    return form_page(
        request,
        {**_frame(_("Put in use"), request), "template": template},
        forms.Form(request.POST or None),
        partial(use_template, template),
        heading=_("Put “%(name)s” in use") % {"name": template.file.name},
        submit=_("Put in use"),
        done=_("The template is in use."),
        to=reverse("office_templates"),
        consequences=lambda: [_says(*happens, undo=_("It can be removed at any time; then ours is used again."))],
        template="workflow/template_use.html",
    )


@policy("secretariat")
@require_http_methods(_METHODS)
def template_remove(request: Visit, template_id: UUID) -> HttpResponse:
    """Remove a template; ours is used again."""
    template, kind = _template(request, template_id)
    words = {"paper": str(kind.label)}
    happens = (
        _("The Word edition of “%(paper)s” is made with Samråd's own layout again.") % words
        if template.used_at is not None
        else _("The template that waits is removed. Papers are made as before.")
    )
    return form_page(
        request,
        {**_frame(_("Remove"), request), "template": template},
        forms.Form(request.POST or None),
        partial(remove_template, template),
        heading=_("Remove “%(name)s”") % {"name": template.file.name},
        submit=_("Remove the template"),
        done=_("The template is removed."),
        to=reverse("office_templates"),
        consequences=lambda: [_says(happens, undo=_("The file can be uploaded again."))],
    )


@policy("secretariat")
@require_safe
def template_sample(request: Visit, template_id: UUID) -> HttpResponseBase:
    """The template filled with the examples of its kind, as a Word file."""
    template, kind = _template(request, template_id)
    assert kind.template is not None
    try:
        with open_file(template.file) as content:
            filled = sample(kind.template, template.office, template.file.name, content)
    except Refused as refused:
        return refused_paper(request, refused)
    name = _("Sample - %(name)s") % {"name": template.file.name}
    return FileResponse(io.BytesIO(filled), as_attachment=True, filename=name, content_type=MEDIA_TYPES[DOCX])


@policy("secretariat")
@require_safe
def template_file(request: Visit, template_id: UUID) -> HttpResponseBase:
    """The template as it was uploaded."""
    return send_file(_template(request, template_id)[0].file)


def _template(request: Visit, template_id: UUID) -> tuple[PaperTemplate, PaperKind]:
    rows = PaperTemplate.objects.select_related("office", "file").filter(office__in=request.places.officer_of)
    template = get_object_or_404(rows, public_id=template_id)
    kind = next((one for one in kinds_with_templates() if one.key == template.kind), None)
    if kind is None:
        raise Http404
    return template, kind


def _frame(page: str, request: Visit) -> dict[str, Any]:
    trail = [{"label": _("Word templates"), "url": reverse("office_templates")}, {"label": page, "url": ""}]
    return {"frame_template": "workflow/templates_frame.html", "trail": trail}


def _says(*happens: str, undo: str) -> Consequences:
    return Consequences(happens=happens, public=(_("Nothing becomes public."),), undo=(undo,))
